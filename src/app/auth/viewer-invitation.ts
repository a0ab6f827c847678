/** Whom an invitation lets watch a webinar. */
import { appError } from '../errors.ts';
import { type WebinarRow } from '../store/schema.ts';
import { type AccessTokens, type StageGrant } from './access-tokens.ts';

/** What a page without a good invitation to a private webinar is answered. */
export const invitationErrorCodes = [
  'AUTH_INVITATION_REQUIRED',
  'AUTH_TOKEN_INVALID',
  'AUTH_TOKEN_EXPIRED',
  'AUTH_TOKEN_OF_OTHER_WEBINAR',
] as const;

/**
 * The guest whose invitation a request carries as Bearer. Undefined for everybody else where everybody may watch: there
 * an invitation that does not hold is as good as none.
 * @throws AUTH_INVITATION_REQUIRED, AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED, AUTH_TOKEN_OF_OTHER_WEBINAR for a private webinar
 */
export async function invitedViewer(
  tokens: AccessTokens,
  webinar: WebinarRow,
  authorization: string | undefined,
): Promise<StageGrant | undefined> {
  const isPrivate = webinar.visibility === 'private';
  try {
    return await guestOf(tokens, webinar, authorization);
  } catch (error) {
    if (isPrivate) throw error;
    return undefined;
  }
}

async function guestOf(
  tokens: AccessTokens,
  webinar: WebinarRow,
  authorization: string | undefined,
): Promise<StageGrant> {
  const invitation = /^Bearer (\S{1,2048})$/.exec(authorization ?? '')?.[1];
  if (invitation === undefined) throw appError('AUTH_INVITATION_REQUIRED');
  const grant = await tokens.verifyViewer(invitation);
  if (grant.webinarId !== webinar.webinar_id) throw appError('AUTH_TOKEN_OF_OTHER_WEBINAR');
  return grant;
}
