/** Every coded failure of signaling, and of the ports it owns. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

const caller = { fault: 'caller', retryable: false } as const;

export const signalingErrorCatalog = {
  SIGNALING_NAMESPACE_REFUSED: {
    ...caller,
    httpStatus: 404,
    summary: 'There is nothing behind this namespace.',
    fix: 'Connect to the namespace /stage.',
  },
  SIGNALING_AUTH_MISSING: {
    ...caller,
    httpStatus: 401,
    summary: 'The connection carries no token.',
    fix: 'Send {token} in the auth payload of the connection.',
  },
  SIGNALING_ORIGIN_REFUSED: {
    ...caller,
    httpStatus: 403,
    summary: 'Pages of this origin may not connect.',
    fix: 'Add the origin to signaling.allowedOrigins (ROSTRUM_SIGNALING_ALLOWED_ORIGINS) if it is yours.',
  },
  SIGNALING_CONNECTION_LIMIT: {
    ...caller,
    retryable: true,
    httpStatus: 429,
    summary: 'Too many connections from this address.',
    fix: 'Close other tabs, or raise signaling.maxConnectionsPerIp (ROSTRUM_SIGNALING_MAX_CONNECTIONS_PER_IP).',
  },
  SIGNALING_VERSION_UNSUPPORTED: {
    ...caller,
    httpStatus: 400,
    summary: 'The page speaks another version of the protocol than the server.',
    fix: 'Reload the page.',
  },
  SIGNALING_REQUEST_UNKNOWN: {
    ...caller,
    httpStatus: 404,
    summary: 'There is no such request.',
    fix: 'Use a request of the /stage protocol.',
  },
  SIGNALING_PAYLOAD_INVALID: {
    ...caller,
    httpStatus: 400,
    summary: 'The payload does not match the schema of the request.',
    fix: 'Compare it with the schema; details.problems names the fields.',
  },
  SIGNALING_ROLE_FORBIDDEN: {
    ...caller,
    httpStatus: 403,
    summary: 'The role in the token does not allow this request.',
    fix: 'Ask the host for another invitation.',
  },
  SIGNALING_NOT_JOINED: {
    ...caller,
    httpStatus: 409,
    summary: 'Nothing but join is answered before join.',
    fix: 'Send join first and wait for its answer.',
  },
  SIGNALING_ALREADY_JOINED: {
    ...caller,
    httpStatus: 409,
    summary: 'This connection joined before.',
    fix: 'Use the peer id it was given.',
  },
  SIGNALING_WEBINAR_FULL: {
    ...caller,
    retryable: true,
    httpStatus: 409,
    summary: 'The stage is full.',
    fix: 'Wait until somebody leaves, or raise signaling.maxPeersPerWebinar.',
  },
  SIGNALING_RATE_LIMITED: {
    ...caller,
    retryable: true,
    httpStatus: 429,
    summary: 'Too many requests in a short time.',
    fix: 'Wait for details.retryAfterMs and send fewer.',
  },
  SIGNALING_BUSY: {
    ...caller,
    retryable: true,
    httpStatus: 429,
    summary: 'Too many requests wait for their answer.',
    fix: 'Wait for the answers under way.',
  },
  SIGNALING_PEER_GONE: {
    ...caller,
    httpStatus: 409,
    summary: 'The peer left while the request was under way.',
    fix: 'Join again.',
  },
  SIGNALING_ABUSE: {
    ...caller,
    httpStatus: 429,
    summary: 'The connection broke the protocol too often.',
    fix: 'Use a client of this version.',
  },
  SIGNALING_REPLACED: {
    ...caller,
    httpStatus: 409,
    summary: 'The same person joined again, from another window or after a lost connection.',
    fix: 'Go on there, or join again here.',
  },
  SIGNALING_JOIN_TIMEOUT: {
    ...caller,
    retryable: true,
    httpStatus: 408,
    summary: 'The connection did not join in time.',
    fix: 'Send join right after connecting.',
  },
  SIGNALING_CLOSED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The server is closing.',
    fix: 'Connect again in a moment.',
  },
  MEDIA_NOT_FOUND: {
    ...caller,
    httpStatus: 404,
    summary: 'No such transport, producer or consumer, or it belongs to somebody else.',
    fix: 'Use ids this peer was given, or producers announced in this webinar.',
  },
} as const satisfies ErrorCatalog;

export const signalingError = defineErrors(signalingErrorCatalog);
