/** The admin key of the HTTP API: kept as a hash, compared in constant time, wrong tries limited per address. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clock } from '../../core/clock.ts';
import { appError } from '../errors.ts';
import { randomSecret, secretFile } from './secret-file.ts';

/** Wrong keys allowed per address within one window. */
const maxFailuresPerWindow = 20;
const windowMs = 60_000;
/** Addresses remembered; the oldest is forgotten beyond. */
const maxAddresses = 10_000;

export class ApiKeyGuard {
  readonly #hash: Buffer;
  readonly #clock: Clock;
  readonly #failures = new Map<string, { count: number; sinceMs: number }>();

  constructor(hash: Buffer, clock: Clock) {
    this.#hash = hash;
    this.#clock = clock;
  }

  /** @throws AUTH_API_KEY_MISSING, AUTH_API_KEY_WRONG, AUTH_RATE_LIMITED */
  check(authorization: string | undefined, address: string): void {
    const failures = this.#recentFailures(address);
    if (failures >= maxFailuresPerWindow) throw appError('AUTH_RATE_LIMITED');
    const key = /^Bearer (\S{1,512})$/.exec(authorization ?? '')?.[1];
    if (key === undefined) throw appError('AUTH_API_KEY_MISSING');
    if (timingSafeEqual(sha256(key), this.#hash)) return;
    this.#noteFailure(address, failures);
    throw appError('AUTH_API_KEY_WRONG');
  }

  #recentFailures(address: string): number {
    const entry = this.#failures.get(address);
    if (entry === undefined) return 0;
    if (this.#clock.nowMs() - entry.sinceMs <= windowMs) return entry.count;
    this.#failures.delete(address);
    return 0;
  }

  #noteFailure(address: string, earlier: number): void {
    const sinceMs = this.#failures.get(address)?.sinceMs ?? this.#clock.nowMs();
    if (this.#failures.size >= maxAddresses) this.#failures.delete(this.#failures.keys().next().value!);
    this.#failures.set(address, { count: earlier + 1, sinceMs });
  }
}

/** Uses the configured key, or makes one. `newKey` is set only when it was made now: show it once. */
export function openApiKey(options: { dataDir: string; configured: string | undefined; clock: Clock }): {
  guard: ApiKeyGuard;
  newKey: string | undefined;
} {
  if (options.configured !== undefined)
    return { guard: new ApiKeyGuard(sha256(options.configured), options.clock), newKey: undefined };
  const fresh = randomSecret();
  const file = secretFile(options.dataDir, 'api-key.sha256', () => sha256(fresh).toString('hex'));
  return {
    guard: new ApiKeyGuard(Buffer.from(file.value, 'hex'), options.clock),
    newKey: file.isNew ? fresh : undefined,
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
