/** At most one keyframe request per feed and interval; requests inside the interval are dropped, the asker asks again. */
import { type Clock } from '../core/clock.ts';

export class KeyframeThrottle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #lastMs = new Map<string, number>();

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** True when a request for `id` may go out now; it then counts as sent. */
  take(id: string): boolean {
    const nowMs = this.#clock.nowMs();
    const lastMs = this.#lastMs.get(id);
    if (lastMs !== undefined && nowMs - lastMs < this.#intervalMs) return false;
    this.#lastMs.set(id, nowMs);
    return true;
  }

  forget(id: string): void {
    this.#lastMs.delete(id);
  }
}
