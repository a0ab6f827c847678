/** The admin key of the HTTP API: kept as a hash, compared in constant time, wrong tries limited per address. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clock } from '../../core/clock.ts';
import { appError } from '../errors.ts';
import { AddressLimit } from './address-limit.ts';
import { randomSecret, readSecret, writeSecret } from './secret-file.ts';

/** Wrong keys allowed per address and minute. */
const maxFailuresPerWindow = 20;

export class ApiKeyGuard {
  readonly #hash: Buffer;
  readonly #failures: AddressLimit;

  constructor(hash: Buffer, clock: Clock) {
    this.#hash = hash;
    this.#failures = new AddressLimit(clock, maxFailuresPerWindow);
  }

  /** @throws AUTH_API_KEY_MISSING, AUTH_API_KEY_WRONG, AUTH_RATE_LIMITED */
  check(authorization: string | undefined, address: string): void {
    const key = /^Bearer (\S{1,512})$/.exec(authorization ?? '')?.[1];
    if (key === undefined) throw appError('AUTH_API_KEY_MISSING');
    // The right key always passes: behind a proxy everybody may share one address.
    if (timingSafeEqual(sha256(key), this.#hash)) return;
    if (this.#failures.isReached(address)) throw appError('AUTH_RATE_LIMITED');
    this.#failures.note(address);
    throw appError('AUTH_API_KEY_WRONG');
  }
}

export interface ApiKey {
  readonly guard: ApiKeyGuard;
  /** Set only when it was made now: show it once. */
  readonly newKey: string | undefined;
  /**
   * Keeps a new key for the starts to come. Call it when the key is about to be shown, and not before: of a key that
   * nobody saw the hash alone would be left. @throws APP_DATA_DIR_UNWRITABLE
   */
  confirm(): void;
}

const hashFileName = 'api-key.sha256';

/** Uses the configured key, the one of an earlier start, or makes one. @throws APP_SECRET_UNUSABLE */
export function openApiKey(options: { dataDir: string; configured: string | undefined; clock: Clock }): ApiKey {
  const { dataDir, configured, clock } = options;
  const knownHash = configured === undefined ? readSecret(dataDir, hashFileName, parseHash) : sha256(configured);
  if (knownHash !== undefined)
    return { guard: new ApiKeyGuard(knownHash, clock), newKey: undefined, confirm: () => undefined };
  const newKey = randomSecret();
  const hash = sha256(newKey);
  return {
    guard: new ApiKeyGuard(hash, clock),
    newKey,
    confirm: () => writeSecret(dataDir, hashFileName, hash.toString('hex')),
  };
}

function parseHash(text: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error('not a SHA-256 in hexadecimal');
  return Buffer.from(text, 'hex');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
