/** One rendition on its way into the store: its segments, then its playlist, and away again what is listed no more. */
import { type Clock } from '../../core/clock.ts';
import { type CounterMetric } from '../../core/metrics.ts';
import { type Program } from '../packager/program.ts';
import { minSegmentCount } from '../packager/publisher.ts';
import { type RenditionWindow, type StoredSegment } from '../packager/rendition-window.ts';
import { fileNames } from '../origin/routes.ts';
import { type HlsObject } from '../ports.ts';
import { type GuardedStore } from './guarded-store.ts';
import { LatestObject } from './latest-object.ts';
import { renderPushedPlaylist } from './pushed-playlist.ts';
import { PushedWindow } from './pushed-window.ts';
import { SegmentLane } from './segment-lane.ts';
import { captionsObject, mediaObject, playlistObject, type RenditionPlace, storeKeys } from './store-layout.ts';

/** A segment that is not in the store so many target durations after its end is listed as a gap. */
const lateTargetDurations = 3;
/** Of what left while no playlist could be stored; beyond it the oldest are left behind, for a lifecycle rule of the bucket. */
const maxLeavingCount = 5000;
/** One try: a store that takes longer for a segment does not keep up. */
const putTargetDurations = 2;

export interface RenditionPushOptions {
  readonly program: Program;
  readonly renditionId: string;
  readonly kind: 'video' | 'audio' | 'captions';
  readonly source: RenditionWindow;
  readonly windowSec: number;
  readonly store: GuardedStore;
  readonly clock: Clock;
  /** No further puts. */
  readonly signal: AbortSignal;
  readonly segmentCounter: CounterMetric;
  readonly onPlaylistStored: () => void;
}

export class RenditionPush {
  readonly #options: RenditionPushOptions;
  readonly #place: RenditionPlace;
  readonly #window: PushedWindow;
  readonly #lane: SegmentLane;
  readonly #playlist: LatestObject;
  /** Not in the playlist any more as it is here; perhaps as it is in the store. */
  #leaving: { readonly key: string; readonly durationSec: number }[] = [];
  /** How many of them the playlist that is under way leaves out. */
  #leftOutCount = 0;
  /** In the store, and listed no more: from when on nobody can be loading them. */
  #outdated: { readonly key: string; readonly fromMs: number }[] = [];
  #lastMsn = -1;

