/** Time for web logic: the subset of the server's Clock that pages need, so that tests drive them with a fake one. */

export interface Timer {
  /** Idempotent; the callback will not run after it. */
  cancel(): void;
}

export interface Scheduler {
  /** Monotonic ms; only differences mean anything. */
  nowMs(): number;
  /** Wall time, ms since the Unix epoch, as this device believes it. */
  wallMs(): number;
  /** Runs `callback` once after `delayMs` (>= 0). */
  schedule(delayMs: number, callback: () => void): Timer;
}

export const browserScheduler: Scheduler = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  schedule(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};
