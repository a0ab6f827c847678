/** The one clock of a program: frame n is due at T0 + n / frameRate, whatever happened before. */
import { type Clock, type Timer } from '../../core/clock.ts';

export interface ProgramClockOptions {
  readonly clock: Clock;
  /** Frames per second. */
  readonly frameRate: number;
  /**
   * Called once per frame, in order; `tickIndex` counts from T0 and jumps over skipped frames. `isRepeat` is true for
   * the further ticks of one catch-up: no picture can have changed since the tick before.
   */
  readonly onTick: (tickIndex: number, isRepeat: boolean) => void;
  /** Longest stall that is caught up with, in ms. What lies further back is skipped, picture and sound together. */
  readonly maxCatchUpMs?: number;
}

/** A tick later than this counts as late; the pipe and the encoder absorb anything shorter. */
export const lateTickMs = 10;
const defaultMaxCatchUpMs = 2000;

export class ProgramClock {
  readonly #clock: Clock;
  readonly #frameRate: number;
  readonly #onTick: (tickIndex: number, isRepeat: boolean) => void;
  readonly #maxCatchUpCount: number;
  #timer: Timer | undefined;
  #startMs = 0;
  #nextTick = 0;
  #isRunning = false;
  #tickCount = 0;
  #lateTickCount = 0;
  #skippedTickCount = 0;

  constructor(options: ProgramClockOptions) {
    this.#clock = options.clock;
    this.#frameRate = options.frameRate;
    this.#onTick = options.onTick;
    this.#maxCatchUpCount = Math.floor(((options.maxCatchUpMs ?? defaultMaxCatchUpMs) * options.frameRate) / 1000);
  }

  get tickCount(): number {
    return this.#tickCount;
  }

  get lateTickCount(): number {
    return this.#lateTickCount;
  }

  get skippedTickCount(): number {
    return this.#skippedTickCount;
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
    this.#skipWhatIsTooOld();
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

  #skipWhatIsTooOld(): void {
    const behindMs = this.#clock.nowMs() - this.#startMs;
    const dueCount = Math.floor((behindMs * this.#frameRate) / 1000 + 1e-6) + 1 - this.#nextTick;
    const skippedCount = dueCount - this.#maxCatchUpCount;
    if (skippedCount <= 0) return;
    this.#nextTick += skippedCount;
    this.#skippedTickCount += skippedCount;
  }

  #dueMs(tickIndex: number): number {
    return this.#startMs + (tickIndex * 1000) / this.#frameRate;
  }
}
