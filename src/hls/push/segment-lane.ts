/** Brings the segments of one rendition into the store, in order, each behind its initialization segment, or gives them up in time. */
import { type Clock } from '../../core/clock.ts';
import { pause } from '../../core/pause.ts';
import { type HlsObject } from '../ports.ts';
import { type GuardedStore } from './guarded-store.ts';
import { retryDelayMs } from './retry-delay.ts';

/** What waits longer is late anyway; beyond it the oldest is given up at once. */
const maxWaitingCount = 8;

export interface LaneSegment {
  readonly mediaSequenceNumber: number;
  /** Undefined for text. */
  readonly init: HlsObject | undefined;
  readonly segment: () => HlsObject;
}

interface Waiting extends LaneSegment {
  readonly lateAtMs: number;
}

export interface SegmentLaneOptions {
  readonly store: GuardedStore;
  /** From `add` on; later nobody waits for it. */
  readonly deadlineMs: number;
  /** One try. */
  readonly putDeadlineMs: number;
  readonly clock: Clock;
  /** No further puts; nothing is settled any more. */
  readonly signal: AbortSignal;
  /** Told once for each. */
  readonly onSettled: (mediaSequenceNumber: number, isStored: boolean) => void;
}

export class SegmentLane {
  readonly #options: SegmentLaneOptions;
  /** By key: whether it is there for sure. */
  readonly #inits = new Map<string, boolean>();
  #waiting: Waiting[] = [];
  #pumping: Promise<void> | undefined;

  constructor(options: SegmentLaneOptions) {
    this.#options = options;
  }

  /** Keys of the initialization segments that may be there. */
  get initKeys(): readonly string[] {
    return [...this.#inits.keys()];
  }

  /** Never throws; bytes are kept until it is settled. */
  add(segment: LaneSegment): void {
    const lateAtMs = this.#options.clock.nowMs() + this.#options.deadlineMs;
    this.#waiting.push({ ...segment, lateAtMs });
    // The first is under way.
    const given = this.#waiting.length > maxWaitingCount ? this.#waiting.splice(1, 1) : [];
    for (const { mediaSequenceNumber } of given) this.#options.onSettled(mediaSequenceNumber, false);
    this.#pumping ??= this.#pump().finally(() => (this.#pumping = undefined));
  }

  /** Resolves when everything given so far is settled, or the signal has ended everything. */
  async idle(): Promise<void> {
    await this.#pumping;
  }

  async #pump(): Promise<void> {
    const { signal, onSettled } = this.#options;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const isStored = await this.#putInTime(next);
      if (signal.aborted) return;
      this.#waiting.shift();
      onSettled(next.mediaSequenceNumber, isStored);
    }
  }

  async #putInTime({ init, segment, lateAtMs }: Waiting): Promise<boolean> {
    const { clock, signal } = this.#options;
    const object = segment();
    for (let attempt = 0; ; attempt++) {
      if (await this.#put(init, object, lateAtMs)) return true;
      const leftMs = lateAtMs - clock.nowMs();
      if (signal.aborted || leftMs <= 0) return false;
      await pause(clock, Math.min(leftMs, retryDelayMs(attempt, Math.random())), signal);
    }
  }

  async #put(init: HlsObject | undefined, segment: HlsObject, lateAtMs: number): Promise<boolean> {
    const { store, signal } = this.#options;
    if (init !== undefined && this.#inits.get(init.key) !== true) {
      this.#inits.set(init.key, false);
      if (!(await store.put(init, this.#leftMs(lateAtMs)))) return false;
      this.#inits.set(init.key, true);
    }
    const leftMs = this.#leftMs(lateAtMs);
    return leftMs > 0 && !signal.aborted && store.put(segment, leftMs);
  }

  #leftMs(lateAtMs: number): number {
    const { clock, putDeadlineMs } = this.#options;
    return Math.min(putDeadlineMs, Math.max(0, lateAtMs - clock.nowMs()));
  }
}
