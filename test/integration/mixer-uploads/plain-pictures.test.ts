/** Uploaded pictures through the real sandbox: what comes out is a PNG of ours, or a coded refusal. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { chooseSandbox, PlainPictures } from '../../../src/mixer/index.ts';
import { writePng } from '../../../src/mixer/uploads/write-png.ts';
import { withExif } from '../../support/mixer/exif.ts';
import { pngClaiming } from '../../support/tiny-picture.ts';

const base = { clock: systemClock, logger: silentLogger, ffmpegPath: 'ffmpeg' };
const sandbox = await chooseSandbox({ ...base, metrics: new Metrics(), mode: 'best-effort' });
const canvas = { width: 320, height: 180 };
const pictures = new PlainPictures({ ...base, sandbox, canvas });
const run = promisify(execFile);

/** Red on the left, transparent (black in a JPEG) on the right. */
function drawing(width = 62, height = 34) {
  const surface = createCanvas(width, height);
  const context = surface.getContext('2d');
  context.fillStyle = '#ff0000';
  context.fillRect(0, 0, width / 2, height);
  return surface;
}

async function pixelsOf(png: Uint8Array) {
  const image = await loadImage(Buffer.from(png));
  const surface = createCanvas(image.width, image.height);
  const context = surface.getContext('2d');
  context.drawImage(image, 0, 0);
  const at = (x: number, y: number) => Array.from(context.getImageData(x, y, 1, 1).data);
  return { width: image.width, height: image.height, at };
}

/** Two pictures, red then blue. */
async function animation(format: 'apng' | 'webp'): Promise<Buffer> {
  const codec = format === 'apng' ? ['-plays', '0', '-f', 'apng'] : ['-c:v', 'libwebp_anim', '-f', 'webp'];
  const inputs = ['red', 'blue'].flatMap((colour) => ['-f', 'lavfi', '-i', `color=${colour}:s=32x16:d=0.04`]);
  const args = ['-loglevel', 'error', ...inputs, '-filter_complex', 'concat=n=2', ...codec, 'pipe:1'];
  return (await run('ffmpeg', args, { encoding: 'buffer' })).stdout;
}

const isRed = ([r, g, b]: readonly number[]) => r! > 200 && g! < 60 && b! < 60;
const invalid = expect.objectContaining({ code: 'MIXER_IMAGE_INVALID' }) as Error;

