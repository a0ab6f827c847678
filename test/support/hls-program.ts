/** A program with two renditions on a fake clock, and an encoder that feeds it. */
import { FakeClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Metrics } from '../../src/core/metrics.ts';
import {
  type ClosedInit,
  type ClosedPart,
  type ClosedSegment,
  createProgram,
  hlsConfigSchema,
  type Program,
  type ProgramSink,
  type RenditionSpec,
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

/** Remembers what the program published, in order. */
export class RecordingSink implements ProgramSink {
  readonly order: string[] = [];
  readonly inits: ClosedInit[] = [];
  readonly parts: ClosedPart[] = [];
  readonly segments: ClosedSegment[] = [];

  initClosed(init: ClosedInit): void {
    this.inits.push(init);
    this.order.push(`init ${init.renditionId} ${init.runIndex}`);
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
}

/** A live program under test; `feed` moves media time and the clock together. */
export class TestProgram {
  readonly clock: FakeClock;
  readonly sink = new RecordingSink();
  readonly metrics = new Metrics();
  readonly config;
  readonly program: Program;
  #encoder: FakeEncoder | undefined;
  #fedSec = 0;
  #runIndex = -1;

  constructor(options: HlsProgramOptions = {}) {
    const { sessionId = 'session-1', clock = new FakeClock(), isQuickStart = false, ...config } = options;
    this.clock = clock;
    this.config = hlsConfigSchema.parse(config);
    this.program = createProgram({
      webinarId: 'webinar-1',
      sessionId,
      renditions: testRenditions,
      config: this.config,
      isQuickStart,
      sink: this.sink,
      clock: this.clock,
      logger: silentLogger,
      metrics: this.metrics,
    });
  }

  beginRun(gopFrameCount = 60): FakeEncoder {
    const startTimeSec = this.program.nextRunStartSec();
    this.program.beginRun({ runIndex: ++this.#runIndex, startTimeSec, frameZeroWallMs: this.clock.wallMs() });
    this.program.pushInit('video', videoInit());
    this.program.pushInit('audio', audioInit());
    this.#encoder = new FakeEncoder({ startTimeSec, gopFrameCount });
    this.#fedSec = 0;
    this.program.pushFragment('audio', this.#encoder.audioFrame(-1));
    return this.#encoder;
  }

  /** `seconds` more media of the current run. */
  feed(seconds: number): void {
    const toSec = this.#fedSec + seconds;
    for (const { renditionId, bytes } of this.#encoder!.between(this.#fedSec, toSec)) {
      this.program.pushFragment(renditionId, bytes);
    }
    this.#fedSec = toSec;
    this.clock.advance(seconds * 1000);
  }

  /** One part more (at latency `low`), with one audio frame more than the barrier needs at times. */
  feedParts(count: number): void {
    for (let index = 0; index < count; index++) this.feed(1 / 3);
  }
}
