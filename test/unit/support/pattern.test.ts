import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  createTone,
  drawPattern,
  identityColour,
  meanYuv,
  patternPageScript,
  readPattern,
} from '../../support/pattern/index.ts';
import { rgbToYuv, tonePower, yuvToRgb } from '../../support/pattern/index.ts';

const size = { width: 320, height: 180 };

function lumaOf(picture: Uint8Array) {
  return { ...size, bytesPerPixel: 1, data: picture } as const;
}

describe('readPattern', () => {
  it('returns what was drawn, for every identity and counters all over the range', () => {
    for (let identity = 0; identity < 16; identity++) {
      for (const counter of [0, 1, 7, 255, 256, 2730, 4095]) {
        const picture = drawPattern({ identity, counter }, size.width, size.height);
        expect(readPattern(lumaOf(picture))).toEqual({ identity, counter });
      }
    }
  });

  it('returns undefined for plain, grey and random pictures', () => {
    const plain = [0, 16, 128, 235, 255].map((luma) => new Uint8Array(320 * 180).fill(luma));
    for (const data of plain) expect(readPattern(lumaOf(data))).toBeUndefined();
    const noise = Uint8Array.from({ length: 320 * 180 }, (_, index) => (index * 2_654_435_761) >>> 24);
    expect(readPattern(lumaOf(noise))).toBeUndefined();
  });

  it('returns undefined when any one cell is flipped', () => {
    const good = drawPattern({ identity: 3, counter: 1234 }, size.width, size.height);
    for (let cell = 0; cell < 32; cell++) {
      const data = Uint8Array.from(good);
      const [left, top] = [32 + (cell % 8) * 32, 18 + Math.floor(cell / 8) * 27];
      for (let y = top; y < top + 27; y++) {
        for (let x = left; x < left + 32; x++) data[y * 320 + x] = data[y * 320 + x]! > 128 ? 16 : 235;
      }
      expect(readPattern(lumaOf(data))).toBeUndefined();
    }
  });

  it('returns undefined for a rectangle beside the picture', () => {
    const picture = drawPattern({ identity: 3, counter: 9 }, size.width, size.height);
    expect(readPattern(lumaOf(picture), { x: 300, y: 170, ...size })).toBeUndefined();
  });

  it('works on RGBA when its source is evaluated on its own, as in a page', () => {
    const page = createContext({});
    runInContext(patternPageScript, page);
    const read = runInContext('readPattern', page) as typeof readPattern;
    const luma = drawPattern({ identity: 11, counter: 42 }, size.width, size.height);
    const data = Uint8Array.from({ length: 320 * 180 * 4 }, (_, index) => luma[index >> 2]!);
    expect(read({ ...size, bytesPerPixel: 4, data })).toEqual({ identity: 11, counter: 42 });
  });
});

describe('identityColour', () => {
  it('survives the way to I420 and back within 3 steps of 255', () => {
    for (let identity = 0; identity < 16; identity++) {
      const wanted = identityColour(identity);
      const picture = drawPattern({ identity, counter: 0 }, size.width, size.height);
      const found = yuvToRgb(meanYuv(picture, 320, 180, { x: 0, y: 160, width: 320, height: 20 }));
      for (const name of ['r', 'g', 'b'] as const) expect(Math.abs(found[name] - wanted[name])).toBeLessThanOrEqual(3);
    }
  });
});

describe('rgbToYuv', () => {
  it('maps black, white and grey to limited range without colour', () => {
    expect(rgbToYuv({ r: 0, g: 0, b: 0 })).toEqual({ y: 16, u: 128, v: 128 });
    expect(rgbToYuv({ r: 255, g: 255, b: 255 })).toEqual({ y: 235, u: 128, v: 128 });
  });
});

describe('tonePower', () => {
  it('is half the squared amplitude at the tone and nothing an octave away', () => {
    const samples = createTone({ frequencyHz: 1000, amplitude: 0.5, durationMs: 100 });
    expect(tonePower(samples, 48_000, 1000)).toBeCloseTo(0.125, 4);
    expect(tonePower(samples, 48_000, 2000)).toBeLessThan(1e-9);
  });

  it('follows the gate of a gated tone', () => {
    const samples = createTone({ frequencyHz: 1000, amplitude: 0.5, durationMs: 400, gate: { onMs: 100, offMs: 100 } });
    const powerAt = (ms: number) => tonePower(samples.subarray(ms * 48, (ms + 50) * 48), 48_000, 1000);
    expect(powerAt(25)).toBeCloseTo(0.125, 3);
    expect(powerAt(125)).toBe(0);
    expect(powerAt(225)).toBeCloseTo(0.125, 3);
  });
});
