/**
 * One program: encoder runs in, published parts and segments out. Owns the sequence numbers, which outlive every
 * encoder. Knows nothing of HTTP.
 */
import { type Clock } from '../../core/clock.ts';
import { coreError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { type Metrics } from '../../core/metrics.ts';
import { TypedEmitter } from '../../core/typed-emitter.ts';
import { parseInitSegment } from '../../media/fmp4/index.ts';
import { type DateRange } from '../../media/m3u8/date-range.ts';
import { videoTimescaleHz } from '../../media/timebase.ts';
import { type CaptionCue } from '../captions/caption-track.ts';
import { type PlacedSpan } from '../captions/placement.ts';
import { type HlsConfig } from '../config.ts';
import { DateRangeList } from '../date-ranges/date-range-list.ts';
import { DvrKeeper } from '../dvr/dvr-keeper.ts';
import { hlsError } from '../errors.ts';
import {
  type CaptionRenditionSpec,
  type DvrStore,
  type ProgramRun,
  type ProgramSink,
  type RenditionSpec,
} from '../ports.ts';
import { type ProgramEvents, type PublishedProgram } from '../published-program.ts';
import { ChangeJournal } from './change-journal.ts';
import { assertInitMatches, assertProgramSpec, carriedRenditions } from './program-spec.ts';
import { type ProgramTiming, programTiming } from './program-timing.ts';
import { Publisher } from './publisher.ts';
import { type RenditionWindow, type StoredSegment } from './rendition-window.ts';
import { type PartSet, RunPackager } from './run-packager.ts';
import { SinkGuard } from './sink-guard.ts';

export interface ProgramOptions {
  readonly webinarId: string;
  readonly sessionId: string;
  /** First video rendition is the players' start. */
  readonly renditions: readonly RenditionSpec[];
  /** Languages that captions may come in; each is a rendition from the first segment on, with or without any. */
  readonly captions?: readonly CaptionRenditionSpec[];
  readonly config: HlsConfig;
  /**
   * Makes the program's first segment half as long, so that viewers can join so much earlier. Needs an IDR in the
   * middle of each segment.
   */
  readonly isQuickStart?: boolean;
  /** Keeps what viewers can go back to, for `dvrWindowSec`; without it they cannot. The program clears it at its end. */
  readonly dvrStore?: DvrStore;
  /** Hears everything published, in order; optional. */
  readonly sink?: ProgramSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** AAC priming must not push the first decode times below zero. */
const minStartSec = 10;

export class Program implements PublishedProgram {
  readonly webinarId: string;
  readonly sessionId: string;
  readonly renditions: readonly RenditionSpec[];
  readonly captions: readonly CaptionRenditionSpec[];
  readonly timing: ProgramTiming;
  readonly events = new TypedEmitter<ProgramEvents>();
  /** For processes that serve the same program. */
  readonly journal: ChangeJournal;
  /** Resolves when players are let in: with the first whole segment. Rejects with CORE_CLOSED when there never is one. */
  readonly playable: Promise<void>;

  readonly #options: ProgramOptions;
  readonly #sink: SinkGuard;
  readonly #publisher: Publisher;
  readonly #dvrKeeper: DvrKeeper | undefined;
  readonly #dateRanges = new DateRangeList();
  readonly #codecStrings = new Map<string, string>();
  readonly #playable = Promise.withResolvers<void>();
  #run: RunPackager | undefined;
  /** Of the newest run. */
  #carriedIds: ReadonlySet<string>;
  #lastRunIndex = -1;
  #freeFromSec = 0;
  #isEnded = false;
  #isClosed = false;
  #version = 0;
  #publishedAtMs = 0;

  /** @throws HLS_PROGRAM_INVALID */
  constructor(options: ProgramOptions) {
    assertProgramSpec(options);
    this.#options = options;
    this.webinarId = options.webinarId;
    this.sessionId = options.sessionId;
    this.renditions = options.renditions;
    this.captions = options.captions ?? [];
    this.#carriedIds = new Set(options.renditions.map(({ renditionId }) => renditionId));
    const frameRate = options.renditions.find(({ video }) => video !== undefined)!.video!.frameRate;
    this.timing = programTiming(options.config.latency, frameRate);
    this.#sink = new SinkGuard(options.sink, options.logger);
    this.#dvrKeeper = createDvrKeeper(options);
    this.#publisher = new Publisher({
      renditions: options.renditions,
      captions: this.captions,
      sink: this.#sink,
      clock: options.clock,
      windowSec: options.config.windowSec,
      dvr: this.#dvrKeeper && { keeper: this.#dvrKeeper, windowSec: options.config.dvrWindowSec },
      targetDurationSec: this.timing.targetDurationSec,
      segmentCounter: options.metrics.counter({
        name: 'rostrum_hls_segments_total',
        help: 'Segments published, one per moment and not per rendition.',
      }),
    });
    const { windows, captionWindows } = this.#publisher;
    this.journal = new ChangeJournal({
      program: this,
      windows: new Map([...windows, ...captionWindows]),
      dateRanges: this.#dateRanges,
    });
    this.playable = this.#playable.promise;
    this.playable.catch(() => undefined);
  }

  /** Counts published states; equal numbers mean byte-equal playlists. */
  get version(): number {
    return this.#version;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** True once every rendition has a complete segment (rule 49). */
  get isReady(): boolean {
    return this.#publisher.nextMsn > 0;
  }

  /** Sequence number of the segment that is open or will be opened next. */
  get nextMsn(): number {
    return this.#publisher.nextMsn;
  }

  /** The run whose first part is still to come, once its inits are there: the next part needs its init. */
  get pendingRunIndex(): number | undefined {
    const isPending = this.#run?.isComplete === true && this.#publisher.reference.open === undefined;
    const lastRunIndex = this.#publisher.reference.segments.at(-1)?.runIndex;
    return isPending && this.#run!.run.runIndex !== lastRunIndex ? this.#run!.run.runIndex : undefined;
  }

  /** Of pictures, sound or captions. */
  window(renditionId: string): RenditionWindow | undefined {
    return this.#publisher.windows.get(renditionId) ?? this.#publisher.captionWindows.get(renditionId);
  }

  /** A window that has parts while a segment is open; captions have none. */
  get reference(): RenditionWindow {
    return this.#publisher.reference;
  }

  /** Bytes of a segment, from memory or the DVR store; undefined when they are gone. @throws HLS_DVR_UNREADABLE, HLS_DVR_BUSY */
  async segmentBytes(renditionId: string, segment: StoredSegment): Promise<readonly Uint8Array[] | undefined> {
    if (!segment.isStored) return segment.parts.map(({ bytes }) => bytes);
    const bytes = await this.#dvrKeeper?.read(renditionId, segment.mediaSequenceNumber);
    return bytes && [bytes];
  }

  isCaptions(renditionId: string): boolean {
    return this.#publisher.captionTracks.has(renditionId);
  }

  /** The smallest picture: its I-frames are for scrubbing. */
  get iFrameRendition(): RenditionSpec {
    return this.renditions.findLast(({ kind }) => kind === 'video')!;
  }

  /** What the playlists say about spans of program time. */
  get dateRanges(): Pick<DateRangeList, 'listed' | 'listedFrom' | 'recentlyRemovedIds'> {
    return this.#dateRanges;
  }

  get publishedAtMs(): number {
    return this.#publishedAtMs;
  }

  /**
   * Lists a date range in every playlist from now on, until none of its dates is listed any more.
   * @throws HLS_DATE_RANGE_INVALID, HLS_DATE_RANGES_FULL, CORE_CLOSED
   */
  addDateRange(range: DateRange): void {
    this.#assertLive();
    if (this.#dateRanges.isFull) throw hlsError('HLS_DATE_RANGES_FULL');
    const anchor = { mediaSequenceNumber: this.nextMsn, partIndex: this.reference.open?.parts.length ?? 0 };
    const isEndGood = range.endMs === undefined || range.endMs >= range.startMs;
    if (!isEndGood || !this.#dateRanges.add(range, anchor, this.#options.clock.nowMs())) {
      throw hlsError('HLS_DATE_RANGE_INVALID', { details: { id: range.id } });
    }
    this.#announce();
  }

  /**
   * Takes captions, all or none; their times are program times. One that comes when its segment is closed is shown as soon
   * as viewers can still get it.
   * @returns for each when it is shown; undefined when it came too late for that
   * @throws HLS_RENDITION_UNKNOWN, HLS_CAPTIONS_FULL, CORE_CLOSED
   */
  addCaptions(cues: readonly (CaptionCue & { readonly renditionId: string })[]): readonly (PlacedSpan | undefined)[] {
    this.#assertLive();
    const { captionTracks, openFromMs } = this.#publisher;
    for (const renditionId of new Set(cues.map((cue) => cue.renditionId))) {
      const room = captionTracks.get(renditionId)?.room;
      if (room === undefined) throw hlsError('HLS_RENDITION_UNKNOWN', { details: { renditionId } });
      const wantedCount = cues.filter((cue) => cue.renditionId === renditionId).length;
      if (wantedCount > room) throw hlsError('HLS_CAPTIONS_FULL', { details: { renditionId, room } });
    }
    return cues.map(({ renditionId, ...cue }) => captionTracks.get(renditionId)!.add(cue, openFromMs));
  }

  /** False while the newest run leaves the rendition out: what comes next in its playlist is a gap. */
  isCarried(renditionId: string): boolean {
    return this.#carriedIds.has(renditionId);
  }

  /** RFC 6381 string out of the rendition's newest init. */
  codecString(renditionId: string): string | undefined {
    return this.#codecStrings.get(renditionId);
  }

  /**
   * First free media time on the grid of frames, behind everything published or received; at least 10 s. Not on that of
   * segments: up to a segment of media time that nobody lost would be missing in the recording. Before the first run as
   * much later as its first segment is shorter.
   */
  nextRunStartSec(): number {
    const freeSec = Math.max(minStartSec, this.#freeFromSec, this.#run?.endSec() ?? 0);
    // A thousandth of a tick of slack: 12.000000000000002 is frame 360, not 361.
    const freeTicks = Math.ceil((freeSec * videoTimescaleHz - 1e-3) / this.timing.frameTicks) * this.timing.frameTicks;
    return freeTicks / videoTimescaleHz + this.#skippedSec();
  }

  /**
   * Opens the next encoder life; one that is still open ends first.
   * @throws HLS_RUN_INVALID when the index or the start does not follow what was published, or no kind is left whole
   */
  beginRun(run: ProgramRun): void {
    this.#assertLive();
    this.endRun('replaced');
    const frameIndex = (run.startTimeSec * videoTimescaleHz) / this.timing.frameTicks;
    const isOnGrid = Math.abs(frameIndex - Math.round(frameIndex)) < 1e-6;
    const isFree = run.startTimeSec > this.nextRunStartSec() - 1e-6;
    if (!Number.isInteger(run.runIndex) || run.runIndex <= this.#lastRunIndex || !isOnGrid || !isFree) {
      throw hlsError('HLS_RUN_INVALID', {
        details: { ...run, lastRunIndex: this.#lastRunIndex, nextRunStartSec: this.nextRunStartSec() },
      });
    }
    const carried = carriedRenditions(this.renditions, run);
    this.#run = new RunPackager(run, this.timing, carried, this.#skippedFrameCount());
    this.#lastRunIndex = run.runIndex;
    const renditionIds = carried.map(({ renditionId }) => renditionId);
    this.#carriedIds = new Set(renditionIds);
    this.#sink.runBegan({ ...run, renditionIds });
    this.#options.logger.info({ sessionId: this.sessionId, ...run, renditionIds }, 'Program run begins');
    // What it leaves out is said by the playlists from here on.
    this.#announce();
  }

  /** ftyp + moov of one rendition. @throws HLS_RUN_NOT_OPEN, HLS_RENDITION_UNKNOWN, HLS_INIT_MISMATCH, FMP4_* */
  pushInit(renditionId: string, bytes: Uint8Array): void {
    const run = this.#openRun();
    const window = this.#windowOf(renditionId, run);
    const init = parseInitSegment(bytes);
    assertInitMatches(
      this.renditions.find((rendition) => rendition.renditionId === renditionId)!,
      init,
    );
    run.addInit(renditionId, init);
    this.#codecStrings.set(renditionId, init.codecString);
    window.putInit(run.run.runIndex, bytes);
    this.#sink.initClosed({ renditionId, runIndex: run.run.runIndex, bytes });
    if (run.isComplete) this.#announce();
  }

  /**
   * One or more frames of one rendition (moof + mdat). A throw leaves the program as it was: restart the encoder.
   * @throws HLS_RUN_NOT_OPEN, HLS_RENDITION_UNKNOWN, HLS_INIT_MISSING, HLS_TIMELINE_BROKEN, HLS_KEYFRAME_MISSING,
   * HLS_RENDITION_STALLED, FMP4_*
   */
  pushFragment(renditionId: string, bytes: Uint8Array): void {
    const run = this.#openRun();
    this.#windowOf(renditionId, run);
    const endTicks = run.push(renditionId, bytes);
    this.#sink.fragmentTaken({ renditionId, runIndex: run.run.runIndex, bytes, endTicks });
    for (let partSet = run.takePart(); partSet !== undefined; partSet = run.takePart()) {
      this.#publish(run, partSet);
      this.#announce();
    }
  }

  /** Ends the encoder's life: what it left is published and the open segment closes early. No-op without a run. */
  endRun(reason: string): void {
    if (this.#closeRun(reason)) this.#announce();
  }

  /** Publishes what is left and ends the playlists, in one state: who holds a request is told of the end in answer to it. Idempotent. */
  end(): void {
    if (this.#isEnded) return;
    this.#closeRun('program ended');
    this.#isEnded = true;
    this.#playable.reject(coreError('CORE_CLOSED', { message: 'The program ended before its first segment.' }));
    this.#sink.programEnded();
    this.#announce();
    this.events.emit('ended');
  }

  /** Ends the program and drops all bytes. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.end();
    this.#isClosed = true;
    const { windows, captionWindows } = this.#publisher;
    for (const window of [...windows.values(), ...captionWindows.values()]) window.clear();
    void this.#dvrKeeper?.close();
    this.events.emit('closed');
    this.events.removeAll();
  }

  /** False when no run is open. */
  #closeRun(reason: string): boolean {
    if (this.#run === undefined) return false;
    const run = this.#run;
    this.#freeFromSec = Math.max(this.#freeFromSec, run.endSec());
    const remainder = run.takeRemainder();
    this.#run = undefined;
    if (remainder !== undefined) this.#publish(run, remainder);
    this.#closeSegment();
    this.#options.logger.info({ sessionId: this.sessionId, runIndex: run.run.runIndex, reason }, 'Program run ended');
    return true;
  }

  #publish(run: RunPackager, partSet: PartSet): void {
    this.#publisher.publishPart(run, partSet);
    if (partSet.isSegmentEnd) this.#closeSegment();
  }

  /** Date ranges leave with the last segment that they could be mapped to. */
  #closeSegment(): void {
    this.#publisher.closeSegment();
    const first = this.reference.segments[0];
    if (first === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    this.#dateRanges.removeBefore(first.programDateTimeMs, nowMs, 1000 * this.timing.canSkipUntilSec);
  }

  #announce(): void {
    this.#version++;
    this.#publishedAtMs = this.#options.clock.nowMs();
    this.journal.published();
    if (this.isReady) this.#playable.resolve();
    this.events.emit('changed');
  }

  /** Only before the first run: every other begins at a segment boundary. */
  #skippedFrameCount(): number {
    const isQuick = this.#options.isQuickStart === true && this.#lastRunIndex < 0;
    return isQuick ? Math.floor(this.timing.segmentFrameCount / 2) : 0;
  }

  #skippedSec(): number {
    return (this.#skippedFrameCount() * this.timing.frameTicks) / videoTimescaleHz;
  }

  #openRun(): RunPackager {
    this.#assertLive();
    if (this.#run === undefined) throw hlsError('HLS_RUN_NOT_OPEN');
    return this.#run;
  }

  #assertLive(): void {
    if (this.#isEnded) throw coreError('CORE_CLOSED', { message: 'The program has ended.' });
  }

  #windowOf(renditionId: string, run: RunPackager): RenditionWindow {
    const window = this.#publisher.windows.get(renditionId);
    if (window === undefined || !run.carries(renditionId))
      throw hlsError('HLS_RENDITION_UNKNOWN', { details: { renditionId } });
    return window;
  }
}

function createDvrKeeper({ dvrStore, config, clock, logger, metrics }: ProgramOptions): DvrKeeper | undefined {
  if (dvrStore === undefined || config.dvrWindowSec === 0) return undefined;
  const lostCounter = metrics.counter({
    name: 'rostrum_hls_dvr_lost_total',
    help: 'Segments, one per moment and not per rendition, that the DVR store did not take: nobody can go back behind them.',
  });
  return new DvrKeeper({ store: dvrStore, clock, logger, lostCounter });
}
