/** The real encoder with three sizes and two sound channels: cut at the same places, tagged, true to what went in. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { beginsWithIdr, isSyncSample, parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { noisePictures } from '../../../src/mixer/admission/noise-pictures.ts';
import { Encoder } from '../../../src/mixer/ffmpeg/encoder.ts';
import { decodeLuma, decodeSamples } from '../../support/decode-media.ts';
import { pcmTone } from '../../support/mixer/sound.ts';
import { tonePower } from '../../support/pattern/index.ts';
import { waitFor } from '../../support/wait-for.ts';

const canvas = { width: 640, height: 360, frameRate: 25 };
const gopFrameCount = 25;
const frameCount = 110;
const startTimeSec = 11;
const video = [
  { renditionId: 'large', width: 640, height: 360, bitsPerSec: 800_000 },
  { renditionId: 'middle', width: 384, height: 216, bitsPerSec: 300_000 },
  { renditionId: 'small', width: 208, height: 116, bitsPerSec: 100_000 },
];
const audio = [
  { renditionId: 'floor', bitsPerSec: 96_000, channelId: 'main' },
  { renditionId: 'french', bitsPerSec: 96_000, channelId: 'fr', languageTag: 'fr', name: 'Français' },
];
const toneHz = { floor: 500, french: 1700 };

const media = new Map<string, { init: Uint8Array; fragments: Uint8Array[] }>();
let folder: string;

const tonesOf = (frameIndex: number): Uint8Array[] =>
  Object.values(toneHz).map((hz) => pcmTone(hz, frameIndex, canvas.frameRate));

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-ladder-'));
  const pictures = noisePictures(canvas, 6);
  const failures: unknown[] = [];
  const encoder = new Encoder({
    run: { canvas, video, audio, gopFrameCount, startTimeSec, ffmpegPath: 'ffmpeg' },
    clock: systemClock,
    logger: silentLogger,
    onUnit: (renditionId, { type, bytes }) => {
      if (type === 'init') media.set(renditionId, { init: bytes, fragments: [] });
      else media.get(renditionId)!.fragments.push(bytes);
    },
    onFailed: (error) => failures.push(error),
  });
  for (let index = 0; index < frameCount; index++) {
    const sounds = tonesOf(index);
    encoder.submit(pictures[index % pictures.length]!, sounds, () => undefined);
    if (index % 10 === 9) {
      await waitFor(`frame ${index - 8}`, () => encoder.encodedFrameCount > index - 9, { deadlineMs: 30_000 });
    }
  }
  expect(await encoder.stop()).toMatchObject({ code: 0 });
  expect(failures).toEqual([]);
  for (const [renditionId, { init, fragments }] of media) {
    writeFileSync(path.join(folder, `${renditionId}.mp4`), Buffer.concat([init, ...fragments]));
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

function samplesOf(renditionId: string) {
  const { init: initBytes, fragments } = media.get(renditionId)!;
  const init = parseInitSegment(initBytes);
  return fragments.flatMap((bytes) => {
    const { startTicks, samples } = parseFragment(bytes, init);
    return samples.map((sample) => ({
      startTicks,
      durationTicks: sample.durationTicks,
      isIdr: isSyncSample(sample) && (init.kind === 'audio' || beginsWithIdr(sample.data, init.nalLengthBytes)),
    }));
  });
}

function probe(renditionId: string): Record<string, unknown> {
  const args = ['-v', 'error', '-show_streams', '-of', 'json', path.join(folder, `${renditionId}.mp4`)];
  const { stdout } = spawnSync('ffprobe', args, { encoding: 'utf8' });
  return (JSON.parse(stdout) as { streams: Record<string, unknown>[] }).streams[0]!;
}

describe('Encoder with a ladder', () => {
  it('writes every frame of every size at the same decode times, with IDR pictures on the GOP grid and nowhere else', () => {
    const [large, ...others] = video.map(({ renditionId }) => samplesOf(renditionId));
    expect(large).toHaveLength(frameCount);
    expect(large!.map(({ startTicks }) => startTicks)).toEqual(
      Array.from({ length: frameCount }, (_, index) => startTimeSec * 90_000 + index * 3600),
    );
    expect(large!.flatMap(({ isIdr }, index) => (isIdr ? [index] : []))).toEqual([0, 25, 50, 75, 100]);
    expect(large!.every(({ durationTicks }) => durationTicks === 3600)).toBe(true);
    for (const other of others) expect(other).toEqual(large);
  });

  it.each(video)('tags $renditionId: size, square pixels, BT.709 limited range, no reordering', (rendition) => {
    const { renditionId, width, height } = rendition;
    expect(probe(renditionId)).toMatchObject({
      codec_name: 'h264',
      width,
      height,
      pix_fmt: 'yuv420p',
      color_range: 'tv',
      color_space: 'bt709',
      color_transfer: 'bt709',
      color_primaries: 'bt709',
      has_b_frames: 0,
      r_frame_rate: '25/1',
    });
    expect(['1:1', undefined]).toContain(probe(renditionId).sample_aspect_ratio);
  });

  it('shows the same picture in every size', async () => {
    const small = { width: 64, height: 36 };
    const [large, ...others] = await Promise.all(
      video.map(({ renditionId }) => decodeLuma(path.join(folder, `${renditionId}.mp4`), small)),
    );
    expect(large).toHaveLength(frameCount);
    for (const other of others) {
      expect(other).toHaveLength(frameCount);
      for (const index of [0, 24, 60, frameCount - 1]) {
        const differences = Array.from(large![index]!.data, (luma, at) => Math.abs(luma - other[index]!.data[at]!));
        expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(4);
      }
    }
  });

  it('stays below the ceiling of each size', () => {
    for (const { renditionId, bitsPerSec } of video) {
      const bytes = media.get(renditionId)!.fragments.reduce((sum, fragment) => sum + fragment.length, 0);
      // One second's worth may be spent at once, and every fragment here carries its own headers.
      const seconds = frameCount / canvas.frameRate;
      expect((8 * bytes) / (seconds + 1)).toBeLessThan(bitsPerSec + 8 * 150 * canvas.frameRate);
    }
  });

  it('carries each sound channel in a track of its own, in step with the pictures', async () => {
    for (const { renditionId } of audio) {
      const own = samplesOf(renditionId);
      expect(own[0]!.startTicks).toBe(startTimeSec * 48_000 - 1024);
      const endSec = own.at(-1)!.startTicks / 48_000 + 1024 / 48_000;
      expect(Math.abs(endSec - startTimeSec - frameCount / canvas.frameRate)).toBeLessThan(0.045);
    }
    const floor = await decodeSamples(path.join(folder, 'floor.mp4'));
    const french = await decodeSamples(path.join(folder, 'french.mp4'));
    const middle = (samples: Float32Array) => samples.subarray(48_000, 96_000);
    expect(tonePower(middle(floor), 48_000, toneHz.floor)).toBeGreaterThan(
      1000 * tonePower(middle(floor), 48_000, toneHz.french),
    );
    expect(tonePower(middle(french), 48_000, toneHz.french)).toBeGreaterThan(
      1000 * tonePower(middle(french), 48_000, toneHz.floor),
    );
  });
});

describe('Encoder.moveTo', () => {
  it('begins picture and sound at a place that was not known when it was started, to the tick', async () => {
    const movedTo = 110 + 8 / 25;
    const moved = new Map<string, number[]>();
    const inits = new Map<string, ReturnType<typeof parseInitSegment>>();
    const encoder = new Encoder({
      run: { canvas, video, audio, gopFrameCount, startTimeSec, ffmpegPath: 'ffmpeg' },
      clock: systemClock,
      logger: silentLogger,
      onUnit: (renditionId, { type, bytes }) => {
        if (type === 'init') inits.set(renditionId, parseInitSegment(bytes));
        else {
          const ticks = moved.get(renditionId) ?? [];
          moved.set(renditionId, [...ticks, parseFragment(bytes, inits.get(renditionId)!).startTicks]);
        }
      },
      onFailed: () => undefined,
    });
    encoder.moveTo(movedTo);
    const [picture] = noisePictures(canvas, 1);
    for (let index = 0; index < 30; index++) encoder.submit(picture!, tonesOf(index), () => undefined);
    expect(await encoder.stop()).toMatchObject({ code: 0 });
    for (const { renditionId } of video)
      expect(moved.get(renditionId)).toEqual(Array.from({ length: 30 }, (_, index) => movedTo * 90_000 + index * 3600));
    for (const { renditionId } of audio) expect(moved.get(renditionId)![0]).toBe(movedTo * 48_000 - 1024);
  });
});
