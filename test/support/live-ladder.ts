/** A program in two sizes and two languages, encoded in real time by the real encoder, whose runs the test decides. */
import { silentLogger } from '../../src/core/logger.ts';
import { systemClock, type Timer } from '../../src/core/clock.ts';
import { type Program, type RenditionSpec } from '../../src/hls/index.ts';
import { noisePictures } from '../../src/mixer/admission/noise-pictures.ts';
import { Encoder } from '../../src/mixer/ffmpeg/encoder.ts';
import { pcmTone } from './mixer/sound.ts';

const canvas = { width: 640, height: 360, frameRate: 25 };
const video = [
  { renditionId: 'video-360p', width: 640, height: 360, bitsPerSec: 600_000 },
  { renditionId: 'video-180p', width: 320, height: 180, bitsPerSec: 200_000 },
];
const audio = [
  { renditionId: 'audio-main', bitsPerSec: 64_000, channelId: 'main', languageTag: 'en', name: 'Program' },
  { renditionId: 'audio-fr', bitsPerSec: 64_000, channelId: 'fr', languageTag: 'fr', name: 'Français' },
];

export const ladderToneHz = { 'audio-main': 500, 'audio-fr': 1700 } as const;

export const ladderRenditions: readonly RenditionSpec[] = [
  ...video.map(({ renditionId, width, height, bitsPerSec }): RenditionSpec => ({
    renditionId,
    kind: 'video',
    averageBitsPerSec: bitsPerSec,
    peakBitsPerSec: 1.5 * bitsPerSec,
    video: { width, height, frameRate: canvas.frameRate },
  })),
  ...audio.map(({ renditionId, bitsPerSec, languageTag, name }): RenditionSpec => ({
    renditionId,
    kind: 'audio',
    averageBitsPerSec: bitsPerSec,
    peakBitsPerSec: 1.25 * bitsPerSec,
    audio: { channels: 2, language: languageTag, name },
  })),
];

export class LiveLadder {
  readonly failures: unknown[] = [];
  readonly #program: Program;
  readonly #pictures = noisePictures(canvas, 10);
  #encoder: Encoder | undefined;
  #timer: Timer | undefined;
  #runIndex = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Ends the run before, if any, and goes on with these sizes; the sound is always whole. */
  async begin(videoIds: readonly string[]): Promise<void> {
    await this.stop();
    const carried = video.filter(({ renditionId }) => videoIds.includes(renditionId));
    const startTimeSec = this.#program.nextRunStartSec();
    const encoder = new Encoder({
      run: { canvas, video: carried, audio, gopFrameCount: 25, startTimeSec, ffmpegPath: 'ffmpeg' },
      clock: systemClock,
      logger: silentLogger,
      onUnit: (renditionId, { type, bytes }) => {
        if (type === 'init') this.#program.pushInit(renditionId, bytes);
        else this.#program.pushFragment(renditionId, bytes);
      },
      onFailed: (error) => this.failures.push(error),
    });
    this.#encoder = encoder;
    this.#program.beginRun({
      runIndex: this.#runIndex++,
      startTimeSec,
      frameZeroWallMs: systemClock.wallMs(),
      renditionIds: [...carried, ...audio].map(({ renditionId }) => renditionId),
    });
    const startedAtMs = systemClock.nowMs();
    let frameCount = 0;
    this.#timer = systemClock.repeat(1000 / canvas.frameRate, () => {
      const dueCount = Math.floor(((systemClock.nowMs() - startedAtMs) * canvas.frameRate) / 1000);
      for (; frameCount < dueCount; frameCount++) {
        const picture = this.#pictures[frameCount % this.#pictures.length]!;
        const tones = Object.values(ladderToneHz).map((hz) => pcmTone(hz, frameCount, canvas.frameRate));
        encoder.submit(picture, tones, () => undefined);
      }
    });
  }

  /** Ends the run; what it has encoded is published. Idempotent. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    const encoder = this.#encoder;
    this.#encoder = undefined;
    if (encoder === undefined) return;
    await encoder.stop();
    this.#program.endRun('handover');
  }
}
