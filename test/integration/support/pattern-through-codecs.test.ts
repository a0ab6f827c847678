/** The test pattern must be readable after everything the product does to a camera picture. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeLuma, decodeSamples, runFfmpeg } from '../../support/decode-media.ts';
import { readPattern, tonePower, writeCameraFile, writeMicrophoneFile } from '../../support/pattern/index.ts';

const frameCount = 20;
const identity = 5;
let directory: string;
let camera: string;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'rostrum-pattern-'));
  camera = path.join(directory, 'camera.y4m');
  await writeCameraFile(camera, { identity, frameCount });
});
afterAll(() => rmSync(directory, { recursive: true }));

const everyCounter = Array.from({ length: frameCount }, (_, counter) => ({ identity, counter }));
const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-f', 'ivf', 'pipe:1'];
const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-f', 'matroska', 'pipe:1'];

describe('readPattern', () => {
  it('reads every counter after VP8 at 320x180 and 150 kbit/s', async () => {
    const coded = await runFfmpeg(['-i', camera, '-vf', 'scale=320:180', '-b:v', '150k', ...vp8]);
    const pictures = await decodeLuma(coded, { width: 640, height: 360 });
    expect(pictures.map((picture) => readPattern(picture))).toEqual(everyCounter);
  });

  it('reads every counter out of a 320x180 tile after VP8 at 180p, compositing and x264 at 600 kbit/s', async () => {
    const layer = await runFfmpeg(['-i', camera, '-vf', 'scale=320:180', '-b:v', '150k', ...vp8]);
    const tile = { x: 932, y: 24, width: 320, height: 180 };
    const canvas = `scale=${tile.width}:${tile.height},pad=1280:720:${tile.x}:${tile.y}:color=0x203040`;
    const program = await runFfmpeg(['-i', 'pipe:0', '-vf', canvas, '-b:v', '600k', ...x264], layer);
    const pictures = await decodeLuma(program, { width: 1280, height: 720 });
    expect(pictures.map((picture) => readPattern(picture, tile))).toEqual(everyCounter);
    expect(pictures.map((picture) => readPattern(picture, { ...tile, x: 100, y: 400 }))).not.toContainEqual(
      expect.anything(),
    );
  });

  it('reads every counter after x264 at 234p and 150 kbit/s', async () => {
    const program = await runFfmpeg(['-i', camera, '-vf', 'scale=416:234', '-b:v', '150k', ...x264]);
    const pictures = await decodeLuma(program, { width: 416, height: 234 });
    expect(pictures.map((picture) => readPattern(picture))).toEqual(everyCounter);
  });
});

describe('tonePower', () => {
  it('finds the tone of a microphone file, and not another, after AAC at 96 kbit/s', async () => {
    const microphone = path.join(directory, 'microphone.wav');
    writeMicrophoneFile(microphone, { frequencyHz: 440, amplitude: 0.5, durationMs: 1000 });
    const coded = await runFfmpeg(['-i', microphone, '-c:a', 'aac', '-b:a', '96k', '-f', 'adts', 'pipe:1']);
    const middle = (await decodeSamples(coded)).subarray(9600, 38_400);
    expect(tonePower(middle, 48_000, 440)).toBeCloseTo(0.125, 2);
    expect(tonePower(middle, 48_000, 660)).toBeLessThan(1e-5);
  });
});
