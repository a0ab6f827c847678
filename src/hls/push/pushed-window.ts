/** What the store's playlist of one rendition lists: a window of its own, in which a segment that came too late is a gap. Pure. */
import { type StoredSegment } from '../packager/rendition-window.ts';

/** `waiting` until it is known whether the store has it. */
type PushStatus = 'waiting' | 'stored' | 'gap';

interface Pushed {
  readonly segment: StoredSegment;
  status: PushStatus;
}

export interface ListedSegment {
  readonly segment: StoredSegment;
  readonly isGap: boolean;
}

export interface PushedWindowOptions {
  /** Media that stays listed ... */
  readonly minSec: number;
  /** ... and at least so many segments. */
  readonly minCount: number;
  readonly timescaleHz: number;
}

export class PushedWindow {
  readonly timescaleHz: number;
  readonly #options: PushedWindowOptions;
  readonly #segments: Pushed[] = [];
  #discontinuitySequence = 0;

  constructor(options: PushedWindowOptions) {
    this.#options = options;
    this.timescaleHz = options.timescaleHz;
  }

  /** EXT-X-DISCONTINUITY-SEQUENCE: discontinuities that left the playlist. */
  get discontinuitySequence(): number {
    return this.#discontinuitySequence;
  }

  /** Listed or waiting, oldest first. */
  get all(): readonly StoredSegment[] {
    return this.#segments.map(({ segment }) => segment);
  }

  /** In order, up to the first of which it is not known yet whether the store has it. */
  get listed(): readonly ListedSegment[] {
    const firstWaiting = this.#segments.findIndex(({ status }) => status === 'waiting');
    const settled = firstWaiting < 0 ? this.#segments : this.#segments.slice(0, firstWaiting);
    return settled.map(({ segment, status }) => ({ segment, isGap: status === 'gap' }));
  }

  get listedSec(): number {
    return this.#secondsOf(this.listed);
  }

  get isSettled(): boolean {
    return this.#segments.every(({ status }) => status !== 'waiting');
  }

  add(segment: StoredSegment): void {
    this.#segments.push({ segment, status: segment.isGap ? 'gap' : 'waiting' });
  }

  /** No-op for one that is settled. */
  settle(mediaSequenceNumber: number, status: 'stored' | 'gap'): void {
    const pushed = this.#segments.find(({ segment }) => segment.mediaSequenceNumber === mediaSequenceNumber);
    if (pushed?.status === 'waiting') pushed.status = status;
  }

  /** Takes off those that the rest of the listed can do without (rule 12). @returns them, oldest first */
  removeOld(): readonly ListedSegment[] {
    const { minSec, minCount } = this.#options;
    const removed: ListedSegment[] = [];
    for (;;) {
      const { listed } = this;
      const [oldest, ...rest] = listed;
      if (oldest === undefined || rest.length < minCount || this.#secondsOf(rest) < minSec) return removed;
      this.#segments.shift();
      if (oldest.segment.isDiscontinuity) this.#discontinuitySequence++;
      removed.push(oldest);
    }
  }

  #secondsOf(listed: readonly ListedSegment[]): number {
    return listed.reduce((sum, { segment }) => sum + segment.durationTicks, 0) / this.timescaleHz;
  }
}
