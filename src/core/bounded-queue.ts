/** A FIFO that cannot grow without limit. What happens at the limit is chosen where the queue is made. */

/** `dropOldest` keeps the newest, `dropNewest` refuses the newcomer, `fail` closes the queue (the consumer is lost). */
export type OverflowPolicy = 'dropOldest' | 'dropNewest' | 'fail';

export interface BoundedQueueOptions<T> {
  readonly maxItems: number;
  readonly overflow: OverflowPolicy;
  /** Called for each item that was not kept. */
  readonly onDropped?: (item: T) => void;
}

export class BoundedQueue<T> {
  readonly #items: T[] = [];
  readonly #options: BoundedQueueOptions<T>;
  #waiter: ((item: T | undefined) => void) | undefined;
  #isClosed = false;
  #droppedCount = 0;

  constructor(options: BoundedQueueOptions<T>) {
    this.#options = options;
  }

  get length(): number {
    return this.#items.length;
  }

  get droppedCount(): number {
    return this.#droppedCount;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** True when the item was taken (delivered or queued). */
  push(item: T): boolean {
    if (this.#isClosed) return false;
    if (this.#waiter !== undefined) {
      const waiter = this.#waiter;
      this.#waiter = undefined;
      waiter(item);
      return true;
    }
    if (this.#items.length < this.#options.maxItems) {
      this.#items.push(item);
      return true;
    }
    return this.#overflow(item);
  }

  /** The next item, waiting for one; undefined when the queue is closed and empty. One consumer at a time. */
  async take(): Promise<T | undefined> {
    if (this.#items.length > 0) return this.#items.shift();
    if (this.#isClosed) return undefined;
    return new Promise((resolve) => {
      this.#waiter = resolve;
    });
  }

  /** Takes no more items; those queued can still be taken. */
  close(): void {
    this.#isClosed = true;
    this.#waiter?.(undefined);
    this.#waiter = undefined;
  }

  #overflow(item: T): boolean {
    this.#droppedCount++;
    if (this.#options.overflow === 'dropOldest') {
      const oldest = this.#items.shift()!;
      this.#items.push(item);
      this.#options.onDropped?.(oldest);
      return true;
    }
    if (this.#options.overflow === 'fail') this.close();
    this.#options.onDropped?.(item);
    return false;
  }
}
