/** Links that people open: the stage with a personal token in the fragment, the viewer page without one. */
import { type Role } from '../../signaling/protocol/index.ts';
import { type AccessTokens } from '../auth/access-tokens.ts';

export interface InviteRequest {
  readonly webinarId: string;
  readonly role: Role;
  readonly displayName: string;
  /** Role or company, the second line of the name label. */
  readonly title?: string | undefined;
  /** An interpreter's language channel. */
  readonly audioChannelId?: string | undefined;
  /** Scheme and authority, no trailing slash. */
  readonly baseUrl: string;
  readonly lifetimeHours: number;
}

/** The fragment of a URL is sent to no server and stands in no log. Viewers need no token. */
export async function createInvite(
  tokens: AccessTokens,
  invite: InviteRequest,
): Promise<{ token: string | null; url: string }> {
  const { webinarId, role, displayName, title, audioChannelId, baseUrl, lifetimeHours } = invite;
  if (role === 'viewer') return { token: null, url: viewerUrl(baseUrl, webinarId) };
  const lifetimeSec = lifetimeHours * 3600;
  const token = await tokens.issueInvite({ webinarId, role, displayName, title, audioChannelId, lifetimeSec });
  // A captioner's program sends its text there, with the token; there is no page for it.
  if (role === 'captioner') return { token, url: `${baseUrl}/api/webinars/${webinarId}/captions` };
  return { token, url: `${baseUrl}/stage/${webinarId}#${token}` };
}

/** One link per role, for sharing among people who choose their own name at the door. */
export async function webinarLinks(
  tokens: AccessTokens,
  webinarId: string,
  baseUrl: string,
  lifetimeHours: number,
): Promise<{ host: string; panelist: string; viewer: string }> {
  const shared = { webinarId, baseUrl, lifetimeHours };
  const host = await createInvite(tokens, { ...shared, role: 'host', displayName: 'Host' });
  const panelist = await createInvite(tokens, { ...shared, role: 'panelist', displayName: 'Panelist' });
  return { host: host.url, panelist: panelist.url, viewer: viewerUrl(baseUrl, webinarId) };
}

export function viewerUrl(baseUrl: string, webinarId: string): string {
  return `${baseUrl}/watch/${webinarId}`;
}
