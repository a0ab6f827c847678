/** Smallest value of the last seconds, in a bounded number of buckets. Pure. */

const bucketCount = 16;

export class SlidingMinimumDelay {
  readonly #bucketMs: number;
  #buckets: { readonly startMs: number; minimum: number }[] = [];

  /** @param windowMs how long a value counts; kept to a sixteenth of it. */
  constructor(windowMs: number) {
    this.#bucketMs = windowMs / bucketCount;
  }

  /** Undefined before the first value. The last values stay for as long as nothing newer comes. */
  get minimum(): number | undefined {
    return this.#buckets.length === 0 ? undefined : Math.min(...this.#buckets.map((bucket) => bucket.minimum));
  }

  push(value: number, nowMs: number): void {
    const newest = this.#buckets.at(-1);
    if (newest !== undefined && nowMs - newest.startMs < this.#bucketMs) {
      newest.minimum = Math.min(newest.minimum, value);
      return;
    }
    this.#buckets.push({ startMs: nowMs, minimum: value });
    if (this.#buckets.length > bucketCount) this.#buckets.shift();
    const oldestMs = nowMs - this.#bucketMs * bucketCount;
    this.#buckets = this.#buckets.filter((bucket) => bucket.startMs > oldestMs);
  }

  clear(): void {
    this.#buckets = [];
  }
}
