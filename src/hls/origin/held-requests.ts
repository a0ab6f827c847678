/** Requests that wait for media to appear: one waiter per key whoever asks, capped in number and in time. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { hlsError } from '../errors.ts';

/** `ready`: look again; `timedOut`: the deadline passed; `gone`: the client or the program went away. */
export type HoldOutcome = 'ready' | 'timedOut' | 'gone';

export interface HoldLimits {
  readonly maxHeldRequests: number;
  readonly maxHeldRequestsPerClient: number;
}

export interface Hold {
  /** What is waited for, the same for all who wait for the same. */
  readonly key: string;
  readonly clientKey: string;
  readonly deadlineMs: number;
  readonly isReady: () => boolean;
}

interface Waiter {
  readonly isReady: () => boolean;
  readonly timer: Timer;
  readonly members: Set<(outcome: HoldOutcome) => void>;
}

/** The held requests of one program. Limits count over all programs, in the `HeldCount` they share. */
export class HeldRequests {
  readonly #clock: Clock;
  readonly #count: HeldCount;
  readonly #waiters = new Map<string, Waiter>();

  constructor(clock: Clock, count: HeldCount) {
    this.#clock = clock;
    this.#count = count;
  }

  /**
   * Waits until `isReady`. `onLeave` receives a function that ends the wait when the client goes.
   * @throws HLS_TOO_MANY_HELD
   */
  async hold(hold: Hold, onLeave: (leave: () => void) => void): Promise<HoldOutcome> {
    const release = this.#count.acquire(hold.clientKey);
    const waiter = this.#waiters.get(hold.key) ?? this.#addWaiter(hold);
    const { promise, resolve } = Promise.withResolvers<HoldOutcome>();
    waiter.members.add(resolve);
    onLeave(() => this.#leave(hold.key, waiter, resolve));
    try {
      return await promise;
    } finally {
      release();
    }
  }

  /** Lets go whoever has what he waits for; call after every change of the program. */
  reevaluate(): void {
    for (const [key, waiter] of [...this.#waiters]) if (waiter.isReady()) this.#settle(key, waiter, 'ready');
  }

  /** Lets everybody go. */
  close(): void {
    for (const [key, waiter] of [...this.#waiters]) this.#settle(key, waiter, 'gone');
  }

  #addWaiter({ key, isReady, deadlineMs }: Hold): Waiter {
    const timer = this.#clock.schedule(deadlineMs, () => this.#settle(key, waiter, 'timedOut'));
    const waiter: Waiter = { isReady, timer, members: new Set() };
    this.#waiters.set(key, waiter);
    return waiter;
  }

  #leave(key: string, waiter: Waiter, resolve: (outcome: HoldOutcome) => void): void {
    if (!waiter.members.delete(resolve)) return;
    if (waiter.members.size === 0) this.#settle(key, waiter, 'gone');
    resolve('gone');
  }

  #settle(key: string, waiter: Waiter, outcome: HoldOutcome): void {
    waiter.timer.cancel();
    this.#waiters.delete(key);
    for (const resolve of waiter.members) resolve(outcome);
    waiter.members.clear();
  }
}

/** How many requests are held, in total and by client address. */
export class HeldCount {
  readonly #limits: HoldLimits;
  readonly #onChanged: (total: number) => void;
  readonly #byClient = new Map<string, number>();
  #total = 0;

  constructor(limits: HoldLimits, onChanged: (total: number) => void) {
    this.#limits = limits;
    this.#onChanged = onChanged;
  }

  get total(): number {
    return this.#total;
  }

  /** Counts one more and returns the function that takes it back. @throws HLS_TOO_MANY_HELD */
  acquire(clientKey: string): () => void {
    const ofClient = this.#byClient.get(clientKey) ?? 0;
    if (this.#total >= this.#limits.maxHeldRequests || ofClient >= this.#limits.maxHeldRequestsPerClient) {
      throw hlsError('HLS_TOO_MANY_HELD');
    }
    this.#change(clientKey, 1);
    return () => this.#change(clientKey, -1);
  }

  #change(clientKey: string, by: number): void {
    const ofClient = (this.#byClient.get(clientKey) ?? 0) + by;
    if (ofClient === 0) this.#byClient.delete(clientKey);
    else this.#byClient.set(clientKey, ofClient);
    this.#total += by;
    this.#onChanged(this.#total);
  }
}
