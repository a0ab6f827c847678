/** How often a failing decoder may be started again: growing pauses, a few times per window, then a rest. Pure. */

export interface RestartBudgetOptions {
  readonly maxRestarts: number;
  readonly windowMs: number;
  readonly firstPauseMs: number;
}

export const decoderRestartBudget: RestartBudgetOptions = { maxRestarts: 3, windowMs: 30_000, firstPauseMs: 100 };

export class RestartBudget {
  readonly #options: RestartBudgetOptions;
  #failuresMs: number[] = [];

  constructor(options: RestartBudgetOptions) {
    this.#options = options;
  }

  /**
   * One failure at `nowMs`: how long to wait before the next start. Pauses double; beyond the budget the wait lasts until
   * the oldest counted failure leaves the window.
   */
  pauseAfterFailureMs(nowMs: number): number {
    const { maxRestarts, windowMs, firstPauseMs } = this.#options;
    this.#failuresMs = this.#failuresMs.filter((atMs) => nowMs - atMs < windowMs);
    this.#failuresMs.push(nowMs);
    if (this.#failuresMs.length > maxRestarts) return this.#failuresMs[0]! + windowMs - nowMs;
    return firstPauseMs * 2 ** (this.#failuresMs.length - 1);
  }
}
