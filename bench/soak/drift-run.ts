/** One panelist whose clock is off, their program, and what became of their picture, their sound and their buffers in it. */
import { type MixerStats } from '../../src/mixer/index.ts';
import { type SfuCascade } from '../../src/sfu-cascade/index.ts';
import {
  driftMsPerHour,
  type FlashBeepMedia,
  joinSfu,
  sawPeriodMs,
  type SfuPanelist,
  TonePurity,
} from '../../test/support/av-sync/index.ts';
import { AvSyncProgram, frameRate, programStartMs } from '../lib/avsync-program.ts';
import { percentile, round } from '../lib/percentiles.ts';
import { spread } from './result.ts';

/** Four reports per stream have to come, and the first correction has to wear off. */
export const settleSec = 30;
/** Beside the beep: soft enough not to be one, and no multiple of what a lost packet would hide. */
export const steadyTone = { toneHz: 3330, amplitude: 0.02 };
/** A sample of the beep is louder than any of the tone alone. */
const loud = 0.05;
/** Around the beep the limiter and the codec act on both. */
const beepMarginMs = 150;
const samplesPerMs = 48;
/** The tone is 28 dB below the beep, which is brought to about -18 LUFS. */
const minToneLevel = 0.002;

export class DriftRun {
  readonly program: AvSyncProgram;
  readonly #ppm: number;
  readonly #minutes: number;
  readonly #panelist: SfuPanelist;
  readonly #pipeCount: () => number;
  /** By kind of source, in order of time. */
  readonly #bufferedMs = new Map<string, number[]>();
  readonly #purity: TonePurity;
  #isAlone: (atMs: number) => boolean = () => false;
  #stats: MixerStats | undefined;

  static async start(sfu: SfuCascade, media: FlashBeepMedia, ppm: number, minutes: number): Promise<DriftRun> {
    const webinarId = ppm > 0 ? 'drift-fast' : 'drift-slow';
    const jitterMs = (ms: number): number => (30 * ((ms * 7919) % 101)) / 101;
    const panelist = await joinSfu({
      ...{ sfu, webinarId, peerId: webinarId, media, ppm, reportDelayMs: 20 },
      video: { delayMs: (ms) => 120 + jitterMs(ms) },
      audio: { delayMs: (ms) => 20 + jitterMs(ms + 10) },
    });
    return new DriftRun(sfu, webinarId, panelist, ppm, minutes);
  }

  private constructor(sfu: SfuCascade, webinarId: string, panelist: SfuPanelist, ppm: number, minutes: number) {
    this.#minutes = minutes;
    this.#panelist = panelist;
    this.#ppm = ppm;
    this.#pipeCount = () => sfu.topology(webinarId).pipeCount;
    this.#purity = new TonePurity({ toneHz: steadyTone.toneHz, isJudged: (atMs) => this.#isAlone(atMs) });
    this.program = new AvSyncProgram({
      ...{ sfu, webinarId, peerId: webinarId },
      onSound: (samples, startMs) => this.#hear(samples, startMs),
      onStats: (stats) => this.#note(stats),
    });
  }

  /** For who waits. */
  get state(): string {
    const levels = [...this.#bufferedMs].map(([kind, all]) => `${kind} holds ${all.at(-1)!.toFixed(0)} ms`);
    return `${this.#ppm} ppm: ${levels.join(', ')}, ${this.#purity.glitches.length} breaks of the tone`;
  }

  /** Ends the program and judges all of it. @throws Error when there is nothing to judge */
  async report() {
    const pipeCount = this.#pipeCount();
    await this.program.close();
    const skews = (await this.program.skews()).filter(({ atMs }) => this.#isMeasured(atMs));
    const { glitches, judgedMs, level } = this.#purity;
    return {
      clockPpm: this.#ppm,
      pipeCount,
      events: skews.length,
      pairedRatio: round(skews.length / (this.#minutes * 60), 3),
      skewMs: spread(skews.map(({ skewMs }) => skewMs)),
      driftMsPerHour: round(driftMsPerHour(skews, sawPeriodMs(this.#ppm, frameRate)), 2),
      isCaptureTimed: this.#stats?.sources.every(({ isCaptureTimed }) => isCaptureTimed === true) === true,
      lostPackets: this.#stats?.sources.reduce((sum, { lostPacketCount }) => sum + lostPacketCount, 0),
      buffers: [...this.#bufferedMs].map(([kind, levels]) => ({
        kind,
        minMs: round(Math.min(...levels), 1),
        maxMs: round(Math.max(...levels), 1),
        shiftMs: round(shiftOf(levels), 1),
      })),
      tone: {
        judgedSec: round(judgedMs / 1000, 0),
        level: round(level, 4),
        isHeard: level > minToneLevel && judgedMs > this.#minutes * 60_000 * 0.3,
        glitches: glitches.length,
        glitchesPerHour: round((glitches.length * 3_600_000) / Math.max(1, judgedMs), 1),
        firstGlitchesAtSec: glitches.slice(0, 20).map(({ atMs }) => round((atMs - programStartMs) / 1000, 2)),
      },
    };
  }

  async close(): Promise<void> {
    this.#panelist.close();
    await this.program.close();
  }

  /** Not while it settles, and not while the program ends. */
  #isMeasured(atMs: number): boolean {
    const sec = (atMs - programStartMs) / 1000 - settleSec;
    return sec >= 0 && sec < this.#minutes * 60;
  }

  #note(stats: MixerStats): void {
    this.#stats = stats;
    if (stats.frameCount < settleSec * frameRate) return;
    for (const { bufferedMs, kind } of stats.sources) {
      if (bufferedMs === undefined) continue;
      const levels = this.#bufferedMs.get(kind) ?? [];
      this.#bufferedMs.set(kind, levels);
      levels.push(bufferedMs);
    }
  }

  /** Where no beep is near the tone is alone. */
  #hear(samples: Float32Array, startMs: number): void {
    const loudMs: number[] = [];
    samples.forEach((sample, index) => {
      const atMs = startMs + index / samplesPerMs;
      if (Math.abs(sample) >= loud && atMs - (loudMs.at(-1) ?? -Infinity) >= 1) loudMs.push(atMs);
    });
    this.#isAlone = (atMs) =>
      // What was before the piece is not known.
      this.#isMeasured(atMs) && atMs > startMs + beepMarginMs && !hasNear(loudMs, atMs);
    this.#purity.push(samples, startMs);
  }
}

/** @param sortedMs ascending. */
function hasNear(sortedMs: readonly number[], atMs: number): boolean {
  let [low, high] = [0, sortedMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sortedMs[middle]! < atMs - beepMarginMs) low = middle + 1;
    else high = middle;
  }
  return low < sortedMs.length && sortedMs[low]! <= atMs + beepMarginMs;
}

/** Median of the last tenth less that of the first. */
function shiftOf(levels: readonly number[]): number {
  const count = Math.max(1, Math.floor(levels.length / 10));
  return percentile(levels.slice(-count), 0.5) - percentile(levels.slice(0, count), 0.5);
}
