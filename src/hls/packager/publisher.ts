/** Puts cut parts into the windows of all renditions, numbers the segments, slides the windows, tells the sink. */
import { type Clock } from '../../core/clock.ts';
import { type CounterMetric } from '../../core/metrics.ts';
import { beginsWithIdr, type InitSegment, isSyncSample, mergeFragments } from '../../media/fmp4/index.ts';
import { aacFrameSampleCount, audioTimescaleHz, videoTimescaleHz } from '../../media/timebase.ts';
import { CaptionTrack } from '../captions/caption-track.ts';
import { type DvrKeeper } from '../dvr/dvr-keeper.ts';
import { type CaptionRenditionSpec, type ProgramSink, type RenditionSpec } from '../ports.ts';
import { RenditionWindow, type StoredSegment } from './rendition-window.ts';
import { type PartSet, type RunPackager } from './run-packager.ts';
import { type TrackPart } from './track-intake.ts';

/** A live playlist lists at least this many segments (HLS authoring spec 8.11). */
export const minSegmentCount = 6;

export interface PublisherOptions {
  readonly renditions: readonly RenditionSpec[];
  readonly captions: readonly CaptionRenditionSpec[];
  readonly sink: ProgramSink;
  readonly clock: Clock;
  /** Media that stays listed, and in memory. */
  readonly windowSec: number;
  /** Where older media goes, and how much of it stays listed; without it nothing is listed that is not in memory. */
  readonly dvr: { readonly keeper: DvrKeeper; readonly windowSec: number } | undefined;
  readonly targetDurationSec: number;
  readonly segmentCounter: CounterMetric;
}

