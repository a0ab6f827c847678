/** Which rungs of the ladder are encoded: the upper ones go when the encoder is too slow, and come back after a quiet time. Pure. */

export interface LadderLimits {
  /** Backlog above which the encoder is watched, seconds of program; two or three frames are healthy. */
  readonly lagSec: number;
  /** Its speed is judged over so long, again and again while it lags. */
  readonly judgeMs: number;
  /** An encoder that lags by so much and is slower than the program loses rungs at once. */
  readonly dropSec: number;
  /** Nothing out for so long is no slow encoder but one that stands still: it is not judged by that. */
  readonly standstillMs: number;
  /** So much backlog for so long, without catching up, costs a rung, whatever the speed. */
  readonly dropAfterMs: number;
  /** Backlog up to which all is quiet. */
  readonly quietSec: number;
  /** Quiet without a break for so long brings a rung back. */
  readonly restoreAfterMs: number;
  /** A rung that came back and was lost again within this time doubles the next wait ... */
  readonly probationMs: number;
  /** ... up to this. */
  readonly maxRestoreAfterMs: number;
}

/**
 * A player of profile `low` has 0.68 s of program before it when the next part is due (PART-HOLD-BACK less one part):
 * backlog at the decision and what the successor takes to begin must fit into that. Below `dropSec` a busy machine's
 * hiccups would cost rungs.
 */
export const ladderLimits: LadderLimits = {
  lagSec: 0.2,
  judgeMs: 250,
  dropSec: 0.3,
  standstillMs: 200,
  dropAfterMs: 3000,
  quietSec: 0.25,
  restoreAfterMs: 30_000,
  probationMs: 60_000,
  maxRestoreAfterMs: 600_000,
};

/** Slower than this times the program is too slow. */
const minSpeed = 0.95;
/** As fast as this a successor should be, to make good what it inherits; if it is not, it is left out as quickly. */
const wantedSpeed = 1.1;
/** The first frames of an encoder are not its speed: all its sizes begin with a keyframe. */
const warmUpSec = 0.15;
/** The first encoder of all starts together with decoders and sandboxes, and viewers come with its first segment. */
const firstWarmUpSec = 3;
/** A backlog that shrinks by this share within `dropAfterMs` is being caught up with. */
const catchUpShare = 0.1;

/** What is seen of the encoder that runs. */
export interface EncoderProgress {
  /** Program that it has not given out yet, seconds. */
  readonly backlogSec: number;
  /** Program that it has given out since it was started, seconds. */
  readonly encodedSec: number;
}

interface Judgement {
  readonly sinceMs: number;
  readonly encodedSec: number;
}

export class LadderPolicy {
  readonly #costs: readonly number[];
  readonly #limits: LadderLimits;
  #droppedCount = 0;
  #warmUpSec = firstWarmUpSec;
  #lag: { readonly sinceMs: number; readonly backlogSec: number } | undefined;
  #judgement: Judgement | undefined;
  #lastOutput: { readonly atMs: number; readonly encodedSec: number } | undefined;
  #quietSinceMs: number | undefined;
  #restoredAtMs: number | undefined;
  #restoreAfterMs: number;

  /** @param costs of `ladderCosts`, one for each rung. */
  constructor(costs: readonly number[], limits: LadderLimits = ladderLimits) {
    this.#costs = costs;
    this.#limits = limits;
    this.#restoreAfterMs = limits.restoreAfterMs;
  }

