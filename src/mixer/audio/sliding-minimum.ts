/** Smallest of the last N values, in constant time per value. Pure. */
export class SlidingMinimum {
  readonly #windowLength: number;
  readonly #values: Float64Array;
  readonly #positions: Float64Array;
  #head = 0;
  #count = 0;
  #position = 0;

  /** @param windowLength N, at least 1. */
  constructor(windowLength: number) {
    this.#windowLength = windowLength;
    this.#values = new Float64Array(windowLength);
    this.#positions = new Float64Array(windowLength);
  }

  /** Takes the next value. @returns the minimum of it and the N - 1 before it. */
  push(value: number): number {
    const length = this.#windowLength;
    if (this.#count > 0 && this.#positions[this.#head]! <= this.#position - length) {
      this.#head = (this.#head + 1) % length;
      this.#count--;
    }
    // A larger value that came earlier can never be the minimum again.
    while (this.#count > 0 && this.#values[(this.#head + this.#count - 1) % length]! >= value) this.#count--;
    const tail = (this.#head + this.#count) % length;
    this.#values[tail] = value;
    this.#positions[tail] = this.#position++;
    this.#count++;
    return this.#values[this.#head]!;
  }
}
