/** Decides when a keyframe that is needed is asked for: at once, again soon when the answer was damaged, never in a storm. Pure. */

export interface KeyframeRequestLimits {
  /** A request may follow the one before after this time, whatever happened. */
  readonly intervalMs: number;
  /** It may follow after this time already when packets were lost since: the answer may have been among them. */
  readonly afterLossIntervalMs: number;
  /** For such a one no packet was lost for this long: into a loss that goes on, a keyframe is sent in vain. */
  readonly quietMs: number;
  /** Requests that are saved up while none is needed; one more is earned per `intervalMs`. */
  readonly burst: number;
}

/**
 * One per second on the long run (mixing.md 2.3). A stream shall move again within a second after its loss has ended. Of that
 * the playout delay takes 350 ms, the next picture of the camera and the next tick 33 ms each; a round trip lies in front of
 * the keyframe that the end of the loss damaged, as in front of the one that is asked for then. What is left, with 85 ms
 * to spare, is the interval after a loss. The burst is for a loss of 20 s, at 10 % at random, that nothing repairs.
 */
export const keyframeRequestLimits: KeyframeRequestLimits = {
  intervalMs: 1000,
  afterLossIntervalMs: 500,
  quietMs: 200,
  burst: 15,
};

export class KeyframeRequester {
  readonly #limits: KeyframeRequestLimits;
  #tokens: number;
  #filledMs = -Infinity;
  #lastRequestMs = -Infinity;
  #lastLossMs = -Infinity;
  #requestCount = 0;

  constructor(limits: KeyframeRequestLimits = keyframeRequestLimits) {
    this.#limits = limits;
    this.#tokens = limits.burst;
  }

  get requestCount(): number {
    return this.#requestCount;
  }

  /** A packet is missing, as seen by one behind it. */
  noteLoss(nowMs: number): void {
    this.#lastLossMs = nowMs;
  }

  /** True when a request is to be sent now; then it counts as sent. Ask as long as a keyframe is needed. */
  shouldRequest(nowMs: number): boolean {
    if (!this.#isTime(nowMs)) return false;
    const { intervalMs, burst } = this.#limits;
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#filledMs) / intervalMs);
    this.#filledMs = nowMs;
    // Tokens come in fractions: rounding must not cost one that is whole.
    if (this.#tokens < 1 - 1e-6) return false;
    this.#tokens -= 1;
    this.#lastRequestMs = nowMs;
    this.#requestCount++;
    return true;
  }

  #isTime(nowMs: number): boolean {
    const { intervalMs, afterLossIntervalMs, quietMs } = this.#limits;
    const sinceRequestMs = nowMs - this.#lastRequestMs;
    if (sinceRequestMs >= intervalMs) return true;
    if (sinceRequestMs < afterLossIntervalMs) return false;
    return this.#lastLossMs > this.#lastRequestMs && nowMs - this.#lastLossMs >= quietMs;
  }
}
