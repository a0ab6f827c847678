/** When a stream's media came at the earliest: local monotonic time by minimum delay, for want of anything better. Pure. */

export interface ArrivalMapOptions {
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
 * Minimum-delay filter: the packet that travelled fastest tells best when it was captured. Media time is RTP time in ms,
 * with any origin. The offset falls at once to any smaller (arrival - media time) and rises slowly, so that jitter,
 * bursts and pacing do not move it, and drift does.
 */
export class ArrivalMap {
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

  constructor(options: ArrivalMapOptions = {}) {
    this.#forgetMsPerSec = options.forgetMsPerSec ?? 1;
    this.#tolerableOffMs = options.tolerableOffMs ?? 150;
    this.#settleMs = options.settleMs ?? 1500;
    this.#rebaseOffMs = options.rebaseOffMs ?? 1500;
    this.#rebaseAfterMs = options.rebaseAfterMs ?? 500;
  }

  /** One packet arrived, at this local monotonic ms. */
  observe(mediaMs: number, arrivalMs: number): void {
    const candidateMs = arrivalMs - mediaMs;
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

  /** What to add to media time; undefined before the first packet. */
  get offsetMs(): number | undefined {
    return this.#offsetMs;
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
}
