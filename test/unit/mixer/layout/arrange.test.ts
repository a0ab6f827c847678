import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange } from '../../../../src/mixer/layout/arrange.ts';
import { type LayoutName, layoutNames } from '../../../../src/mixer/layout-contract.ts';
import { type Rect } from '../../../../src/mixer/picture/i420.ts';

const hd = { width: 1280, height: 720 };
const fullHd = { width: 1920, height: 1080 };
/** x, y, width, height of every place, the screen first. */
function rects(name: LayoutName, personCount: number, canvas = hd): number[][] {
  const { screen, people } = arrange(name, canvas, personCount);
  return [...(screen ? [screen] : []), ...people].map(({ x, y, width, height }) => [x, y, width, height]);
}

describe('arrange to the pixel', () => {
  it('spotlight: one alone is centred, others stand in a strip at the right edge, at most four', () => {
    expect(rects('spotlight', 1)).toEqual([[160, 90, 960, 540]]);
    expect(rects('spotlight', 3)).toEqual([
      [0, 90, 960, 540],
      [960, 180, 320, 180],
      [960, 360, 320, 180],
    ]);
    expect(rects('spotlight', 12)).toEqual([
      [0, 90, 960, 540],
      [960, 0, 320, 180],
      [960, 180, 320, 180],
      [960, 360, 320, 180],
      [960, 540, 320, 180],
    ]);
    expect(rects('spotlight', 2, fullHd)).toEqual([
      [0, 134, 1440, 810],
      [1440, 404, 480, 270],
    ]);
  });

  it('solo: one on the whole canvas, however many there are', () => {
    expect(rects('solo', 1)).toEqual([[0, 0, 1280, 720]]);
    expect(rects('solo', 12, fullHd)).toEqual([[0, 0, 1920, 1080]]);
  });

  it('side-by-side: two of 4:3, the others in a strip below, at most four', () => {
    expect(rects('side-by-side', 2)).toEqual([
      [0, 120, 640, 480],
      [640, 120, 640, 480],
    ]);
    expect(rects('side-by-side', 3)).toEqual([
      [0, 30, 640, 480],
      [640, 30, 640, 480],
      [480, 510, 320, 180],
    ]);
    expect(rects('side-by-side', 9).slice(2)).toEqual([0, 320, 640, 960].map((x) => [x, 510, 320, 180]));
    expect(rects('side-by-side', 3, fullHd)).toEqual([
      [0, 44, 960, 720],
      [960, 44, 960, 720],
      [720, 764, 480, 270],
    ]);
  });

  it.each([
    [1, 1280, 720, [[0, 0]]],
    [
      2,
      640,
      480,
      [
        [0, 120],
        [640, 120],
      ],
    ],
    [
      3,
      640,
      360,
      [
        [0, 0],
        [640, 0],
        [320, 360],
      ],
    ],
    [
      4,
      640,
      360,
      [
        [0, 0],
        [640, 0],
        [0, 360],
        [640, 360],
      ],
    ],
    [
      5,
      426,
      318,
      [
        [0, 42],
        [426, 42],
        [852, 42],
        [214, 360],
        [640, 360],
      ],
    ],
    [
      6,
      426,
      318,
      [
        [0, 42],
        [426, 42],
        [852, 42],
        [0, 360],
        [426, 360],
        [852, 360],
      ],
    ],
    [
      7,
      426,
      240,
      [
        [0, 0],
        [426, 0],
        [852, 0],
        [0, 240],
        [426, 240],
        [852, 240],
        [426, 480],
      ],
    ],
    [
      8,
      426,
      240,
      [
        [0, 0],
        [426, 0],
        [852, 0],
        [0, 240],
        [426, 240],
        [852, 240],
        [214, 480],
        [640, 480],
      ],
    ],
    [
      9,
      426,
      240,
      [
        [0, 0],
        [426, 0],
        [852, 0],
        [0, 240],
        [426, 240],
        [852, 240],
        [0, 480],
        [426, 480],
        [852, 480],
      ],
    ],
  ] as const)('grid of %i: tiles of %ix%i', (personCount, width, height, corners) => {
    expect(rects('grid', personCount)).toEqual(corners.map(([x, y]) => [x, y, width, height]));
  });

  it('grid of more than nine shows nine', () => {
    expect(rects('grid', 12)).toEqual(rects('grid', 9));
  });

  it('screen-strip: the screen takes what a strip of at most six leaves', () => {
    expect(rects('screen-strip', 1)).toEqual([
      [0, 0, 1068, 720],
      [1068, 300, 212, 120],
    ]);
    expect(rects('screen-strip', 12)).toHaveLength(7);
    expect(rects('screen-strip', 6).at(-1)).toEqual([1068, 600, 212, 120]);
    expect(rects('screen-strip', 1, fullHd)).toEqual([
      [0, 0, 1600, 1080],
      [1600, 450, 320, 180],
    ]);
  });

  it('screen-pip: the screen on the whole canvas, one person over its corner with a margin', () => {
    expect(rects('screen-pip', 5)).toEqual([
      [0, 0, 1280, 720],
      [936, 516, 320, 180],
    ]);
    expect(rects('screen-pip', 5, fullHd)).toEqual([
      [0, 0, 1920, 1080],
      [1404, 774, 480, 270],
    ]);
  });
});

