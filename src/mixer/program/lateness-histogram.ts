/** How late ticks were, for percentiles over hours in constant memory. Pure. */

/** One bucket per ms; the last one holds everything later. */
const bucketCount = 2001;

export class LatenessHistogram {
  readonly #counts = new Uint32Array(bucketCount);
  #count = 0;
  #maxMs = 0;

  /** @param latenessMs negative counts as in time. */
  add(latenessMs: number): void {
    const lateMs = Math.max(0, latenessMs);
    const bucket = Math.min(bucketCount - 1, Math.floor(lateMs));
    this.#counts[bucket] = this.#counts[bucket]! + 1;
    this.#count++;
    this.#maxMs = Math.max(this.#maxMs, lateMs);
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** Nearest rank, rounded up to whole ms, never above the maximum; 0 when there is none. @param ratio 0..1 */
  percentileMs(ratio: number): number {
    const rank = Math.max(1, Math.ceil(ratio * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < bucketCount - 1; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return Math.min(bucket + 1, this.#maxMs);
    }
    return this.#maxMs;
  }
}
