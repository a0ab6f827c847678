/** The one clock of a program: frame n is due at T0 + n / frameRate, whatever happened before. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { LatenessHistogram } from './lateness-histogram.ts';

export interface ProgramClockOptions {
  readonly clock: Clock;
  /** Frames per second. */
  readonly frameRate: number;
  /**
   * Called once per frame, in order; `tickIndex` counts from T0. `isRepeat` is true for the further ticks of one
   * catch-up: no picture can have changed since the tick before.
   */
  readonly onTick: (tickIndex: number, isRepeat: boolean) => void;
  /**
   * Called after a stall too long to be caught up with: the ticks in between are left out and the next one is that of
   * this moment, with its true number. What runs must end here, because a run has no holes.
   */
  readonly onFellBehind: (behindMs: number) => void;
}

/** A tick later than this counts as late; the pipe and the encoder absorb anything shorter. */
export const lateTickMs = 10;
/** Longest stall that is caught up with. */
export const maxCatchUpMs = 2000;

export class ProgramClock {
  readonly #clock: Clock;
  readonly #frameRate: number;
  readonly #onTick: (tickIndex: number, isRepeat: boolean) => void;
  readonly #onFellBehind: (behindMs: number) => void;
  #timer: Timer | undefined;
  #startMs = 0;
  #nextTick = 0;
  #isRunning = false;
  #tickCount = 0;
  #lateTickCount = 0;
  readonly #lateness = new LatenessHistogram();

  constructor(options: ProgramClockOptions) {
    this.#clock = options.clock;
    this.#frameRate = options.frameRate;
    this.#onTick = options.onTick;
    this.#onFellBehind = options.onFellBehind;
  }

  /** Ticks emitted. */
  get tickCount(): number {
    return this.#tickCount;
  }

  /** Number of the tick that comes next; higher than the count once ticks were left out. */
  get nextTick(): number {
    return this.#nextTick;
  }

  get lateTickCount(): number {
    return this.#lateTickCount;
  }

  /** How late ticks were, all together. */
  get latenessMs(): { readonly p99: number; readonly max: number } {
    return { p99: this.#lateness.percentileMs(0.99), max: this.#lateness.maxMs };
  }

  /** Sets T0 on the monotonic clock, now or just before. */
  setStart(startMs: number): void {
    this.#startMs = startMs;
  }

  /** Emits tick 0 at once and goes on from there. */
  start(): void {
    this.#isRunning = true;
    this.#wake();
  }

  /** No tick comes after it, not even those that are due. */
  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** When a tick is or was due, on the monotonic clock. */
  dueMs(tickIndex: number): number {
    return this.#startMs + (tickIndex * 1000) / this.#frameRate;
  }

  #wake(): void {
    const behindMs = this.#clock.nowMs() - this.dueMs(this.#nextTick);
    if (behindMs > maxCatchUpMs) {
      this.#nextTick += Math.floor((behindMs * this.#frameRate) / 1000);
      this.#onFellBehind(behindMs);
    }
    for (let isRepeat = false; this.#isRunning; isRepeat = true) {
      const aheadMs = this.dueMs(this.#nextTick) - this.#clock.nowMs();
      if (aheadMs > 0) {
        // Whole ms, rounded up: system timers cut fractions off and would wake too early.
        this.#timer = this.#clock.schedule(Math.ceil(aheadMs), () => this.#wake());
        return;
      }
      if (aheadMs < -lateTickMs) this.#lateTickCount++;
      this.#lateness.add(-aheadMs);
      this.#tickCount++;
      this.#onTick(this.#nextTick++, isRepeat);
    }
  }
}
