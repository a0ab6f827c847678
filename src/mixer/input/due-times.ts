/** Remembers when fed frames are due, because no time survives the decoder's raw output: first fed, first out. Pure. */

/** A frame fed this long ago gave no picture and never will: the decoder rejected it. */
const answerWithinMs = 1000;
const maxWaiting = 120;

export class DueTimes {
  #waiting: { readonly dueMs: number; readonly fedMs: number }[] = [];

  push(dueMs: number, fedMs: number): void {
    this.#waiting.push({ dueMs, fedMs });
    if (this.#waiting.length > maxWaiting) this.#waiting.shift();
  }

  /** Due time of the picture that came out at `nowMs`; -Infinity (show it) when none is known. */
  take(nowMs: number): number {
    while (this.#waiting.length > 1 && nowMs - this.#waiting[0]!.fedMs > answerWithinMs) this.#waiting.shift();
    return this.#waiting.shift()?.dueMs ?? -Infinity;
  }

  clear(): void {
    this.#waiting = [];
  }
}
