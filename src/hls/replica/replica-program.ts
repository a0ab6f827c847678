/** A program that is packaged in another process: what that one published, change by change, byte for byte. */
import { type Clock } from '../../core/clock.ts';
import { TypedEmitter } from '../../core/typed-emitter.ts';
import { DateRangeList } from '../date-ranges/date-range-list.ts';
import { DvrReader } from '../dvr/dvr-reader.ts';
import { hlsError } from '../errors.ts';
import { type ProgramChange, type ProgramSnapshot, type PublishedState } from '../packager/change-journal.ts';
import { type ProgramTiming } from '../packager/program-timing.ts';
import { RenditionWindow, type StoredSegment } from '../packager/rendition-window.ts';
import { type CaptionRenditionSpec, type DvrStore, type RenditionSpec } from '../ports.ts';
import { type ProgramEvents, type PublishedProgram } from '../published-program.ts';

export class ReplicaProgram implements PublishedProgram {
  readonly webinarId: string;
  readonly sessionId: string;
  readonly renditions: readonly RenditionSpec[];
  readonly captions: readonly CaptionRenditionSpec[];
  readonly timing: ProgramTiming;
  readonly events = new TypedEmitter<ProgramEvents>();
  readonly dateRanges = new DateRangeList();
  readonly #windows: ReadonlyMap<string, RenditionWindow>;
  readonly #dvr: DvrReader;
  #published: PublishedState;
  #isClosed = false;

  /** @param dvrStore the one that the other process writes to */
  constructor(snapshot: ProgramSnapshot, dvrStore: Pick<DvrStore, 'get'>, clock: Clock) {
    this.webinarId = snapshot.webinarId;
    this.sessionId = snapshot.sessionId;
    this.renditions = snapshot.renditions;
    this.captions = snapshot.captions;
    this.timing = snapshot.timing;
    this.#windows = new Map(
      snapshot.windows.map(({ renditionId, timescaleHz }) => [renditionId, new RenditionWindow(timescaleHz)]),
    );
    this.#dvr = new DvrReader(dvrStore, clock);
    this.#published = snapshot.published;
    this.#fill(snapshot);
  }

  get version(): number {
    return this.#published.version;
  }

  get publishedAtMs(): number {
    return this.#published.publishedAtMs;
  }

  get isEnded(): boolean {
    return this.#published.isEnded;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isReady(): boolean {
    return this.nextMsn > 0;
  }

  get nextMsn(): number {
    return this.#published.nextMsn;
  }

  get pendingRunIndex(): number | undefined {
    return this.#published.pendingRunIndex ?? undefined;
  }

  get reference(): RenditionWindow {
    return this.window(this.renditions.find(({ kind }) => kind === 'video')!.renditionId)!;
  }

  get iFrameRendition(): RenditionSpec {
    return this.renditions.findLast(({ kind }) => kind === 'video')!;
  }

  window(renditionId: string): RenditionWindow | undefined {
    return this.#windows.get(renditionId);
  }

  isCaptions(renditionId: string): boolean {
    return this.captions.some((one) => one.renditionId === renditionId);
  }

  isCarried(renditionId: string): boolean {
    return this.#published.carriedIds.includes(renditionId);
  }

  codecString(renditionId: string): string | undefined {
    return this.#published.codecStrings[renditionId];
  }

  async segmentBytes(renditionId: string, segment: StoredSegment): Promise<readonly Uint8Array[] | undefined> {
    if (!segment.isStored) return segment.parts.map(({ bytes }) => bytes);
    const bytes = await this.#dvr.read(renditionId, segment.mediaSequenceNumber);
    return bytes && [bytes];
  }

  /** The next published state. @throws HLS_FEED_INVALID for one of no rendition of ours */
  apply(changes: readonly ProgramChange[], published: PublishedState): void {
    for (const change of changes) {
      if (change.to === 'dateRanges') this.dateRanges.apply(change.call);
      else this.#windowOf(change.renditionId).apply(change.call);
    }
    this.#announce(published);
  }

  /** After an interruption: whatever was missed, this is how it is now. @throws HLS_FEED_INVALID */
  restore(snapshot: ProgramSnapshot): void {
    this.#fill(snapshot);
    this.#announce(snapshot.published);
  }

  close(): void {
    if (this.#isClosed) return;
    if (!this.isEnded) this.#announce({ ...this.#published, version: this.version + 1, isEnded: true });
    this.#isClosed = true;
    for (const window of this.#windows.values()) window.clear();
    this.events.emit('closed');
    this.events.removeAll();
  }

  #fill(snapshot: ProgramSnapshot): void {
    for (const { renditionId, state } of snapshot.windows) this.#windowOf(renditionId).restore(state);
    this.dateRanges.restore(snapshot.dateRanges);
  }

  #announce(published: PublishedState): void {
    const wasEnded = this.isEnded;
    this.#published = published;
    this.events.emit('changed');
    if (published.isEnded && !wasEnded) this.events.emit('ended');
  }

  #windowOf(renditionId: string): RenditionWindow {
    const window = this.window(renditionId);
    if (window === undefined) throw hlsError('HLS_FEED_INVALID', { details: { renditionId } });
    return window;
  }
}
