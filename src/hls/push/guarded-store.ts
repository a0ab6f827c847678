/** The store as the push of one program sees it: every call has a deadline and never rejects, an outage is told once. */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric } from '../../core/metrics.ts';
import { type HlsObject, type HlsStore } from '../ports.ts';

/** So long without a failure, and it is over: single keys may fail while others do not. */
const quietMs = 10_000;

export interface GuardedStoreOptions {
  readonly store: HlsStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly failureCounter: CounterMetric;
}

export class GuardedStore {
  readonly #options: GuardedStoreOptions;
  readonly #close = new AbortController();
  #isFailing = false;
  #failedAtMs = -Infinity;

  constructor(options: GuardedStoreOptions) {
    this.#options = options;
  }

  /** @returns whether readers get it now */
  put(object: HlsObject, deadlineMs: number): Promise<boolean> {
    return this.#attempt('put', deadlineMs, (signal) => this.#options.store.put(object, signal));
  }

  /** @returns whether it is gone */
  delete(key: string, deadlineMs: number): Promise<boolean> {
    return this.#attempt('delete', deadlineMs, (signal) => this.#options.store.delete(key, signal));
  }

  /** Gives up what is under way, and does nothing from now on. */
  close(): void {
    this.#close.abort();
  }

  /** Waits for the call to have ended here, also when it is given up; what the store still makes of it nobody knows. */
  async #attempt(
    operation: 'put' | 'delete',
    deadlineMs: number,
    run: (signal: AbortSignal) => Promise<void>,
  ): Promise<boolean> {
    const closed = this.#close.signal;
    if (closed.aborted) return false;
    const late = new AbortController();
    const timer = this.#options.clock.schedule(deadlineMs, () => late.abort());
    try {
      await run(AbortSignal.any([closed, late.signal]));
    } catch (error) {
      if (!closed.aborted) this.#noteFailure(operation, error);
      return false;
    } finally {
      timer.cancel();
    }
    this.#noteSuccess();
    return true;
  }

  #noteFailure(operation: string, error: unknown): void {
    const { clock, logger, failureCounter } = this.#options;
    failureCounter.inc({ operation });
    if (!this.#isFailing) logger.warn({ operation, error }, 'HLS store fails; trying again');
    this.#isFailing = true;
    this.#failedAtMs = clock.nowMs();
  }

  #noteSuccess(): void {
    const { clock, logger } = this.#options;
    if (!this.#isFailing || clock.nowMs() - this.#failedAtMs < quietMs) return;
    logger.info({}, 'HLS store works again');
    this.#isFailing = false;
  }
}
