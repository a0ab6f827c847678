/** Real signed tokens for signaling tests: EdDSA through jose, as the entry service makes them. */
import { SignJWT, errors, generateKeyPair, jwtVerify, type CryptoKey } from 'jose';
import { defineErrors, type ErrorCatalog } from '../../src/core/errors.ts';
import { randomId } from '../../src/core/ids.ts';
import { type AudienceTokenVerifier, type Grant, type TokenVerifier } from '../../src/signaling/index.ts';

const spec = { fault: 'caller', retryable: false, httpStatus: 401, summary: 'No.', fix: 'Ask for a link.' } as const;
const catalog = { AUTH_TOKEN_INVALID: spec, AUTH_TOKEN_EXPIRED: spec } as const satisfies ErrorCatalog;
const authError = defineErrors(catalog);

const issuer = 'rostrum-test';
const audience = 'stage';

export async function createStageTokens() {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  const stranger = await generateKeyPair('EdDSA');
  const sign = (grant: Omit<Grant, 'grantId'>, key: CryptoKey, expiresInSec: number): Promise<string> =>
    new SignJWT({ ...grant })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setJti(randomId())
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSec)
      .sign(key);
  const verifier: TokenVerifier = {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, { algorithms: ['EdDSA'], issuer, audience });
        const { webinarId, role, displayName, permissions, waits, jti } = payload as Record<string, unknown>;
        return { webinarId, role, displayName, permissions, waits, grantId: jti } as Grant;
      } catch (cause) {
        throw authError(cause instanceof errors.JWTExpired ? 'AUTH_TOKEN_EXPIRED' : 'AUTH_TOKEN_INVALID', { cause });
      }
    },
  };
  /** Viewers by their role; one without a name has an empty one. */
  const audienceVerifier: AudienceTokenVerifier = {
    async verifyAudience(token) {
      const grant = await verifier.verify(token);
      const { webinarId, displayName } = grant;
      if (grant.role === 'viewer') return { webinarId, viewerId: grant.grantId, displayName: displayName || undefined };
      return { webinarId, displayName, stage: grant };
    },
  };
  return {
    verifier,
    audienceVerifier,
    issue: (grant: Omit<Grant, 'grantId'>) => sign(grant, privateKey, 600),
    /** Signed with another key. */
    forge: (grant: Omit<Grant, 'grantId'>) => sign(grant, stranger.privateKey, 600),
    expired: (grant: Omit<Grant, 'grantId'>) => sign(grant, privateKey, -120),
  };
}
