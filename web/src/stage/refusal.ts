/** Which answers of the server end the session, and which only ask for patience. Pure. */

/** The invitation itself is wrong, or this page is: trying again cannot help. */
const finalCodes: ReadonlySet<string> = new Set([
  'AUTH_TOKEN_INVALID',
  'AUTH_TOKEN_EXPIRED',
  'SIGNALING_AUTH_MISSING',
  'SIGNALING_NAMESPACE_REFUSED',
  'SIGNALING_VERSION_UNSUPPORTED',
  'SIGNALING_ROLE_FORBIDDEN',
  'SIGNALING_REMOVED',
  'WEBINAR_NOT_FOUND',
]);

/** Reasons of `removed` that concern the connection, not the person: come back at once. */
const passingRemovals: ReadonlySet<string> = new Set(['SIGNALING_CLOSED', 'SIGNALING_JOIN_TIMEOUT']);

/** @param code of a refused connection or a refused `join`. */
export function isFinalRefusal(code: string): boolean {
  return finalCodes.has(code);
}

/** @param code of a `removed` event; unknown codes are final, since somebody decided them. */
export function isFinalRemoval(code: string): boolean {
  return !passingRemovals.has(code);
}

/** The thing asked for is gone, whichever part of the server says so. */
export function isGone(code: string): boolean {
  return code.endsWith('_NOT_FOUND');
}
