/** A program with two renditions on a fake clock, and an encoder that feeds it. */
import { FakeClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Metrics } from '../../src/core/metrics.ts';
import {
  type CaptionRenditionSpec,
  type ClosedInit,
  type ClosedPart,
  type ClosedSegment,
  createProgram,
  type DvrStore,
  hlsConfigSchema,
  type Program,
  type ProgramRun,
  type ProgramSink,
  type RenditionSpec,
  type TakenFragment,
} from '../../src/hls/index.ts';
import { audioInit, FakeEncoder, videoInit } from './cmaf-fixtures.ts';

export const testRenditions: readonly RenditionSpec[] = [
  {
    renditionId: 'video',
    kind: 'video',
    peakBitsPerSec: 2_600_000,
    averageBitsPerSec: 2_000_000,
    video: { width: 320, height: 180, frameRate: 30 },
  },
  {
    renditionId: 'audio',
    kind: 'audio',
    peakBitsPerSec: 140_000,
    averageBitsPerSec: 130_000,
    audio: { channels: 2, language: 'en', name: 'Program' },
  },
];

/** A smaller picture, for programs with `hasLadder`. */
export const lowRendition: RenditionSpec = {
  renditionId: 'video-low',
  kind: 'video',
  peakBitsPerSec: 600_000,
  averageBitsPerSec: 400_000,
  video: { width: 160, height: 90, frameRate: 30 },
};

export const testCaptions: readonly CaptionRenditionSpec[] = [
  { renditionId: 'captions-en', language: 'en', name: 'English' },
  { renditionId: 'captions-ar', language: 'ar', name: 'العربية' },
];

/** Remembers what the program published, in order. */
export class RecordingSink implements ProgramSink {
  readonly order: string[] = [];
  readonly runs: Required<ProgramRun>[] = [];
  readonly inits: ClosedInit[] = [];
  readonly fragments: TakenFragment[] = [];
  readonly parts: ClosedPart[] = [];
  readonly segments: ClosedSegment[] = [];

  runBegan(run: Required<ProgramRun>): void {
    this.runs.push(run);
  }

  initClosed(init: ClosedInit): void {
    this.inits.push(init);
    this.order.push(`init ${init.renditionId} ${init.runIndex}`);
  }

  fragmentTaken(fragment: TakenFragment): void {
    this.fragments.push(fragment);
  }

  partClosed(part: ClosedPart): void {
    this.parts.push(part);
    this.order.push(`part ${part.renditionId} ${part.mediaSequenceNumber}.${part.partIndex}`);
  }

  segmentClosed(segment: ClosedSegment): void {
    this.segments.push(segment);
    this.order.push(`segment ${segment.renditionId} ${segment.mediaSequenceNumber}`);
  }

  programEnded(): void {
    this.order.push('end');
  }
}

export interface HlsProgramOptions {
  readonly latency?: 'ultra' | 'low' | 'standard';
  readonly windowSec?: number;
  readonly sessionId?: string;
  readonly clock?: FakeClock;
  readonly isQuickStart?: boolean;
  /** Adds `lowRendition`, first to last size. */
  readonly hasLadder?: boolean;
  readonly frameRate?: number;
  /** Adds `testCaptions`. */
  readonly hasCaptions?: boolean;
  readonly dvrStore?: DvrStore;
  readonly dvrWindowSec?: number;
}

/** A live program under test; `feed` moves media time and the clock together. */
export class TestProgram {
  readonly clock: FakeClock;
  readonly sink = new RecordingSink();
  readonly metrics = new Metrics();
  readonly config;
  readonly program: Program;
  readonly #frameRate: number;
  #encoder: FakeEncoder | undefined;
  #carriedIds: readonly string[] = [];
  #fedSec = 0;
  #runIndex = -1;

  constructor(options: HlsProgramOptions = {}) {
    const { sessionId = 'session-1', clock = new FakeClock(), isQuickStart = false, ...rest } = options;
    const { hasLadder = false, hasCaptions = false, frameRate = 30, dvrStore, ...config } = rest;
    this.clock = clock;
    this.#frameRate = frameRate;
    const [video, ...audio] = testRenditions as [RenditionSpec, ...RenditionSpec[]];
    const renditions = [video, ...(hasLadder ? [lowRendition] : []), ...audio].map((spec) => ({
      ...spec,
      ...(spec.video && { video: { ...spec.video, frameRate } }),
    }));
    this.config = hlsConfigSchema.parse(config);
    this.program = createProgram({
      webinarId: 'webinar-1',
      sessionId,
      renditions,
      captions: hasCaptions ? testCaptions : [],
      config: this.config,
      isQuickStart,
      ...(dvrStore && { dvrStore }),
      sink: this.sink,
      clock: this.clock,
      logger: silentLogger,
      metrics: this.metrics,
    });
  }

  /** @param carriedIds renditions of this run, all by default. */
  beginRun(gopFrameCount = 60, carriedIds?: readonly string[]): FakeEncoder {
    const { program } = this;
    const startTimeSec = program.nextRunStartSec();
    program.beginRun({
      runIndex: ++this.#runIndex,
      startTimeSec,
      frameZeroWallMs: this.clock.wallMs(),
      ...(carriedIds && { renditionIds: carriedIds }),
    });
    this.#carriedIds = carriedIds ?? program.renditions.map(({ renditionId }) => renditionId);
    for (const { renditionId, video } of program.renditions) {
      if (this.#carriedIds.includes(renditionId)) program.pushInit(renditionId, video ? videoInit(video) : audioInit());
    }
    this.#encoder = new FakeEncoder({ startTimeSec, gopFrameCount, frameRate: this.#frameRate });
    this.#fedSec = 0;
    this.program.pushFragment('audio', this.#encoder.audioFrame(-1));
    return this.#encoder;
  }

  /** `seconds` more media of the current run. */
  feed(seconds: number): void {
    const toSec = this.#fedSec + seconds;
    for (const { renditionId: kind, bytes } of this.#encoder!.between(this.#fedSec, toSec)) {
      for (const { renditionId } of this.program.renditions.filter((rendition) => rendition.kind === kind)) {
        if (this.#carriedIds.includes(renditionId)) this.program.pushFragment(renditionId, bytes);
      }
    }
    this.#fedSec = toSec;
    this.clock.advance(seconds * 1000);
  }

  /** One part more (at latency `low`), with one audio frame more than the barrier needs at times. */
  feedParts(count: number): void {
    for (let index = 0; index < count; index++) this.feed(1 / 3);
  }
}
