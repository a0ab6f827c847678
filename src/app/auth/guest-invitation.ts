/** The way onto the stage for somebody of the audience: a link like any panelist's, by the green room, for a while. */
import { type AccessTokens } from './access-tokens.ts';

/** The rest of an evening: they may go and come back while the event lasts. */
const lifetimeSec = 6 * 3600;

export function inviteGuest(
  tokens: AccessTokens,
  { webinarId, displayName }: { readonly webinarId: string; readonly displayName: string },
): Promise<string> {
  return tokens.issueInvite({ webinarId, role: 'panelist', displayName, waits: true, lifetimeSec });
}