const canvases = fc.record({
  width: fc.integer({ min: 20, max: 480 }).map((eighth) => eighth * 8),
  height: fc.integer({ min: 20, max: 270 }).map((eighth) => eighth * 8),
});
const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe('arrange on any canvas of 16:9 and for any number of people', () => {
  const anything = [
    fc.constantFrom(...layoutNames),
    fc.integer({ min: 20, max: 240 }).map((unit) => ({ width: unit * 16, height: unit * 9 - ((unit * 9) % 2) })),
    fc.integer({ min: 1, max: 14 }),
  ] as const;

  it('keeps every place even, not empty and on the canvas', () => {
    fc.assert(
      fc.property(...anything, (name, canvas, personCount) => {
        const { screen, people, mainCount } = arrange(name, canvas, personCount);
        for (const { x, y, width, height } of [...people, ...(screen ? [screen] : [])]) {
          for (const side of [x, y, width, height]) expect(side % 2).toBe(0);
          expect(Math.min(width, height)).toBeGreaterThan(0);
          expect(x >= 0 && y >= 0 && x + width <= canvas.width && y + height <= canvas.height).toBe(true);
        }
        expect(people.length).toBeGreaterThanOrEqual(1);
        expect(people.length).toBeLessThanOrEqual(personCount);
        expect(mainCount >= 1 && mainCount <= people.length).toBe(true);
      }),
    );
  });

  it('lets no places overlap, but for people laid over a screen', () => {
    fc.assert(
      fc.property(...anything, (name, canvas, personCount) => {
        const { screen, people, isOverlaid } = arrange(name, canvas, personCount);
        const beside = screen && !isOverlaid ? [screen, ...people] : people;
        beside.forEach((a, index) => {
          for (const b of beside.slice(index + 1)) expect(overlaps(a, b)).toBe(false);
        });
        expect(isOverlaid).toBe(name === 'screen-pip');
      }),
    );
  });

  it('keeps grids and solo on the canvas for canvases of other shapes too', () => {
    fc.assert(
      fc.property(canvases, fc.integer({ min: 1, max: 12 }), (canvas, personCount) => {
        for (const name of ['grid', 'solo'] as const) {
          for (const { x, y, width, height } of arrange(name, canvas, personCount).people) {
            expect(x >= 0 && y >= 0 && x + width <= canvas.width && y + height <= canvas.height).toBe(true);
          }
        }
      }),
    );
  });
});
