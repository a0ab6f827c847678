/** The one clock of a program: frame n is due at T0 + n / frameRate, whatever happened before. */
import { type Clock, type Timer } from '../../core/clock.ts';

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
   * Called once after a stall too long to be caught up with; no tick follows. Leaving ticks out instead would shift
   * every later picture against the wall clock that viewers and recordings go by.
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

  constructor(options: ProgramClockOptions) {
    this.#clock = options.clock;
    this.#frameRate = options.frameRate;
    this.#onTick = options.onTick;
    this.#onFellBehind = options.onFellBehind;
  }

  get tickCount(): number {
    return this.#tickCount;
  }

  get lateTickCount(): number {
    return this.#lateTickCount;
  }

  /** Emits tick 0 at once and goes on from there. @param startMs T0 on the monotonic clock, now or just before. */
  start(startMs: number): void {
    this.#startMs = startMs;
    this.#isRunning = true;
    this.#wake();
  }

  /** No tick comes after it, not even those that are due. */
  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  #wake(): void {
    const behindMs = this.#clock.nowMs() - this.#dueMs(this.#nextTick);
    if (behindMs > maxCatchUpMs) {
      this.stop();
      this.#onFellBehind(behindMs);
      return;
    }
    for (let isRepeat = false; this.#isRunning; isRepeat = true) {
      const aheadMs = this.#dueMs(this.#nextTick) - this.#clock.nowMs();
      if (aheadMs > 0) {
        // Whole ms, rounded up: system timers cut fractions off and would wake too early.
        this.#timer = this.#clock.schedule(Math.ceil(aheadMs), () => this.#wake());
        return;
      }
      if (aheadMs < -lateTickMs) this.#lateTickCount++;
      this.#tickCount++;
      this.#onTick(this.#nextTick++, isRepeat);
    }
  }

  #dueMs(tickIndex: number): number {
    return this.#startMs + (tickIndex * 1000) / this.#frameRate;
  }
}
