/** A program under test whose output is cut and published as in service, and the viewer who plays it. */
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { createProgram, hlsConfigSchema, type Program, type RenditionSpec } from '../../../src/hls/index.ts';
import { type MixerEvent, type MixerVideoRendition } from '../../../src/mixer/ports.ts';
import { ProgramUnderTest } from './program-under-test.ts';

/** One part of the picture, as a viewer gets it. */
export interface PublishedPart {
  readonly renditionId: string;
  readonly runIndex: number;
  /** Wall time of its first picture, and of what comes behind its last one. */
  readonly startWallMs: number;
  readonly endWallMs: number;
  readonly publishedWallMs: number;
}

const frameRate = 30;

export class PublishedProgram {
  readonly parts: PublishedPart[] = [];
  readonly mixed: ProgramUnderTest;
  readonly program: Program;

  /** With the limits, the latency profile and the parts that a server has by default. */
  constructor(video: readonly MixerVideoRendition[]) {
    const common = { clock: systemClock, logger: silentLogger, metrics: new Metrics() };
    this.program = createProgram({
      ...{ webinarId: 'webinar-1', sessionId: 'session-1', isQuickStart: true, config: hlsConfigSchema.parse({}) },
      ...common,
      renditions: renditionsOf(video),
      sink: {
        runBegan: () => undefined,
        initClosed: () => undefined,
        fragmentTaken: () => undefined,
        partClosed: ({ renditionId, runIndex, programDateTimeMs, durationTicks, timescaleHz }) => {
          if (timescaleHz !== 90_000) return;
          const endWallMs = programDateTimeMs + (durationTicks * 1000) / timescaleHz;
          const startWallMs = programDateTimeMs;
          this.parts.push({ renditionId, runIndex, startWallMs, endWallMs, publishedWallMs: systemClock.wallMs() });
        },
        segmentClosed: () => undefined,
        programEnded: () => undefined,
      },
    });
    const startTimeSec = this.program.nextRunStartSec();
    this.mixed = new ProgramUnderTest({ video, gopFrameCount: frameRate, startTimeSec }, undefined, {
      onEvent: (event) => this.#publish(event),
      nextStartSec: () => this.program.nextRunStartSec(),
    });
  }

  async close(): Promise<void> {
    await this.mixed.run.close('test is over');
    this.program.close();
  }

  /** As `src/app/pipeline` binds the mixer to the packager. */
  #publish(event: MixerEvent): void {
    if (event.type === 'runStarted') this.program.beginRun(event);
    else if (event.type === 'init') this.program.pushInit(event.renditionId, event.bytes);
    else if (event.type === 'fragment') this.program.pushFragment(event.renditionId, event.bytes);
    else if (event.type === 'runEnded') this.program.endRun(event.cause);
  }
}

function renditionsOf(video: readonly MixerVideoRendition[]): RenditionSpec[] {
  const pictures = video.map(({ renditionId, width, height, bitsPerSec }): RenditionSpec => ({
    ...{ renditionId, kind: 'video', averageBitsPerSec: bitsPerSec, peakBitsPerSec: 1.5 * bitsPerSec },
    video: { width, height, frameRate },
  }));
  const bits = { averageBitsPerSec: 96_000, peakBitsPerSec: 120_000 };
  const audio = { channels: 2, language: 'und', name: 'Program' };
  return [...pictures, { renditionId: 'audio-main', kind: 'audio', ...bits, audio }];
}

/** How long after its last picture was due each part could be fetched, ms. */
export function latenessMs({ endWallMs, publishedWallMs }: PublishedPart): number {
  return publishedWallMs - endWallMs;
}

/**
 * A player that joined at `joinWallMs`, `holdBackSec` behind the last part that was there, and plays at normal speed
 * whatever size there is: by how much each later part came before it was needed, ms; below zero it stood still.
 */
export function headroomsMs(parts: readonly PublishedPart[], joinWallMs: number, holdBackSec: number): number[] {
  const first = new Map<number, PublishedPart>();
  for (const part of parts) if (!first.has(part.startWallMs)) first.set(part.startWallMs, part);
  const inOrder = [...first.values()].toSorted((a, b) => a.startWallMs - b.startWallMs);
  const edge = inOrder.findLast(({ publishedWallMs }) => publishedWallMs <= joinWallMs);
  if (edge === undefined) throw new Error('Nothing was published before the viewer came.');
  // What is shown at a wall time t was due at t - delayMs.
  const delayMs = joinWallMs - edge.endWallMs + holdBackSec * 1000;
  const later = inOrder.slice(inOrder.indexOf(edge) + 1);
  return later.map(({ startWallMs, publishedWallMs }) => startWallMs + delayMs - publishedWallMs);
}
