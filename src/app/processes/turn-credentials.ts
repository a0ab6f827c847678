/** Time-limited TURN credentials, as coturn's `use-auth-secret` checks them (the TURN REST API draft). Pure. */
import { createHmac } from 'node:crypto';

export interface TurnCredentials {
  /** `<expiry, Unix seconds>:<opaque id>`. */
  readonly username: string;
  /** Base64 of HMAC-SHA1 over the user name; SHA-1 is what the protocol defines, and safe inside HMAC. */
  readonly credential: string;
}

/** Long enough to gather candidates and allocate; an allocation that lives on is refreshed with the same credentials. */
export const turnCredentialTtlSec = 600;

/**
 * @param secret shared with the TURN server only
 * @param opaqueId says nothing about the person; without a colon
 * @param wallMs now, ms since the Unix epoch
 */
export function createTurnCredentials(secret: string, opaqueId: string, wallMs: number): TurnCredentials {
  const username = `${Math.floor(wallMs / 1000) + turnCredentialTtlSec}:${opaqueId}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
