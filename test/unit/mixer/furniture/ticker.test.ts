import { describe, expect, it } from 'vitest';
import { plainLook } from '../../../../src/mixer/furniture/look.ts';
import { Ticker, tickerHeightOf } from '../../../../src/mixer/furniture/ticker.ts';
import { createI420, type I420Canvas } from '../../../../src/mixer/picture/i420.ts';
import { itDrawsText } from '../../../support/fonts.ts';

const canvas = { width: 640, height: 360 };
const lookWith = (ticker: string) => ({ ...plainLook('A title'), ticker });
const untouched = { y: 255, u: 90, v: 90 };

function frameOf(ticker: Ticker, frameCount: number): I420Canvas {
  const picture = createI420(canvas.width, canvas.height, untouched);
  ticker.draw(picture, frameCount);
  return picture;
}

/** One row through the middle of the letters. */
function rowOf(picture: I420Canvas, ticker: Ticker): number[] {
  const y = canvas.height - Math.round(ticker.height / 2);
  return Array.from(picture.data.subarray(y * canvas.width, (y + 1) * canvas.width));
}

describe('Ticker', () => {
  it.each([
    [720, 30, 4],
    [720, 25, 4],
    [1080, 30, 6],
    [1080, 25, 8],
  ])('on %i lines at %i fps moves an even number of pixels per frame: %i', (height, frameRate, pixels) => {
    const ticker = new Ticker({ width: (height * 16) / 9, height }, lookWith('Hello'), frameRate);
    expect(ticker.pixelsPerFrame).toBe(pixels);
  });

  it('draw moves the text by exactly its speed in every frame, and touches nothing above the band', () => {
    const ticker = new Ticker(canvas, lookWith('Hello world, this is the news'), 30);
    const step = ticker.pixelsPerFrame;
    for (const frame of [200, 201, 377]) {
      const now = rowOf(frameOf(ticker, frame), ticker);
      const next = rowOf(frameOf(ticker, frame + 1), ticker);
      expect(next.slice(0, -step)).toEqual(now.slice(step));
    }
    const picture = frameOf(ticker, 300);
    const above = canvas.width * (canvas.height - ticker.height);
    expect(picture.data.subarray(0, above).every((value) => value === untouched.y)).toBe(true);
    expect(new Set(picture.data.subarray(above, canvas.width * canvas.height)).has(untouched.y)).toBe(false);
  });

  itDrawsText('draw begins with an empty band, lets the text in at the right, and repeats without end', () => {
    const ticker = new Ticker(canvas, lookWith('Hello'), 30);
    const empty = rowOf(frameOf(ticker, 0), ticker);
    expect(new Set(empty).size).toBe(1);
    const soon = rowOf(frameOf(ticker, 20), ticker);
    expect(new Set(soon.slice(0, canvas.width - 20 * ticker.pixelsPerFrame)).size).toBe(1);
    expect(new Set(soon).size).toBeGreaterThan(5);
    // Long after: never empty, because the text is narrower than the canvas.
    for (const frame of [1e4, 1e5, 1e7]) expect(new Set(rowOf(frameOf(ticker, frame), ticker)).size).toBeGreaterThan(5);
  });

  itDrawsText('draw lets Arabic in at the left and moves it to the right', () => {
    const ticker = new Ticker(canvas, lookWith('أهلا وسهلا بكم في هذه الندوة'), 30);
    const step = ticker.pixelsPerFrame;
    const soon = rowOf(frameOf(ticker, 25), ticker);
    expect(new Set(soon.slice(25 * step)).size).toBe(1);
    expect(new Set(soon).size).toBeGreaterThan(5);
    const now = rowOf(frameOf(ticker, 500), ticker);
    const next = rowOf(frameOf(ticker, 501), ticker);
    expect(next.slice(step)).toEqual(now.slice(0, -step));
  });

  itDrawsText('has no height without visible text, and bounds its strip for very long text', () => {
    expect(tickerHeightOf(canvas, lookWith(' \n\u200b'))).toBe(0);
    const ticker = new Ticker(canvas, lookWith('wide '.repeat(5000)), 30);
    expect(new Set(rowOf(frameOf(ticker, 4000), ticker)).size).toBeGreaterThan(5);
  });
});
