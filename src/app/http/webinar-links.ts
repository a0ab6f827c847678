/** Links that people open: with a personal token in the fragment, but for the viewer page of a webinar that is open to all. */
import { type Permission, type Role } from '../../signaling/protocol/index.ts';
import { type AccessTokens } from '../auth/access-tokens.ts';
import { type Visibility } from '../webinars/visibility.ts';

interface LinkRequest {
  readonly webinarId: string;
  /** Scheme and authority, no trailing slash. */
  readonly baseUrl: string;
  readonly lifetimeHours: number;
}

/** For one person. */
export interface InviteRequest extends LinkRequest {
  readonly role: Role;
  readonly displayName: string;
  /** Role or company, the second line of the name label. */
  readonly title?: string | undefined;
  /** An interpreter's language channel. */
  readonly audioChannelId?: string | undefined;
  /** Instead of what the role says. */
  readonly permissions?: readonly Permission[] | undefined;
  /** Has to be let in from the green room. */
  readonly waits?: boolean | undefined;
}

/** For whoever gets the link. */
export interface SharedLinkRequest extends LinkRequest {
  readonly visibility: Visibility;
}

/** The fragment of a URL is sent to no server and stands in no log. A viewer's own link tells attendance who came. */
export async function createInvite(
  tokens: AccessTokens,
  { webinarId, baseUrl, lifetimeHours, ...person }: InviteRequest,
): Promise<{ token: string; url: string }> {
  const token = await tokens.issueInvite({ webinarId, ...person, lifetimeSec: lifetimeHours * 3600 });
  // A captioner's program sends its text there, with the token; there is no page for it.
  if (person.role === 'captioner') return { token, url: `${baseUrl}/api/webinars/${webinarId}/captions` };
  const url = person.role === 'viewer' ? viewerUrl(baseUrl, webinarId) : `${baseUrl}/stage/${webinarId}`;
  return { token, url: `${url}#${token}` };
}

/** Without a token where everybody may watch. */
export async function sharedViewerUrl(
  tokens: AccessTokens,
  { visibility, ...link }: SharedLinkRequest,
): Promise<string> {
  if (visibility !== 'private') return viewerUrl(link.baseUrl, link.webinarId);
  return (await createInvite(tokens, { ...link, role: 'viewer', displayName: 'Viewer' })).url;
}

/** One link per role, for sharing among people who choose their own name at the door. */
export async function webinarLinks(
  tokens: AccessTokens,
  { visibility, ...link }: SharedLinkRequest,
): Promise<{ host: string; panelist: string; viewer: string }> {
  const host = await createInvite(tokens, { ...link, role: 'host', displayName: 'Host' });
  const panelist = await createInvite(tokens, { ...link, role: 'panelist', displayName: 'Panelist' });
  return { host: host.url, panelist: panelist.url, viewer: await sharedViewerUrl(tokens, { ...link, visibility }) };
}

export function viewerUrl(baseUrl: string, webinarId: string): string {
  return `${baseUrl}/watch/${webinarId}`;
}