describe('PlainPictures make', () => {
  it('of a PNG keeps colours, transparency and size', async () => {
    const { width, height, at } = await pixelsOf(await pictures.make('logo', drawing().toBuffer('image/png')));
    expect([width, height]).toEqual([62, 34]);
    expect(at(10, 10)).toEqual([255, 0, 0, 255]);
    expect(at(50, 10)[3]).toBe(0);
  });

  it('of a WebP gives a PNG with its transparency', async () => {
    const png = await pictures.make('logo', drawing().toBuffer('image/webp'));
    expect(Buffer.from(png).subarray(1, 4).toString()).toBe('PNG');
    const { at } = await pixelsOf(png);
    expect(isRed(at(10, 10))).toBe(true);
    expect(at(50, 10)[3]).toBe(0);
  });

  it('of a picture from a phone gives it upright, whatever thumbnail it carries', async () => {
    const jpeg = drawing().toBuffer('image/jpeg');
    const { width, height, at } = await pixelsOf(await pictures.make('logo', withExif(jpeg, 6, 'MM', jpeg)));
    expect([width, height]).toEqual([34, 62]);
    // Turned clockwise: what was left is on top.
    expect(isRed(at(17, 10))).toBe(true);
    expect(isRed(at(17, 50))).toBe(false);
  });

  it('of a large background gives a picture of the canvas, without transparency', async () => {
    const { width, height, at } = await pixelsOf(
      await pictures.make('background', drawing(900, 700).toBuffer('image/png')),
    );
    expect([width, height]).toEqual([canvas.width, canvas.height]);
    expect(at(300, 90)).toEqual([0, 0, 0, 255]);
  });

  it('of an animated PNG gives its first picture', async () => {
    const { at } = await pixelsOf(await pictures.make('logo', await animation('apng')));
    expect(isRed(at(16, 8))).toBe(true);
  });

  it('rejects an animated WebP with MIXER_IMAGE_INVALID, which FFmpeg cannot read', async () => {
    await expect(pictures.make('logo', await animation('webp'))).rejects.toThrow(invalid);
  });

  it.each([
    ['PNG', drawing().toBuffer('image/png')],
    ['JPEG', drawing().toBuffer('image/jpeg')],
    ['WebP', drawing().toBuffer('image/webp')],
  ])('rejects a %s that is cut off with MIXER_IMAGE_INVALID', async (_format, file) => {
    await expect(pictures.make('logo', file.subarray(0, file.length * 0.85))).rejects.toThrow(invalid);
  });

  it('rejects a PNG whose body is noise with MIXER_IMAGE_INVALID', async () => {
    const file = Buffer.from(writePng({ width: 64, height: 64, bytesPerPixel: 4, data: new Uint8Array(4 * 64 * 64) }));
    const body = file.indexOf('IDAT') + 4;
    for (let at = body; at < file.length - 16; at++) file[at] = (at * 167) & 255;
    await expect(pictures.make('logo', file)).rejects.toThrow(invalid);
  });

  it('rejects SVG with MIXER_IMAGE_INVALID and a header of 400 megapixels with MIXER_IMAGE_TOO_LARGE', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>');
    await expect(pictures.make('logo', svg)).rejects.toThrow(invalid);
    const tooLarge = expect.objectContaining({ code: 'MIXER_IMAGE_TOO_LARGE' }) as Error;
    await expect(pictures.make('logo', pngClaiming(20_000, 20_000))).rejects.toThrow(tooLarge);
  });

  it('of a bomb that stays within the limits gives a small picture; one that outgrows its header harms nobody', async () => {
    const side = 4096;
    const blank = writePng({ width: side, height: side, bytesPerPixel: 4, data: new Uint8Array(4 * side * side) });
    const { width, height } = await pixelsOf(await pictures.make('logo', blank));
    expect([width, height]).toEqual([360, 360]);
    // Thirty-two pixels of header, 64 MB of rows.
    const lying = Buffer.from(blank);
    lying.writeUInt32BE(32, 16);
    lying.writeUInt32BE(1, 20);
    const outcome = await pictures.make('logo', lying).then(pixelsOf, (error: { code: string }) => error.code);
    // The rest is never unpacked: FFmpeg may take the pixels it was promised, or refuse.
    if (outcome !== 'MIXER_IMAGE_INVALID') expect(outcome).toMatchObject({ width: 32, height: 1 });
  });

  it('of a text chunk that unpacks to 128 MB gives the picture or a refusal, and goes on', async () => {
    const file = Buffer.from(drawing().toBuffer('image/png'));
    const text = Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(128 * 1024 * 1024))]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    const bomb = Buffer.concat([
      file.subarray(0, 33),
      ...[length, Buffer.from('zTXt'), text, Buffer.alloc(4)],
      file.subarray(33),
    ]);
    await pictures.make('logo', bomb).catch((error: unknown) => expect(error).toEqual(invalid));
    await expect(pictures.make('logo', file)).resolves.toBeInstanceOf(Uint8Array);
  });

  it('rejects the fifth picture at a time with MIXER_IMAGE_BUSY', async () => {
    const file = drawing().toBuffer('image/png');
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => pictures.make('logo', file)));
    expect(results.map(({ status }) => status)).toEqual([...Array<string>(4).fill('fulfilled'), 'rejected']);
    expect(results[4]).toMatchObject({ reason: { code: 'MIXER_IMAGE_BUSY' } });
  });
});
