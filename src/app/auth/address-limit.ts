/** So much per address and minute: wrong tries, so that guessing is slow, or what costs us a signature. */
import { type Clock } from '../../core/clock.ts';

const windowMs = 60_000;
/** Addresses remembered; the oldest is forgotten beyond. */
const maxAddresses = 10_000;

export class AddressLimit {
  readonly #clock: Clock;
  readonly #maxPerWindow: number;
  readonly #counts = new Map<string, { count: number; sinceMs: number }>();

  constructor(clock: Clock, maxPerWindow: number) {
    this.#clock = clock;
    this.#maxPerWindow = maxPerWindow;
  }

  isReached(address: string): boolean {
    return this.#recent(address) >= this.#maxPerWindow;
  }

  note(address: string): void {
    const earlier = this.#recent(address);
    const known = this.#counts.get(address);
    const sinceMs = known?.sinceMs ?? this.#clock.nowMs();
    if (known === undefined && this.#counts.size >= maxAddresses)
      this.#counts.delete(this.#counts.keys().next().value!);
    this.#counts.set(address, { count: earlier + 1, sinceMs });
  }

  #recent(address: string): number {
    const entry = this.#counts.get(address);
    if (entry === undefined) return 0;
    if (this.#clock.nowMs() - entry.sinceMs <= windowMs) return entry.count;
    this.#counts.delete(address);
    return 0;
  }
}