  constructor(options: RenditionPushOptions) {
    this.#options = options;
    const { program, renditionId, source, windowSec, store, clock, signal } = options;
    const { targetDurationSec } = program.timing;
    const { webinarId, sessionId } = program;
    this.#place = { webinarId, sessionId, renditionId };
    const { timescaleHz } = source;
    const minSec = Math.max(windowSec, 3 * targetDurationSec);
    this.#window = new PushedWindow({ minSec, minCount: minSegmentCount, timescaleHz });
    const putDeadlineMs = 1000 * putTargetDurations * targetDurationSec;
    const common = { store, clock, signal, putDeadlineMs };
    this.#playlist = new LatestObject({
      ...common,
      render: () => this.#renderPlaylist(),
      onStored: () => {
        this.#noteLeft();
        options.onPlaylistStored();
      },
    });
    this.#lane = new SegmentLane({
      ...common,
      deadlineMs: 1000 * lateTargetDurations * targetDurationSec,
      onSettled: (mediaSequenceNumber, isStored) => this.#onSettled(mediaSequenceNumber, isStored),
    });
  }

  get isListed(): boolean {
    return this.#playlist.isStored;
  }

  /** Everything of this rendition that may be in the store. */
  get keys(): readonly string[] {
    const segments = this.#window.all.map(({ mediaSequenceNumber }) => this.#segmentKey(mediaSequenceNumber));
    const outdated = [...this.#leaving, ...this.#outdated].map(({ key }) => key);
    return [storeKeys.mediaPlaylist(this.#place), ...this.#lane.initKeys, ...segments, ...outdated];
  }

  /** Takes what was closed since; to be called whenever something was published. */
  follow(): void {
    const { segments } = this.#options.source;
    const lastKnown = segments.findLastIndex(({ mediaSequenceNumber }) => mediaSequenceNumber <= this.#lastMsn);
    for (const segment of segments.slice(lastKnown + 1)) this.#add(segment);
  }

  /** The program has ended: the playlist has to say so, if there is one. */
  end(): void {
    if (this.#window.listed.length > 0) this.#playlist.changed();
  }

  /** Resolves when all there is has been stored or given up. */
  async idle(): Promise<void> {
    await this.#lane.idle();
    await this.#playlist.idle();
  }

  /** Keys that nobody can be loading any more; each is given once. */
  takeOutdated(nowMs: number): readonly string[] {
    const due = this.#outdated.filter(({ fromMs }) => fromMs <= nowMs);
    if (due.length > 0) this.#outdated = this.#outdated.filter(({ fromMs }) => fromMs > nowMs);
    return due.map(({ key }) => key);
  }

  #add(segment: StoredSegment): void {
    const { mediaSequenceNumber, isGap } = segment;
    this.#lastMsn = mediaSequenceNumber;
    this.#window.add(segment);
    if (isGap) {
      this.#slide();
      return;
    }
    // The window lets them go when they are older.
    const parts = segment.parts.map(({ bytes }) => bytes);
    this.#lane.add({
      mediaSequenceNumber,
      init: this.#init(segment.runIndex),
      segment: () => this.#segmentObject(mediaSequenceNumber, parts),
    });
  }

  #onSettled(mediaSequenceNumber: number, isStored: boolean): void {
    this.#options.segmentCounter.inc({ outcome: isStored ? 'stored' : 'gap' });
    this.#window.settle(mediaSequenceNumber, isStored ? 'stored' : 'gap');
    this.#slide();
  }

  #slide(): void {
    for (const { segment } of this.#window.removeOld()) {
      const durationSec = segment.durationTicks / this.#window.timescaleHz;
      this.#leaving.push({ key: this.#segmentKey(segment.mediaSequenceNumber), durationSec });
    }
    if (this.#leaving.length > maxLeavingCount) this.#forgetOldest(this.#leaving.length - maxLeavingCount);
    if (this.#window.listed.length > 0) this.#playlist.changed();
  }

  #forgetOldest(count: number): void {
    this.#leaving.splice(0, count);
    this.#leftOutCount = Math.max(0, this.#leftOutCount - count);
  }

  /** Of who loaded the playlist before, the segment's own time and the playlist's have to pass (rule 13). */
  #noteLeft(): void {
    const nowMs = this.#options.clock.nowMs();
    const { listedSec } = this.#window;
    for (const { key, durationSec } of this.#leaving.splice(0, this.#leftOutCount))
      this.#outdated.push({ key, fromMs: nowMs + 1000 * (listedSec + durationSec) });
    this.#leftOutCount = 0;
  }

  #renderPlaylist(): HlsObject {
    const { program, kind } = this.#options;
    const { targetDurationSec } = program.timing;
    this.#leftOutCount = this.#leaving.length;
    const text = renderPushedPlaylist({
      ...{ window: this.#window, targetDurationSec, dateRanges: program.dateRanges },
      isText: kind === 'captions',
      isEnded: program.isEnded && this.#window.isSettled,
    });
    return playlistObject(storeKeys.mediaPlaylist(this.#place), text, targetDurationSec);
  }

  #init(runIndex: number): HlsObject | undefined {
    const { kind, source } = this.#options;
    const bytes = source.init(runIndex);
    if (kind === 'captions' || bytes === undefined) return undefined;
    return mediaObject(storeKeys.file(this.#place, fileNames.init(runIndex)), kind, [bytes]);
  }

  #segmentObject(mediaSequenceNumber: number, parts: readonly Uint8Array[]): HlsObject {
    const { kind } = this.#options;
    const key = this.#segmentKey(mediaSequenceNumber);
    return kind === 'captions' ? captionsObject(key, parts) : mediaObject(key, kind, parts);
  }

  #segmentKey(mediaSequenceNumber: number): string {
    const name = this.#options.kind === 'captions' ? fileNames.captions : fileNames.segment;
    return storeKeys.file(this.#place, name(mediaSequenceNumber));
  }
}
