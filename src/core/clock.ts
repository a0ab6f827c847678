/** Time as a dependency: a monotonic clock for durations, a wall clock for dates, timers that can be faked. */

export interface Timer {
  /** Idempotent; the callback will not run after it. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic time in ms with sub-ms precision; only differences mean anything. */
  nowMs(): number;
  /** Wall time, ms since the Unix epoch; may step. */
  wallMs(): number;
  /** Runs `callback` once after `delayMs` (>= 0). */
  schedule(delayMs: number, callback: () => void): Timer;
  /** Runs `callback` every `periodMs` (> 0) until cancelled. */
  repeat(periodMs: number, callback: () => void): Timer;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  schedule(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
  repeat(periodMs, callback) {
    const handle = setInterval(callback, periodMs);
    return { cancel: () => clearInterval(handle) };
  },
};

interface PendingTimer {
  dueMs: number;
  readonly order: number;
  readonly periodMs: number | undefined;
  readonly callback: () => void;
}

/** Deterministic clock for tests: time moves only in `advance`, timers fire in due order. */
export class FakeClock implements Clock {
  readonly #pending = new Set<PendingTimer>();
  #nowMs = 0;
  #wallOffsetMs: number;
  #order = 0;

  constructor(wallStartMs = Date.UTC(2026, 0, 1)) {
    this.#wallOffsetMs = wallStartMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  /** Moves the wall clock only, as NTP does. */
  stepWall(deltaMs: number): void {
    this.#wallOffsetMs += deltaMs;
  }

  get pendingTimerCount(): number {
    return this.#pending.size;
  }

  schedule(delayMs: number, callback: () => void): Timer {
    return this.#add(delayMs, undefined, callback);
  }

  repeat(periodMs: number, callback: () => void): Timer {
    return this.#add(periodMs, periodMs, callback);
  }

  /** Moves time forward by `deltaMs`, running what falls due, each at its own time. */
  advance(deltaMs: number): void {
    const targetMs = this.#nowMs + deltaMs;
    for (let next = this.#nextDue(targetMs); next !== undefined; next = this.#nextDue(targetMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      if (next.periodMs === undefined) this.#pending.delete(next);
      else next.dueMs += next.periodMs;
      next.callback();
    }
    this.#nowMs = targetMs;
  }

  /** As `advance`, in steps, letting promise callbacks run between them. */
  async advanceAsync(deltaMs: number, stepMs = 10): Promise<void> {
    for (let leftMs = deltaMs; leftMs > 0; leftMs -= stepMs) {
      this.advance(Math.min(stepMs, leftMs));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #add(delayMs: number, periodMs: number | undefined, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, order: this.#order++, periodMs, callback };
    this.#pending.add(timer);
    return { cancel: () => this.#pending.delete(timer) };
  }

  #nextDue(targetMs: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#pending) {
      if (timer.dueMs > targetMs) continue;
      if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order))
        next = timer;
    }
    return next;
  }
}
