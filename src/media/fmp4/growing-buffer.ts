/** Bytes appended at the end and consumed at the front, each moved a constant number of times on average. */

const initialCapacityBytes = 64 * 1024;

export class GrowingBuffer {
  #bytes = new Uint8Array(initialCapacityBytes);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The bytes held; valid until the next append or consume. */
  view(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Drops the first `count` bytes (at most all). */
  consume(count: number): void {
    this.#start = Math.min(this.#end, this.#start + count);
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  #makeRoom(moreBytes: number): void {
    const neededBytes = this.length + moreBytes;
    let capacityBytes = this.#bytes.length;
    // Half full after the move, so that moves stay rare against appends.
    while (capacityBytes < 2 * neededBytes) capacityBytes *= 2;
    const target = capacityBytes === this.#bytes.length ? this.#bytes : new Uint8Array(capacityBytes);
    target.set(this.view());
    this.#end -= this.#start;
    this.#start = 0;
    this.#bytes = target;
  }
}
