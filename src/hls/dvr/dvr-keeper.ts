/**
 * Brings closed segments into the DVR store, those of all renditions together, and knows how far back the store reaches without a hole.
 * Live goes first: what the store does not take in time is not waited for.
 */
import { type Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric } from '../../core/metrics.ts';
import { type DvrStore } from '../ports.ts';
import { DvrReader } from './dvr-reader.ts';

/** The same segment of every rendition that has media in it, by rendition id. */
export type SegmentSet = ReadonlyMap<string, readonly Uint8Array[]>;

/** Segment sets that wait for the store, and stay in memory as long: half a minute. Beyond, the oldest is given up. */
const maxWaitingCount = 15;
/** A disk that takes longer for a few hundred kilobytes is not there. */
const putDeadlineMs = 10_000;

export interface DvrKeeperOptions {
  readonly store: DvrStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lostCounter: CounterMetric;
}

export class DvrKeeper {
  readonly #options: DvrKeeperOptions;
  readonly #reader: DvrReader;
  #waiting: { readonly mediaSequenceNumber: number; readonly segmentSet: SegmentSet }[] = [];
  #putting: Promise<void> | undefined;
  #keptUpToMsn = -1;
  #lostUpToMsn = -1;
  #isFailing = false;
  #isClosed = false;

  constructor(options: DvrKeeperOptions) {
    this.#options = options;
    this.#reader = new DvrReader(options.store, options.clock);
  }

  /** Every segment up to this one was taken or lost; -1 before the first. */
  get keptUpToMsn(): number {
    return this.#keptUpToMsn;
  }

  /** The newest that the store did not take; -1 for none. What lies before it cannot be reached any more. */
  get lostUpToMsn(): number {
    return this.#lostUpToMsn;
  }

  /** Never throws; the bytes must not change any more. */
  keep(mediaSequenceNumber: number, segmentSet: SegmentSet): void {
    if (this.#isClosed) return;
    this.#waiting.push({ mediaSequenceNumber, segmentSet });
    if (this.#waiting.length > maxWaitingCount) this.#lose(this.#waiting.shift()!.mediaSequenceNumber);
    this.#putting ??= this.#putAll().finally(() => (this.#putting = undefined));
  }

  /** @returns undefined when it is not there any more. @throws HLS_DVR_UNREADABLE, HLS_DVR_BUSY */
  read(renditionId: string, mediaSequenceNumber: number): Promise<Uint8Array | undefined> {
    return this.#reader.read(renditionId, mediaSequenceNumber);
  }

  forget(renditionId: string, mediaSequenceNumber: number): void {
    void this.#options.store.delete({ renditionId, mediaSequenceNumber });
  }

  /** Drops what is kept. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting = [];
    await this.#putting;
    await this.#options.store.clear();
  }

  async #putAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { mediaSequenceNumber, segmentSet } = next;
      try {
        const puts = [...segmentSet].map(([renditionId, parts]) =>
          this.#options.store.put({ renditionId, mediaSequenceNumber }, parts),
        );
        await withDeadline(Promise.all(puts), putDeadlineMs, this.#options.clock, 'the DVR store');
      } catch (error) {
        this.#onFailed(error);
        return;
      }
      this.#isFailing = false;
      // Given up meanwhile, it is in the store all the same; nobody asks for it.
      if (this.#waiting[0] === next) this.#waiting.shift();
      this.#keptUpToMsn = Math.max(this.#keptUpToMsn, mediaSequenceNumber);
    }
  }

  /** It is tried again with the next. Told once per outage. */
  #onFailed(error: unknown): void {
    if (!this.#isFailing && !this.#isClosed)
      this.#options.logger.warn({ error }, 'DVR store took no segment; trying again');
    this.#isFailing = true;
  }

  #lose(mediaSequenceNumber: number): void {
    this.#options.lostCounter.inc();
    this.#lostUpToMsn = mediaSequenceNumber;
    this.#keptUpToMsn = Math.max(this.#keptUpToMsn, mediaSequenceNumber);
  }
}
