/** One object that is written again and again: one put under way, the newest state wins. */
import { type Clock } from '../../core/clock.ts';
import { pause } from '../../core/pause.ts';
import { type HlsObject } from '../ports.ts';
import { type GuardedStore } from './guarded-store.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface LatestObjectOptions {
  readonly store: GuardedStore;
  /** As it is now; asked for each put. */
  readonly render: () => HlsObject;
  readonly putDeadlineMs: number;
  readonly clock: Clock;
  /** Ends everything. */
  readonly signal: AbortSignal;
  readonly onStored?: () => void;
}

export class LatestObject {
  readonly #options: LatestObjectOptions;
  #isDirty = false;
  #isStored = false;
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
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** Resolves when the store has the newest state, or the signal has ended everything. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    const { store, render, putDeadlineMs, clock, signal, onStored } = this.#options;
    for (let attempt = 0; this.#isDirty && !signal.aborted;) {
      this.#isDirty = false;
      if (await store.put(render(), putDeadlineMs, signal)) {
        attempt = 0;
        this.#isStored = true;
        onStored?.();
      } else {
        this.#isDirty = true;
        await pause(clock, retryDelayMs(attempt++, Math.random()), signal);
      }
    }
  }
}
