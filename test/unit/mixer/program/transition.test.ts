import { describe, expect, it } from 'vitest';
import { createI420, type I420Canvas } from '../../../../src/mixer/picture/i420.ts';
import { Crossfade } from '../../../../src/mixer/program/transition.ts';

const size = { width: 16, height: 8 };
const byteLength = (16 * 8 * 3) / 2;
const flat = (luma: number): I420Canvas => createI420(size.width, size.height, { y: luma, u: 128, v: 128 });

/** Luma of the frames from `first` on: a new picture of luma 200 each time. */
function fade(crossfade: Crossfade, first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const picture = flat(200);
    const isBlended = crossfade.apply(picture, first + index);
    expect(new Set(picture.data.subarray(0, 128)).size).toBe(1);
    expect(isBlended).toBe(picture.data[0] !== 200);
    return picture.data[0]!;
  });
}

describe('Crossfade', () => {
  it.each([
    [30, 8],
    [25, 6],
  ])('at %i fps takes %i frames from the last old picture to the first new one, in even steps', (frameRate, count) => {
    const crossfade = new Crossfade(byteLength, frameRate);
    expect(crossfade.frameCount).toBe(count);
    crossfade.begin(flat(40), 100);
    const expected = Array.from({ length: count + 2 }, (_, index) =>
      Math.round(40 + 160 * Math.min(1, (index + 1) / count)),
    );
    const shown = fade(crossfade, 100, count + 2);
    shown.forEach((luma, index) => expect(Math.abs(luma - expected[index]!)).toBeLessThanOrEqual(1));
    expect(shown.slice(count - 1)).toEqual([200, 200, 200]);
    expect(shown[count - 2]).toBeLessThan(200);
    expect(crossfade.isRunning).toBe(false);
  });

  it('apply does nothing before begin', () => {
    expect(fade(new Crossfade(byteLength, 30), 0, 2)).toEqual([200, 200]);
  });

  it('a change during a crossfade begins with what is seen then, also when that is its own last picture', () => {
    const crossfade = new Crossfade(byteLength, 30);
    crossfade.begin(flat(40), 100);
    const seen = flat(200);
    crossfade.apply(seen, 101);
    expect(seen.data[0]).toBe(80);
    crossfade.begin(seen, 102);
    expect(fade(crossfade, 102, 9).map((luma) => luma)).toEqual([95, 110, 125, 140, 155, 170, 185, 200, 200]);
  });

  it('frames that were never composed only shorten it', () => {
    const crossfade = new Crossfade(byteLength, 30);
    crossfade.begin(flat(40), 100);
    expect(fade(crossfade, 120, 1)).toEqual([200]);
    expect(crossfade.isRunning).toBe(false);
  });
});
