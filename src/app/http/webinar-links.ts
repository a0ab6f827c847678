/** Links that people open: with a personal token in the fragment, but for the viewer page of a webinar that is open to all. */
import { type Role } from '../../signaling/protocol/index.ts';
import { type AccessTokens } from '../auth/access-tokens.ts';
import { type Visibility } from '../webinars/visibility.ts';

export interface InviteRequest {
  readonly webinarId: string;
  readonly visibility: Visibility;
  readonly role: Role;
  /** For whoever gets the link, not for one person: without a token where everybody may watch. */
  readonly isShared?: boolean;
  readonly displayName: string;
  /** Role or company, the second line of the name label. */
  readonly title?: string | undefined;
  /** An interpreter's language channel. */
  readonly audioChannelId?: string | undefined;
  /** Scheme and authority, no trailing slash. */
  readonly baseUrl: string;
  readonly lifetimeHours: number;
}

/** The fragment of a URL is sent to no server and stands in no log. A viewer's own link tells attendance who came; where everybody
 * may watch, the shared one needs no token. */
export async function createInvite(
  tokens: AccessTokens,
  invite: InviteRequest,
): Promise<{ token: string | null; url: string }> {
  const { webinarId, visibility, role, displayName, title, audioChannelId, baseUrl, lifetimeHours } = invite;
  const isOpen = role === 'viewer' && visibility !== 'private';
  if (isOpen && invite.isShared === true) return { token: null, url: viewerUrl(baseUrl, webinarId) };
  const lifetimeSec = lifetimeHours * 3600;
  const token = await tokens.issueInvite({ webinarId, role, displayName, title, audioChannelId, lifetimeSec });
  // A captioner's program sends its text there, with the token; there is no page for it.
  if (role === 'captioner') return { token, url: `${baseUrl}/api/webinars/${webinarId}/captions` };
  const url = role === 'viewer' ? viewerUrl(baseUrl, webinarId) : `${baseUrl}/stage/${webinarId}`;
  return { token, url: `${url}#${token}` };
}

/** One link per role, for sharing among people who choose their own name at the door. */
export async function webinarLinks(
  tokens: AccessTokens,
  webinar: Pick<InviteRequest, 'webinarId' | 'visibility'>,
  baseUrl: string,
  lifetimeHours: number,
): Promise<{ host: string; panelist: string; viewer: string }> {
  const shared = { ...webinar, isShared: true, baseUrl, lifetimeHours };
  const host = await createInvite(tokens, { ...shared, role: 'host', displayName: 'Host' });
  const panelist = await createInvite(tokens, { ...shared, role: 'panelist', displayName: 'Panelist' });
  const viewer = await createInvite(tokens, { ...shared, role: 'viewer', displayName: 'Viewer' });
  return { host: host.url, panelist: panelist.url, viewer: viewer.url };
}

export function viewerUrl(baseUrl: string, webinarId: string): string {
  return `${baseUrl}/watch/${webinarId}`;
}
