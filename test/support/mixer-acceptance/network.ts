/** A bad network in front of the mixer, the same one in every run: loss, bursts, jitter, reordering by a seeded generator. */
import { seededRandom } from '../seeded-random.ts';

export interface NetworkFaults {
  /** Share of packets lost at random, 0..1. */
  readonly lossRatio?: number;
  /** Every so often everything is lost for a while. */
  readonly burst?: { readonly everyMs: number; readonly lastsMs: number };
  /** Packets are held for a random time between these. */
  readonly delayMs?: { readonly min: number; readonly max: number };
  /** Nothing arrives. */
  readonly isDown?: boolean;
}

export class Network {
  faults: NetworkFaults = {};
  lostCount = 0;
  passedCount = 0;
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** How long a packet sent at `nowMs` is under way; undefined when it never arrives. */
  delayOf(nowMs: number): number | undefined {
    const { lossRatio = 0, burst, delayMs, isDown = false } = this.faults;
    const isInBurst = burst !== undefined && nowMs % burst.everyMs < burst.lastsMs;
    if (isDown || isInBurst || this.#random() < lossRatio) {
      this.lostCount++;
      return undefined;
    }
    this.passedCount++;
    return delayMs === undefined ? 0 : delayMs.min + this.#random() * (delayMs.max - delayMs.min);
  }
}
