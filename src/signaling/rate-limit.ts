/** Token buckets: a burst up to `capacity`, then `refillPerSec`. Pure but for the clock given. */
import { type Clock } from '../core/clock.ts';

export interface BucketSpec {
  readonly capacity: number;
  readonly refillPerSec: number;
}

export class TokenBucket {
  readonly #spec: BucketSpec;
  readonly #clock: Clock;
  #tokens: number;
  #updatedMs: number;

  constructor(spec: BucketSpec, clock: Clock) {
    this.#spec = spec;
    this.#clock = clock;
    this.#tokens = spec.capacity;
    this.#updatedMs = clock.nowMs();
  }

  /** Takes one token: 0 when it was there, else the ms until the next one is. */
  take(): number {
    const nowMs = this.#clock.nowMs();
    const refill = ((nowMs - this.#updatedMs) / 1000) * this.#spec.refillPerSec;
    this.#tokens = Math.min(this.#spec.capacity, this.#tokens + refill);
    this.#updatedMs = nowMs;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) / this.#spec.refillPerSec) * 1000);
  }
}

/** One bucket per class. */
export class RateLimiter<Class extends string> {
  readonly #buckets: ReadonlyMap<Class, TokenBucket>;

  constructor(specs: Readonly<Record<Class, BucketSpec>>, clock: Clock) {
    this.#buckets = new Map(
      (Object.entries(specs) as [Class, BucketSpec][]).map(([name, spec]) => [name, new TokenBucket(spec, clock)]),
    );
  }

  /** As `TokenBucket.take`. */
  take(name: Class): number {
    return this.#buckets.get(name)?.take() ?? 0;
  }
}
