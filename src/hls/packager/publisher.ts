/** Puts cut parts into the windows of all renditions, numbers the segments, slides the windows, tells the sink. */
import { type Clock } from '../../core/clock.ts';
import { type CounterMetric } from '../../core/metrics.ts';
import { beginsWithIdr, type InitSegment, isSyncSample, mergeFragments } from '../../media/fmp4/index.ts';
import { aacFrameSampleCount, audioTimescaleHz, videoTimescaleHz } from '../../media/timebase.ts';
import { CaptionTrack } from '../captions/caption-track.ts';
import { type CaptionRenditionSpec, type ProgramSink, type RenditionSpec } from '../ports.ts';
import { RenditionWindow } from './rendition-window.ts';
import { type PartSet, type RunPackager } from './run-packager.ts';
import { type TrackPart } from './track-intake.ts';

/** A live playlist lists at least this many segments (HLS authoring spec 8.11). */
const minSegmentCount = 6;

export interface PublisherOptions {
  readonly renditions: readonly RenditionSpec[];
  readonly captions: readonly CaptionRenditionSpec[];
  readonly sink: ProgramSink;
  readonly clock: Clock;
  /** Media that stays listed. */
  readonly windowSec: number;
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
    for (const [renditionId, window] of this.windows) {
      const { parts, isGap, ...segment } = window.closeSegment();
      if (isGap) continue;
      this.#options.sink.segmentClosed({
        ...segment,
        renditionId,
        partCount: parts.length,
        timescaleHz: window.timescaleHz,
      });
    }
    this.#closeCaptions();
    this.#nextMsn++;
    this.#options.segmentCounter.inc();
    this.#slideWindows();
  }

  #closeCaptions(): void {
    const { parts: _, ...segment } = this.reference.segments.at(-1)!;
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
      window.openSegment({ ...segment, isGap: false });
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
    this.windows.get(renditionId)!.addPart({
      bytes: mergeFragments([part], { trackId: init.trackId, sequenceNumber }),
      durationTicks: part.durationTicks,
      isIndependent:
        init.kind === 'audio' ||
        part.samples.some((sample) => isSyncSample(sample) && beginsWithIdr(sample.data, init.nalLengthBytes)),
    });
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
    const nowMs = this.#options.clock.nowMs();
    // One AAC frame less than configured: audio segments sum up to a little less or more than video segments.
    const windowSec = this.#options.windowSec - aacFrameSampleCount / audioTimescaleHz;
    const minSec = Math.max(windowSec, 3 * this.#options.targetDurationSec);
    while (windows.every((window) => window.canSpareOldest(minSec, minSegmentCount))) {
      for (const window of windows) window.removeOldest(nowMs);
    }
    for (const window of windows) window.dropExpired(nowMs);
  }
}
