/** One object that is written again and again: one put under way, the newest state wins. */
import { type Clock } from '../../core/clock.ts';
import { pause } from '../../core/pause.ts';
import { type HlsObject } from '../ports.ts';
import { type GuardedStore } from './guarded-store.ts';
import { retryDelayMs } from './retry-delay.ts';

/** A put that was given up may still be carried out after the next: so much later the newest is written once more. */
const lateCommitMs = 5000;

export interface LatestObjectOptions {
  readonly store: GuardedStore;
  /** As it is now; asked for each put. */
  readonly render: () => HlsObject;
  readonly putDeadlineMs: number;
  readonly clock: Clock;
  /** No further puts. */
  readonly signal: AbortSignal;
  /** Readers get what was rendered last. */
  readonly onStored?: () => void;
}

export class LatestObject {
  readonly #options: LatestObjectOptions;
  #isDirty = false;
  #isStored = false;
  /** A put failed, and nothing has been written long enough after it. */
  #isInDoubt = false;
  #wake = new AbortController();
  #writing: Promise<void> | undefined;

  constructor(options: LatestObjectOptions) {
    this.#options = options;
  }

  /** True once readers have got any state of it. */
  get isStored(): boolean {
    return this.#isStored;
  }

  /** What is in the store is not the newest any more. Never throws. */
  changed(): void {
    this.#isDirty = true;
    this.#wake.abort();
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** Resolves when the store has the newest state for sure, or the signal has ended everything. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    const { store, render, putDeadlineMs, clock, signal, onStored } = this.#options;
    for (let attempt = 0; this.#isDirty && !signal.aborted;) {
      this.#isDirty = false;
      if (await store.put(render(), putDeadlineMs)) {
        attempt = 0;
        this.#isStored = true;
        onStored?.();
        if (!this.#isDirty && this.#isInDoubt) await this.#writeOnceMore();
      } else {
        this.#isDirty = true;
        this.#isInDoubt = true;
        await pause(clock, retryDelayMs(attempt++, Math.random()), signal);
      }
    }
  }

  async #writeOnceMore(): Promise<void> {
    const { clock, signal } = this.#options;
    this.#wake = new AbortController();
    await pause(clock, lateCommitMs, AbortSignal.any([signal, this.#wake.signal]));
    // Woken earlier, something newer is written now, and the doubt remains.
    if (!this.#isDirty) this.#isInDoubt = false;
    this.#isDirty = true;
  }
}