export class Publisher {
  readonly windows: ReadonlyMap<string, RenditionWindow>;
  /** Segments of captions: the same numbers and boundaries as the pictures, whole ones only. */
  readonly captionWindows: ReadonlyMap<string, RenditionWindow>;
  readonly captionTracks: ReadonlyMap<string, CaptionTrack>;
  readonly #options: PublisherOptions;
  readonly #fragmentSequences = new Map<string, number>();
  #nextMsn = 0;
  /** Of the segment that is open. */
  #openRun: RunPackager | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.windows = new Map(
      options.renditions.map(({ renditionId, kind }) => [
        renditionId,
        new RenditionWindow(kind === 'video' ? videoTimescaleHz : audioTimescaleHz),
      ]),
    );
    const captionIds = options.captions.map(({ renditionId }) => renditionId);
    this.captionTracks = new Map(captionIds.map((renditionId) => [renditionId, new CaptionTrack()]));
    this.captionWindows = new Map(
      captionIds.map((renditionId) => [renditionId, new RenditionWindow(videoTimescaleHz)]),
    );
  }

  /** Sequence number of the segment that is open or will be opened next; it only rises. */
  get nextMsn(): number {
    return this.#nextMsn;
  }

  /** A picture's window; all windows open and close segments together. */
  get reference(): RenditionWindow {
    const { renditionId } = this.#options.renditions.find(({ kind }) => kind === 'video')!;
    return this.windows.get(renditionId)!;
  }

  /** Program time from which on nothing is closed, ms since the Unix epoch; before everything at first. */
  get openFromMs(): number {
    const { open, segments, timescaleHz } = this.reference;
    if (open !== undefined) return open.programDateTimeMs;
    const last = segments.at(-1);
    return last === undefined ? -Infinity : last.programDateTimeMs + (1000 * last.durationTicks) / timescaleHz;
  }

  /** Publishes the same part of every rendition, opening a segment where none is open. */
  publishPart(run: RunPackager, partSet: PartSet): void {
    const isSegmentStart = this.reference.open === undefined;
    this.#openRun = run;
    for (const { renditionId, kind } of this.#options.renditions) {
      const carried = partSet.tracks.get(renditionId);
      const part = carried ?? this.#standIn(partSet, kind);
      if (isSegmentStart) this.#openSegment(run, renditionId, part);
      if (carried === undefined) this.#addGap(renditionId, part);
      else this.#addPart(run.init(renditionId), renditionId, part);
    }
    for (const [renditionId, part] of partSet.tracks) this.#reportPart(run, renditionId, part);
  }

  /** Closes the open segment of every rendition and lets the oldest ones go. No-op when none is open. */
  closeSegment(): void {
    if (this.reference.open === undefined) return;
    const segmentSet = new Map<string, readonly Uint8Array[]>();
    for (const [renditionId, window] of this.windows) {
      const segment = window.closeSegment();
      const { parts, durationTicks } = segment;
      if (segment.isGap) continue;
      segmentSet.set(
        renditionId,
        parts.map(({ bytes }) => bytes),
      );
      const { timescaleHz } = window;
      this.#options.sink.segmentClosed({
        ...headOf(segment),
        ...{ renditionId, partCount: parts.length, durationTicks, timescaleHz },
      });
    }
    this.#options.dvr?.keeper.keep(this.#nextMsn, segmentSet);
    this.#closeCaptions();
    this.#nextMsn++;
    this.#options.segmentCounter.inc();
    this.#slideWindows();
  }

  #closeCaptions(): void {
    const segment = this.reference.segments.at(-1)!;
    const { run } = this.#openRun!;
    const toMs = (ticks: number) => (1000 * ticks) / videoTimescaleHz;
    for (const [renditionId, track] of this.captionTracks) {
      const text = track.closeSegment({
        startMs: toMs(segment.startTicks),
        endMs: toMs(segment.startTicks + segment.durationTicks),
        runStartMs: 1000 * run.startTimeSec,
        runStartWallMs: run.frameZeroWallMs,
      });
      const window = this.captionWindows.get(renditionId)!;
      // What a run does not carry of the pictures says nothing about the text.
      window.openSegment({ ...headOf(segment), isGap: false });
      window.addPart({ bytes: Buffer.from(text), durationTicks: segment.durationTicks, isIndependent: true });
      window.closeSegment();
    }
  }

  #openSegment(run: RunPackager, renditionId: string, part: TrackPart): void {
    const window = this.windows.get(renditionId)!;
    const { runIndex } = run.run;
    const lastRunIndex = window.segments.at(-1)?.runIndex;
    window.openSegment({
      mediaSequenceNumber: this.#nextMsn,
      runIndex,
      isDiscontinuity: lastRunIndex !== undefined && lastRunIndex !== runIndex,
      isGap: !run.carries(renditionId),
      startTicks: part.startTicks,
      programDateTimeMs: run.programDateTimeMs(part.startTicks, window.timescaleHz),
    });
  }

  /** Renditions of one kind have their cuts in common, so any of them tells how long a missing one would be. */
  #standIn(partSet: PartSet, kind: RenditionSpec['kind']): TrackPart {
    const other = this.#options.renditions.find((one) => one.kind === kind && partSet.tracks.has(one.renditionId))!;
    return partSet.tracks.get(other.renditionId)!;
  }

  #addGap(renditionId: string, { durationTicks }: TrackPart): void {
    this.windows.get(renditionId)!.addPart({ bytes: new Uint8Array(), durationTicks, isIndependent: false });
  }

  #addPart(init: InitSegment, renditionId: string, part: TrackPart): void {
    const sequenceNumber = (this.#fragmentSequences.get(renditionId) ?? 0) + 1;
    this.#fragmentSequences.set(renditionId, sequenceNumber);
    const bytes = mergeFragments([part], { trackId: init.trackId, sequenceNumber });
    const isIdr = (sample: TrackPart['samples'][number]) =>
      init.kind === 'video' && isSyncSample(sample) && beginsWithIdr(sample.data, init.nalLengthBytes);
    const isIndependent = init.kind === 'audio' || part.samples.some(isIdr);
    // The media data is the last box: what is behind the first picture can be left out.
    const behindBytes = part.samples.slice(1).reduce((sum, { data }) => sum + data.length, 0);
    const keyframeBytes = isIdr(part.samples[0]!) ? bytes.length - behindBytes : 0;
    const { durationTicks } = part;
    this.windows.get(renditionId)!.addPart({ bytes, durationTicks, isIndependent }, keyframeBytes);
  }

  #reportPart(run: RunPackager, renditionId: string, part: TrackPart): void {
    const { open, timescaleHz } = this.windows.get(renditionId)!;
    const { parts } = open!;
    this.#options.sink.partClosed({
      ...parts.at(-1)!,
      renditionId,
      runIndex: run.run.runIndex,
      mediaSequenceNumber: this.#nextMsn,
      partIndex: parts.length - 1,
      startTicks: part.startTicks,
      timescaleHz,
      programDateTimeMs: run.programDateTimeMs(part.startTicks, timescaleHz),
    });
  }

  /** All renditions lose the same segments at the same moment. */
  #slideWindows(): void {
    const windows = [...this.windows.values(), ...this.captionWindows.values()];
    const { clock, dvr } = this.#options;
    const nowMs = clock.nowMs();
    const inMemorySec = this.#minSec(this.#options.windowSec);
    const listedSec = dvr === undefined ? inMemorySec : Math.max(inMemorySec, this.#minSec(dvr.windowSec));
    const firstReachableMsn = dvr === undefined ? 0 : dvr.keeper.lostUpToMsn + 1;
    const canGo = () =>
      windows.every((window) => window.canSpareOldest(listedSec, minSegmentCount)) ||
      (this.reference.segments[0]!.mediaSequenceNumber < firstReachableMsn &&
        windows.every((window) => window.canSpareOldest(inMemorySec, minSegmentCount)));
    // Of a playlist that was long before the store failed, memory cannot keep everything for as long.
    const maxInMemorySec = dvr === undefined ? Infinity : inMemorySec + 2 * this.#options.targetDurationSec;
    while (canGo()) for (const window of windows) window.removeOldest(nowMs, maxInMemorySec);
    if (dvr !== undefined) this.#moveToStore(dvr.keeper, inMemorySec);
    for (const [renditionId, window] of this.windows) {
      for (const { mediaSequenceNumber, isStored } of window.dropExpired(nowMs))
        if (isStored) dvr?.keeper.forget(renditionId, mediaSequenceNumber);
    }
    for (const window of this.captionWindows.values()) window.dropExpired(nowMs);
  }

  /** What the store has and memory need not. */
  #moveToStore(keeper: DvrKeeper, inMemorySec: number): void {
    const { segments, timescaleHz } = this.reference;
    let index = segments.length;
    let leftTicks = inMemorySec * timescaleHz;
    while (index > 0 && (leftTicks > 0 || segments.length - index < minSegmentCount))
      leftTicks -= segments[--index]!.durationTicks;
    const firstInMemoryMsn = segments[index]?.mediaSequenceNumber ?? 0;
    const toMsn = Math.min(firstInMemoryMsn, keeper.keptUpToMsn + 1);
    for (const window of this.windows.values()) window.releaseBytes(keeper.lostUpToMsn + 1, toMsn);
  }

  /** One AAC frame less than configured: audio segments sum up to a little less or more than video segments. */
  #minSec(windowSec: number): number {
    return Math.max(windowSec - aacFrameSampleCount / audioTimescaleHz, 3 * this.#options.targetDurationSec);
  }
}

/** Which segment it is, without what is in it. */
function headOf({ mediaSequenceNumber, runIndex, isDiscontinuity, startTicks, programDateTimeMs }: StoredSegment) {
  return { mediaSequenceNumber, runIndex, isDiscontinuity, startTicks, programDateTimeMs };
}
