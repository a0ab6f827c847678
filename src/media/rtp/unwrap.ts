/** Counters that wrap (RTP sequence numbers, timestamps) made into ordinary growing numbers. */

/**
 * Each value is taken as the nearest one to the highest seen, by signed distance; so the start may be anywhere,
 * reordering is fine, and half the range is the longest jump that is understood.
 */
export class Unwrapper {
  readonly #range: number;
  #highest: number | undefined;

  /** @param bitCount width of the wrapped counter: 16 for sequence numbers, 32 for timestamps. */
  constructor(bitCount: 16 | 32) {
    this.#range = 2 ** bitCount;
  }

  /** The wide number; exact below 2^53. The first value is returned as it is. */
  unwrap(value: number): number {
    const wide = this.peek(value);
    if (this.#highest === undefined || wide > this.#highest) this.#highest = wide;
    return wide;
  }

  /** As `unwrap`, leaving the state alone. */
  peek(value: number): number {
    if (this.#highest === undefined) return value;
    const half = this.#range / 2;
    const forward = (((value - this.#highest) % this.#range) + this.#range) % this.#range;
    return this.#highest + (forward >= half ? forward - this.#range : forward);
  }
}
