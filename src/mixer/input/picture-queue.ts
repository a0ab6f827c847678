/** Raw picture bytes in, the picture that is due out: preallocated buffers, no copy beyond the first, newest wins. */
import { type I420Picture } from '../source-contract.ts';

/** Decoded ahead of their time; with the one shown and the one being filled, this bounds the memory. */
const maxQueuedPictures = 3;

interface QueuedPicture {
  readonly picture: I420Picture;
  readonly dueMs: number;
}

export class PictureQueue {
  readonly #frameBytes: number;
  readonly #free: I420Picture[];
  readonly #queued: QueuedPicture[] = [];
  #shown: I420Picture | undefined;
  #shownDueMs = -Infinity;
  #filling: I420Picture;
  #filledBytes = 0;

  /** @param width,height of every picture, even. */
  constructor(width: number, height: number) {
    this.#frameBytes = (width * height * 3) / 2;
    const make = (): I420Picture => ({ width, height, data: new Uint8Array(this.#frameBytes) });
    this.#filling = make();
    this.#free = Array.from({ length: maxQueuedPictures + 1 }, make);
  }

  /** When the picture that `latest` gave last was due; -Infinity before the first. */
  get shownDueMs(): number {
    return this.#shownDueMs;
  }

  /** Takes the next bytes of the raw stream; `dueOfNext` is asked once per completed picture. */
  push(chunk: Uint8Array, dueOfNext: () => number): void {
    for (let offset = 0; offset < chunk.length;) {
      const byteCount = Math.min(chunk.length - offset, this.#frameBytes - this.#filledBytes);
      this.#filling.data.set(chunk.subarray(offset, offset + byteCount), this.#filledBytes);
      this.#filledBytes += byteCount;
      offset += byteCount;
      if (this.#filledBytes === this.#frameBytes) this.#complete(dueOfNext());
    }
  }

  /** The newest picture whose time has come; the last one stays for ever. */
  latest(nowMs: number): I420Picture | undefined {
    while (this.#queued.length > 0 && this.#queued[0]!.dueMs <= nowMs) this.#showNext();
    return this.#shown;
  }

  /** The decoder behind the stream was replaced: half a picture is worth nothing. */
  restart(): void {
    this.#filledBytes = 0;
  }

  #complete(dueMs: number): void {
    this.#queued.push({ picture: this.#filling, dueMs });
    this.#filledBytes = 0;
    if (this.#queued.length > maxQueuedPictures) this.#showNext();
    // Buffers in all: the queue's, one shown, one filling. The pool cannot be empty here.
    this.#filling = this.#free.pop()!;
  }

  #showNext(): void {
    const next = this.#queued.shift()!;
    if (this.#shown !== undefined) this.#free.push(this.#shown);
    this.#shown = next.picture;
    this.#shownDueMs = next.dueMs;
  }
}
