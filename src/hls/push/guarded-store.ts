/** The store as the push sees it: every call has a deadline and never rejects, an outage is told once. */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric } from '../../core/metrics.ts';
import { type HlsObject, type HlsStore } from '../ports.ts';

export interface GuardedStoreOptions {
  readonly store: HlsStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly failureCounter: CounterMetric;
}

export class GuardedStore {
  readonly #options: GuardedStoreOptions;
  #isFailing = false;

  constructor(options: GuardedStoreOptions) {
    this.#options = options;
  }

  /** @param signal gives it up earlier. @returns whether readers get it now */
  put(object: HlsObject, deadlineMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#attempt('put', deadlineMs, signal, (ended) => this.#options.store.put(object, ended));
  }

  /** @returns whether it is gone */
  delete(key: string, deadlineMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#attempt('delete', deadlineMs, signal, (ended) => this.#options.store.delete(key, ended));
  }

  /** Waits for the operation to have ended, also when it is given up: two for one key must never be under way at once. */
  async #attempt(
    operation: 'put' | 'delete',
    deadlineMs: number,
    signal: AbortSignal,
    run: (signal: AbortSignal) => Promise<void>,
  ): Promise<boolean> {
    if (signal.aborted) return false;
    const giveUp = new AbortController();
    const timer = this.#options.clock.schedule(deadlineMs, () => giveUp.abort());
    try {
      await run(AbortSignal.any([signal, giveUp.signal]));
    } catch (error) {
      if (!signal.aborted) this.#noteFailure(operation, error);
      return false;
    } finally {
      timer.cancel();
    }
    this.#noteSuccess();
    return true;
  }

  #noteFailure(operation: string, error: unknown): void {
    this.#options.failureCounter.inc({ operation });
    if (!this.#isFailing) this.#options.logger.warn({ operation, error }, 'HLS store fails; trying again');
    this.#isFailing = true;
  }

  #noteSuccess(): void {
    if (this.#isFailing) this.#options.logger.info({}, 'HLS store works again');
    this.#isFailing = false;
  }
}