  /** Rungs left out, from the top. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** One look at the encoder; to be called every frame or so. The last rung is never dropped. */
  update(nowMs: number, { backlogSec, encodedSec }: EncoderProgress): 'drop' | 'restore' | undefined {
    const { lagSec, dropSec, quietSec } = this.#limits;
    // Another encoder has begun: what was seen of the one before is not held against it.
    if (encodedSec < (this.#lastOutput?.encodedSec ?? 0)) this.#startOver();
    const isStandingStill = this.#isStandingStill(nowMs, encodedSec);
    const isWarm = encodedSec >= this.#warmUpSec;
    if (isWarm) this.#warmUpSec = warmUpSec;
    const isJudged = isWarm && backlogSec > lagSec && !isStandingStill;
    this.#lag = backlogSec >= dropSec ? (this.#lag ?? { sinceMs: nowMs, backlogSec }) : undefined;
    this.#judgement = isJudged ? (this.#judgement ?? { sinceMs: nowMs, encodedSec }) : undefined;
    this.#quietSinceMs = backlogSec <= quietSec ? (this.#quietSinceMs ?? nowMs) : undefined;
    const speed = this.#speedWhenTooSlow(nowMs, { backlogSec, encodedSec });
    if (speed !== undefined) return this.#dropTo(this.#fittingDropCount(speed), nowMs);
    if (this.#hasLaggedForLong(nowMs, backlogSec)) return this.drop(nowMs) ? 'drop' : undefined;
    if (this.#quietSinceMs === undefined || nowMs - this.#quietSinceMs < this.#restoreAfterMs) return undefined;
    return this.#restore(nowMs) ? 'restore' : undefined;
  }

  /** Leaves out one rung more; false when only one is left. */
  drop(nowMs: number): boolean {
    return this.#dropTo(this.#droppedCount + 1, nowMs) === 'drop';
  }

  #isStandingStill(nowMs: number, encodedSec: number): boolean {
    if (this.#lastOutput?.encodedSec !== encodedSec) this.#lastOutput = { atMs: nowMs, encodedSec };
    return nowMs - this.#lastOutput.atMs > this.#limits.standstillMs;
  }

  /** Program per second of a lagging encoder that does not keep up, once it can be told. */
  #speedWhenTooSlow(nowMs: number, { backlogSec, encodedSec }: EncoderProgress): number | undefined {
    const { judgeMs, dropSec } = this.#limits;
    const judgement = this.#judgement;
    if (judgement === undefined || nowMs - judgement.sinceMs < judgeMs) return undefined;
    const speed = (1000 * (encodedSec - judgement.encodedSec)) / (nowMs - judgement.sinceMs);
    this.#judgement = { sinceMs: nowMs, encodedSec };
    return speed < minSpeed && backlogSec >= dropSec ? speed : undefined;
  }

  #hasLaggedForLong(nowMs: number, backlogSec: number): boolean {
    if (this.#lag === undefined || nowMs - this.#lag.sinceMs < this.#limits.dropAfterMs) return false;
    if (backlogSec > this.#lag.backlogSec * (1 - catchUpShare)) return true;
    this.#lag = { sinceMs: nowMs, backlogSec };
    return false;
  }

  /** The fewest dropped rungs with which that encoder would have caught up; more than now. */
  #fittingDropCount(speed: number): number {
    const cost = this.#costs[this.#droppedCount]!;
    const count = this.#costs.findIndex(
      (other, index) => index > this.#droppedCount && (speed * cost) / other >= wantedSpeed,
    );
    return count === -1 ? this.#costs.length - 1 : count;
  }

  #dropTo(wantedCount: number, nowMs: number): 'drop' | undefined {
    this.#startOver();
    const count = Math.min(wantedCount, this.#costs.length - 1);
    if (count <= this.#droppedCount) return undefined;
    const { restoreAfterMs, probationMs, maxRestoreAfterMs } = this.#limits;
    if (this.#restoredAtMs !== undefined) {
      const hasFailedAgain = nowMs - this.#restoredAtMs < probationMs;
      this.#restoreAfterMs = hasFailedAgain ? Math.min(maxRestoreAfterMs, 2 * this.#restoreAfterMs) : restoreAfterMs;
      this.#restoredAtMs = undefined;
    }
    this.#droppedCount = count;
    this.#warmUpSec = warmUpSec;
    return 'drop';
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
    this.#judgement = undefined;
    this.#quietSinceMs = undefined;
  }
}
