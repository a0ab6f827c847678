/** Which rungs of the ladder are encoded: the top one goes when the encoder lags, and comes back after a quiet time. Pure. */

export interface LadderLimits {
  /** Backlog above which the encoder lags, seconds of program. */
  readonly lagSec: number;
  /** Lagging for so long without catching up costs the top rung. */
  readonly dropAfterMs: number;
  /** Backlog up to which all is quiet; between the two nothing is decided. */
  readonly quietSec: number;
  /** Quiet without a break for so long brings a rung back. */
  readonly restoreAfterMs: number;
  /** A rung that came back and was lost again within this time doubles the next wait ... */
  readonly probationMs: number;
  /** ... up to this. */
  readonly maxRestoreAfterMs: number;
}

export const ladderLimits: LadderLimits = {
  lagSec: 0.5,
  dropAfterMs: 3000,
  quietSec: 0.25,
  restoreAfterMs: 30_000,
  probationMs: 60_000,
  maxRestoreAfterMs: 600_000,
};

/** A backlog that shrinks by this share within `dropAfterMs` is being caught up with. */
const catchUpShare = 0.1;

export class LadderPolicy {
  readonly #rungCount: number;
  readonly #limits: LadderLimits;
  #droppedCount = 0;
  #lag: { readonly sinceMs: number; readonly backlogSec: number } | undefined;
  #quietSinceMs: number | undefined;
  #restoredAtMs: number | undefined;
  #restoreAfterMs: number;

  constructor(rungCount: number, limits: LadderLimits = ladderLimits) {
    this.#rungCount = rungCount;
    this.#limits = limits;
    this.#restoreAfterMs = limits.restoreAfterMs;
  }

  /** Rungs left out, from the top. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** One look at the backlog; to be called every frame or so. The last rung is never dropped. */
  update(nowMs: number, backlogSec: number): 'drop' | 'restore' | undefined {
    const { lagSec, quietSec, dropAfterMs } = this.#limits;
    this.#lag = backlogSec > lagSec ? (this.#lag ?? { sinceMs: nowMs, backlogSec }) : undefined;
    this.#quietSinceMs = backlogSec <= quietSec ? (this.#quietSinceMs ?? nowMs) : undefined;
    if (this.#lag !== undefined && nowMs - this.#lag.sinceMs >= dropAfterMs) {
      if (backlogSec > this.#lag.backlogSec * (1 - catchUpShare)) return this.drop(nowMs) ? 'drop' : undefined;
      this.#lag = { sinceMs: nowMs, backlogSec };
    }
    if (this.#quietSinceMs === undefined || nowMs - this.#quietSinceMs < this.#restoreAfterMs) return undefined;
    return this.#restore(nowMs) ? 'restore' : undefined;
  }

  /** Leaves out one rung more; false when only one is left. */
  drop(nowMs: number): boolean {
    this.#startOver();
    if (this.#droppedCount >= this.#rungCount - 1) return false;
    const { restoreAfterMs, probationMs, maxRestoreAfterMs } = this.#limits;
    if (this.#restoredAtMs !== undefined) {
      const hasFailedAgain = nowMs - this.#restoredAtMs < probationMs;
      this.#restoreAfterMs = hasFailedAgain ? Math.min(maxRestoreAfterMs, 2 * this.#restoreAfterMs) : restoreAfterMs;
      this.#restoredAtMs = undefined;
    }
    this.#droppedCount++;
    return true;
  }

  #restore(nowMs: number): boolean {
    this.#startOver();
    if (this.#droppedCount === 0) return false;
    this.#droppedCount--;
    this.#restoredAtMs = nowMs;
    return true;
  }

  #startOver(): void {
    this.#lag = undefined;
    this.#quietSinceMs = undefined;
  }
}
