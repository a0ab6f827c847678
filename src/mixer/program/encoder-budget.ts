/** How often encoders may be lost before the program gives this process up: at once, then with growing pauses. Pure. */

export interface EncoderBudgetLimits {
  /** Losses within the window that are made good; the next one is one too many. */
  readonly maxLossCount: number;
  readonly windowMs: number;
  /** Pause after the second loss in a window; doubles from there. The first costs none. */
  readonly firstPauseMs: number;
}

export const encoderBudgetLimits: EncoderBudgetLimits = { maxLossCount: 4, windowMs: 30_000, firstPauseMs: 200 };

export class EncoderBudget {
  readonly #limits: EncoderBudgetLimits;
  #lossesMs: number[] = [];

  constructor(limits: EncoderBudgetLimits = encoderBudgetLimits) {
    this.#limits = limits;
  }

  /** One loss at `nowMs`: how long to wait before the next encoder; undefined when there should be none. */
  pauseAfterLossMs(nowMs: number): number | undefined {
    const { maxLossCount, windowMs, firstPauseMs } = this.#limits;
    this.#lossesMs = this.#lossesMs.filter((atMs) => nowMs - atMs < windowMs);
    this.#lossesMs.push(nowMs);
    const lossCount = this.#lossesMs.length;
    if (lossCount > maxLossCount) return undefined;
    return lossCount === 1 ? 0 : firstPauseMs * 2 ** (lossCount - 2);
  }
}
