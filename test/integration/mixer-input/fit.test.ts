import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { decoderArgs } from '../../../src/mixer/ffmpeg/decoder-command.ts';
import { type TileFit } from '../../../src/mixer/source-contract.ts';

async function run(args: readonly string[], input: Uint8Array): Promise<Buffer> {
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
  return Buffer.concat(chunks);
}

/** Luma of one white picture of a size, decoded into a 320x180 tile: at its left edge, its top edge and its middle. */
async function decodedLuma(width: number, height: number, fit: TileFit): Promise<[number, number, number]> {
  const source = `color=white:size=${width}x${height}:rate=1`;
  const encoderArgs = ['-loglevel', 'error', '-f', 'lavfi', '-i', source, '-frames:v', '1', '-c:v', 'libvpx'];
  const ivf = await run([...encoderArgs, '-f', 'ivf', 'pipe:1'], new Uint8Array());
  const picture = await run(decoderArgs({ codec: 'VP8', width: 320, height: 180, fit }), ivf);
  expect(picture).toHaveLength((320 * 180 * 3) / 2);
  return [picture[90 * 320 + 4]!, picture[2 * 320 + 160]!, picture[90 * 320 + 160]!];
}

describe('decoderArgs run by FFmpeg', () => {
  it.each([
    ['a 4:3 camera fills the tile', 640, 480, 'cover', [true, true, true]],
    ['a camera in portrait is shown whole', 360, 640, 'cover', [false, true, true]],
    ['a 4:3 screen is shown whole', 640, 480, 'contain', [false, true, true]],
    ['an ultrawide screen is shown whole', 1680, 720, 'contain', [true, false, true]],
    ['a screen of 4K is taken', 3840, 2160, 'contain', [true, true, true]],
  ] as const)(
    '%s',
    async (_title, width, height, fit, isWhite) => {
      const luma = await decodedLuma(width, height, fit);
      expect(luma.map((value) => value > 200)).toEqual(isWhite);
      expect(luma.map((value) => value < 30)).toEqual(isWhite.map((white) => !white));
    },
    30_000,
  );
});
