/** How many uploads run at once over all recordings; the rest waits in turn. */
export class UploadSlots {
  readonly #waiting: (() => void)[] = [];
  #freeCount: number;

  constructor(slotCount: number) {
    this.#freeCount = slotCount;
  }

  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#freeCount > 0) this.#freeCount--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await operation();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#freeCount++;
      else next();
    }
  }
}
