/** A FIFO that cannot grow without limit. What happens at the limit is chosen where the queue is made. */

/** `dropOldest` makes room for the newcomer, `refuse` leaves it to the caller, who gets false from `push`. */
export type OverflowPolicy = 'dropOldest' | 'refuse';

export interface BoundedQueueOptions<T> {
  /** At least 1. */
  readonly maxItems: number;
  readonly overflow: OverflowPolicy;
  /** With `dropOldest`: what may go before anything else does. Everything by default. */
  readonly isExpendable?: (item: T) => boolean;
}

export class BoundedQueue<T> {
  readonly #items: T[] = [];
  readonly #options: BoundedQueueOptions<T>;
  #droppedCount = 0;

  constructor(options: BoundedQueueOptions<T>) {
    this.#options = options;
  }

  get length(): number {
    return this.#items.length;
  }

  /** Items not kept since the queue was made, refused ones included. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** True when the item is in the queue. With `dropOldest` it is not when it alone was expendable. */
  push(item: T): boolean {
    if (this.#items.length < this.#options.maxItems) {
      this.#items.push(item);
      return true;
    }
    this.#droppedCount++;
    if (this.#options.overflow === 'refuse') return false;
    this.#items.push(item);
    const { isExpendable = () => true } = this.#options;
    const droppedIndex = Math.max(0, this.#items.findIndex(isExpendable));
    this.#items.splice(droppedIndex, 1);
    return droppedIndex < this.#items.length;
  }

  /** Removes and returns the oldest items, in order. */
  take(maxCount = this.#items.length): T[] {
    return this.#items.splice(0, maxCount);
  }
}
