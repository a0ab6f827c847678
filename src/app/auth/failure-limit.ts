/** Wrong tries per address within a window, so that guessing is slow and cheap for us. */
import { type Clock } from '../../core/clock.ts';

const windowMs = 60_000;
/** Addresses remembered; the oldest is forgotten beyond. */
const maxAddresses = 10_000;

export class FailureLimit {
  readonly #clock: Clock;
  readonly #maxPerWindow: number;
  readonly #failures = new Map<string, { count: number; sinceMs: number }>();

  constructor(clock: Clock, maxPerWindow: number) {
    this.#clock = clock;
    this.#maxPerWindow = maxPerWindow;
  }

  isReached(address: string): boolean {
    return this.#recent(address) >= this.#maxPerWindow;
  }

  note(address: string): void {
    const earlier = this.#recent(address);
    const sinceMs = this.#failures.get(address)?.sinceMs ?? this.#clock.nowMs();
    if (this.#failures.size >= maxAddresses) this.#failures.delete(this.#failures.keys().next().value!);
    this.#failures.set(address, { count: earlier + 1, sinceMs });
  }

  #recent(address: string): number {
    const entry = this.#failures.get(address);
    if (entry === undefined) return 0;
    if (this.#clock.nowMs() - entry.sinceMs <= windowMs) return entry.count;
    this.#failures.delete(address);
    return 0;
  }
}
