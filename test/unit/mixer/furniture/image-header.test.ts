import { createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxImageBytes } from '../../../../src/mixer/branding.ts';
import { readImageHeader } from '../../../../src/mixer/furniture/image-header.ts';
import { inspectImage } from '../../../../src/mixer/furniture/inspect-image.ts';

const canvas = createCanvas(62, 34);
const png = new Uint8Array(canvas.toBuffer('image/png'));

/** The same file, claiming another size. */
function claiming(width: number, height: number): Uint8Array {
  const bytes = png.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

const ascii = (text: string) => Array.from(text, (character) => character.charCodeAt(0));
const webp = (chunk: string, payload: number[]) =>
  Uint8Array.from([
    ...ascii('RIFF'),
    0,
    0,
    0,
    0,
    ...ascii(`WEBP${chunk}`),
    0,
    0,
    0,
    0,
    ...payload,
    ...Array<number>(16).fill(0),
  ]);

describe('readImageHeader', () => {
  it('reads the size of what a canvas writes as PNG, JPEG and WebP', () => {
    expect(readImageHeader(png)).toEqual({ format: 'png', width: 62, height: 34 });
    const jpeg = new Uint8Array(canvas.toBuffer('image/jpeg'));
    expect(readImageHeader(jpeg)).toEqual({ format: 'jpeg', width: 62, height: 34 });
    expect(readImageHeader(new Uint8Array(canvas.toBuffer('image/webp')))).toMatchObject({ width: 62, height: 34 });
  });

  it('reads lossy, lossless and extended WebP', () => {
    const lossy = webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00]);
    expect(readImageHeader(lossy)).toEqual({ format: 'webp', width: 320, height: 240 });
    const bits = (319 | (239 << 14)) >>> 0;
    const lossless = webp('VP8L', [0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, bits >>> 24]);
    expect(readImageHeader(lossless)).toEqual({ format: 'webp', width: 320, height: 240 });
    const extended = webp('VP8X', [0, 0, 0, 0, 0x3f, 0x01, 0x00, 0xef, 0x00, 0x00]);
    expect(readImageHeader(extended)).toEqual({ format: 'webp', width: 320, height: 240 });
  });

  it('passes over the segments before the frame header of a JPEG, and never loops or leaves the file', () => {
    const jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17, 8, 0, 34, 0, 62, 3, 0];
    expect(readImageHeader(Uint8Array.from(jpeg))).toEqual({ format: 'jpeg', width: 62, height: 34 });
    expect(readImageHeader(Uint8Array.from([0xff, 0xd8, ...Array<number>(5000).fill(0xff)]))).toBeUndefined();
    expect(readImageHeader(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 0, 0, 0, 0, 0, 0]))).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>'],
    ['GIF', 'GIF89a\u0001\u0000\u0001\u0000-----------------'],
    ['HTML', '<!doctype html><html><body>hello</body></html>'],
  ])('takes %s for no picture', (_, text) => {
    expect(readImageHeader(Uint8Array.from(ascii(text)))).toBeUndefined();
  });

  it('of any bytes, and of any damage to a picture, gives a positive size or nothing', () => {
    const check = (bytes: Uint8Array) => {
      const header = readImageHeader(bytes);
      if (header !== undefined) expect(Math.min(header.width, header.height)).toBeGreaterThan(0);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check));
    const heads = [[0xff, 0xd8], Array.from(png.subarray(0, 8)), ascii('RIFF0000WEBPVP8X')];
    const damaged = fc.tuple(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 60 }));
    fc.assert(fc.property(damaged, ([head, tail]) => check(Uint8Array.from([...head, ...tail]))));
  });
});

describe('inspectImage', () => {
  it('takes a picture within the limits', () => {
    expect(inspectImage(png).format).toBe('png');
    expect(inspectImage(claiming(4096, 4096)).width).toBe(4096);
  });

  it.each([
    [20_000, 20_000],
    [8193, 10],
    [4097, 4096],
    [0xffff_ffff, 0xffff_ffff],
  ])('refuses %i x %i pixels by the header alone', (width, height) => {
    expect(() => inspectImage(claiming(width, height))).toThrow(
      expect.objectContaining({ code: 'MIXER_IMAGE_TOO_LARGE' }),
    );
  });

  it('refuses too many bytes and what is no picture', () => {
    const tooLong = new Uint8Array(maxImageBytes + 1);
    expect(() => inspectImage(tooLong)).toThrow(expect.objectContaining({ code: 'MIXER_IMAGE_TOO_LARGE' }));
    const garbage = Uint8Array.from(ascii('garbage'));
    expect(() => inspectImage(garbage)).toThrow(expect.objectContaining({ code: 'MIXER_IMAGE_INVALID' }));
  });
});
