/**
 * Maps RTP time of one stream to local monotonic time. Pure. This is the seam for better estimates (regression over
 * sender reports): callers only know `observe` and `toLocalMs`.
 */

export interface ClockMapOptions {
  readonly clockRateHz: number;
  /** How fast an old minimum is forgotten, ms per s; must exceed clock drift (500 ppm = 0.5). Default 1. */
  readonly forgetMsPerSec?: number;
  /**
   * A path that grew longer by this much or more (a VPN, another network) is followed after `settleMs`: nothing on it
   * would be in time any more. Choose what playout cannot absorb. Default 150.
   */
  readonly tolerableOffMs?: number;
  /** Default 1500: a burst after an outage is over sooner and does not count. */
  readonly settleMs?: number;
  /** A packet this much later than the map says, for `rebaseAfterMs` on end, means the stream's clock jumped. Default 1500. */
  readonly rebaseOffMs?: number;
  /** Default 500. */
  readonly rebaseAfterMs?: number;
}

/**
 * Minimum-delay filter: the packet that travelled fastest tells best when it was captured. The offset falls at once to
 * any smaller (arrival - RTP time) and rises slowly, so that jitter, bursts and pacing do not move it, and drift does.
 */
export class ClockMap {
  readonly #clockRateHz: number;
  readonly #forgetMsPerSec: number;
  readonly #tolerableOffMs: number;
  readonly #settleMs: number;
  readonly #rebaseOffMs: number;
  readonly #rebaseAfterMs: number;
  #offsetMs: number | undefined;
  #lastArrivalMs = 0;
  #lateSinceMs: number | undefined;
  /** Fastest packet since then. */
  #lateMinMs = Infinity;

  constructor(options: ClockMapOptions) {
    this.#clockRateHz = options.clockRateHz;
    this.#forgetMsPerSec = options.forgetMsPerSec ?? 1;
    this.#tolerableOffMs = options.tolerableOffMs ?? 150;
    this.#settleMs = options.settleMs ?? 1500;
    this.#rebaseOffMs = options.rebaseOffMs ?? 1500;
    this.#rebaseAfterMs = options.rebaseAfterMs ?? 500;
  }

  /** One packet arrived: unwrapped RTP ticks and local monotonic ms. */
  observe(timestamp: number, arrivalMs: number): void {
    const candidateMs = arrivalMs - this.#ticksToMs(timestamp);
    if (this.#offsetMs === undefined || candidateMs <= this.#offsetMs) {
      this.#accept(candidateMs, arrivalMs);
      return;
    }
    const elapsedSec = Math.max(0, arrivalMs - this.#lastArrivalMs) / 1000;
    // A pause must not let the map run away: what is forgotten is bounded by what this packet shows.
    this.#offsetMs = Math.min(candidateMs, this.#offsetMs + elapsedSec * this.#forgetMsPerSec);
    this.#lastArrivalMs = arrivalMs;
    this.#watchForJump(candidateMs, arrivalMs);
  }

  /** Local monotonic ms of a capture instant; undefined before the first packet. */
  toLocalMs(timestamp: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : this.#offsetMs + this.#ticksToMs(timestamp);
  }

  #watchForJump(candidateMs: number, arrivalMs: number): void {
    if (candidateMs - this.#offsetMs! < this.#tolerableOffMs) {
      this.#lateSinceMs = undefined;
      this.#lateMinMs = Infinity;
      return;
    }
    this.#lateSinceMs ??= arrivalMs;
    this.#lateMinMs = Math.min(this.#lateMinMs, candidateMs);
    const isJump = this.#lateMinMs - this.#offsetMs! >= this.#rebaseOffMs;
    const patienceMs = isJump ? this.#rebaseAfterMs : this.#settleMs;
    if (arrivalMs - this.#lateSinceMs >= patienceMs) this.#accept(this.#lateMinMs, arrivalMs);
  }

  #accept(offsetMs: number, arrivalMs: number): void {
    this.#offsetMs = offsetMs;
    this.#lastArrivalMs = arrivalMs;
    this.#lateSinceMs = undefined;
    this.#lateMinMs = Infinity;
  }

  #ticksToMs(timestamp: number): number {
    return (timestamp / this.#clockRateHz) * 1000;
  }
}
