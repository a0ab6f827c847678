/** A clip in every size of the default ladder, encoded once by the real encoder, and played for ever in real time. */
import { setTimeout as delay } from 'node:timers/promises';
import { mixerRenditions, programRenditions } from '../../../src/app/pipeline/renditions.ts';
import { systemClock, type Timer } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type Program, type RenditionSpec } from '../../../src/hls/index.ts';
import { delayFragment, parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { noisePictures } from '../../../src/mixer/admission/noise-pictures.ts';
import { Encoder } from '../../../src/mixer/ffmpeg/encoder.ts';
import { mixerConfigSchema } from '../../../src/mixer/index.ts';
import { pcmTone } from '../../../test/support/mixer/sound.ts';

const config = mixerConfigSchema.parse({});
/** 480 pictures and exactly 750 AAC frames: played again and again without a seam. */
const clipSec = 16;
const clipFrameCount = clipSec * config.frameRate;
/** Pictures that the encoder may still have to encode. */
const maxQueuedFrameCount = 30;
const toneHz = 500;

export const clipRenditions: readonly RenditionSpec[] = programRenditions(config);

interface ClipTrack {
  readonly renditionId: string;
  readonly timescaleHz: number;
  readonly init: Uint8Array;
  /** AAC's priming, ahead of the first pass only. */
  readonly priming: Uint8Array | undefined;
  /** Of one pass; `endSec` from its start. */
  readonly fragments: readonly { readonly bytes: Uint8Array; readonly endSec: number }[];
}

export interface Clip {
  readonly startTimeSec: number;
  readonly tracks: readonly ClipTrack[];
}

/** @param gopSec distance of keyframes. @throws Error when FFmpeg fails */
export async function encodeClip(startTimeSec: number, gopSec: number): Promise<Clip> {
  const canvas = { width: config.width, height: config.height, frameRate: config.frameRate };
  const units = new Map<string, { init: Uint8Array | undefined; fragments: Uint8Array[] }>();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const encoder = new Encoder({
    run: {
      canvas,
      ...mixerRenditions(config),
      gopFrameCount: Math.round(gopSec * config.frameRate),
      startTimeSec,
      ffmpegPath: config.ffmpegPath,
    },
    clock: systemClock,
    logger: silentLogger,
    onUnit: (renditionId, { type, bytes }) => {
      const track = units.get(renditionId) ?? { init: undefined, fragments: [] };
      units.set(renditionId, track);
      if (type === 'init') track.init = bytes;
      else track.fragments.push(bytes);
    },
    onFailed: (error) => failure.reject(error),
  });
  const submitAll = async (): Promise<void> => {
    const pictures = noisePictures(canvas, 10);
    for (let frame = 0; frame < clipFrameCount; frame++) {
      while (frame - encoder.encodedFrameCount >= maxQueuedFrameCount) await delay(5);
      const at = frame % (2 * pictures.length);
      const picture = pictures[at < pictures.length ? at : 2 * pictures.length - 1 - at]!;
      encoder.submit(picture, [pcmTone(toneHz, frame, config.frameRate)], () => undefined);
    }
    await encoder.stop();
  };
  await Promise.race([submitAll(), failure.promise]);
  return { startTimeSec, tracks: clipRenditions.map((rendition) => clipTrack(rendition, units, startTimeSec)) };
}

function clipTrack(
  { renditionId }: RenditionSpec,
  units: ReadonlyMap<string, { init: Uint8Array | undefined; fragments: readonly Uint8Array[] }>,
  startTimeSec: number,
): ClipTrack {
  const { init, fragments = [] } = units.get(renditionId) ?? {};
  if (init === undefined) throw new Error(`The encoder gave no init of ${renditionId}.`);
  const parsedInit = parseInitSegment(init);
  const { timescaleHz } = parsedInit;
  const firstTicks = Math.round(startTimeSec * timescaleHz);
  const timed = fragments.map((bytes) => {
    const { startTicks, durationTicks } = parseFragment(bytes, parsedInit);
    return { bytes, startTicks, endSec: (startTicks + durationTicks - firstTicks) / timescaleHz };
  });
  const ofOnePass = timed.filter(({ startTicks, endSec }) => startTicks >= firstTicks && endSec <= clipSec + 1e-6);
  const lastSec = ofOnePass.at(-1)?.endSec ?? 0;
  if (Math.abs(lastSec - clipSec) > 1e-6) throw new Error(`${renditionId} is ${lastSec} s long, not ${clipSec} s.`);
  const priming = timed.find(({ startTicks }) => startTicks < firstTicks)?.bytes;
  return { renditionId, timescaleHz, init, priming, fragments: ofOnePass };
}

/** Begins the program's first run and feeds it in real time. @returns what ends the feeding */
export function playClip(program: Program, clip: Clip): Timer {
  program.beginRun({ runIndex: 0, startTimeSec: clip.startTimeSec, frameZeroWallMs: systemClock.wallMs() });
  for (const { renditionId, init, priming } of clip.tracks) {
    program.pushInit(renditionId, init);
    if (priming !== undefined) program.pushFragment(renditionId, priming);
  }
  const startedAtMs = systemClock.nowMs();
  const nextIndices = clip.tracks.map(() => 0);
  const feed = (track: ClipTrack, trackIndex: number, untilSec: number): void => {
    for (;;) {
      const index = nextIndices[trackIndex]!;
      const pass = Math.floor(index / track.fragments.length);
      const fragment = track.fragments[index % track.fragments.length]!;
      if (pass * clipSec + fragment.endSec > untilSec) return;
      nextIndices[trackIndex] = index + 1;
      const bytes = Uint8Array.from(fragment.bytes);
      delayFragment(bytes, pass * clipSec * track.timescaleHz);
      program.pushFragment(track.renditionId, bytes);
    }
  };
  return systemClock.repeat(1000 / config.frameRate, () => {
    const untilSec = (systemClock.nowMs() - startedAtMs) / 1000;
    for (const [index, track] of clip.tracks.entries()) feed(track, index, untilSec);
  });
}
