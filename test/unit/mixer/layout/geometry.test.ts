import { describe, expect, it } from 'vitest';
import { columnIn, evenFloor, evenNearest, gridIn, rowIn, shareOf } from '../../../../src/mixer/layout/geometry.ts';

const area = { x: 100, y: 50, width: 1000, height: 600 };
const tile = { width: 300, height: 200 };

describe('geometry', () => {
  it('evenNearest and evenFloor give even numbers', () => {
    expect([evenNearest(3.2), evenNearest(4.9), evenNearest(-1.2)]).toEqual([4, 4, -2]);
    expect([evenFloor(213.3), evenFloor(212), evenFloor(3)]).toEqual([212, 212, 2]);
    expect(shareOf({ width: 1280, height: 720 }, 1 / 6)).toEqual({ width: 212, height: 120 });
  });

  it('rowIn and columnIn centre their tiles without gaps', () => {
    expect(rowIn(area, 2, tile)).toEqual([
      { x: 300, y: 250, ...tile },
      { x: 600, y: 250, ...tile },
    ]);
    expect(columnIn(area, 3, tile)).toEqual([
      { x: 450, y: 50, ...tile },
      { x: 450, y: 250, ...tile },
      { x: 450, y: 450, ...tile },
    ]);
    expect(columnIn(area, 0, tile)).toEqual([]);
  });

  it('gridIn fills rows from the top and centres an incomplete last one', () => {
    expect(gridIn(area, 5, 3, tile).map(({ x, y }) => [x, y])).toEqual([
      [150, 150],
      [450, 150],
      [750, 150],
      [300, 350],
      [600, 350],
    ]);
  });
});
