import { describe, expect, it } from 'vitest';
import { TileRequests } from '../../../../src/mixer/program/tile-requests.ts';
import { type TileSize } from '../../../../src/mixer/source-contract.ts';

const large = { width: 960, height: 540 };
const small = { width: 320, height: 180 };

describe('TileRequests', () => {
  it('update asks once per change, for newcomers too, and forgets who left', () => {
    const asked: [string, TileSize | undefined][] = [];
    const requests = new TileRequests((sourceId, size) => asked.push([sourceId, size]));
    const update = (wanted: Record<string, TileSize | undefined>): void =>
      requests.update(new Map(Object.entries(wanted)), 0);
    update({ s1: large, s2: small });
    update({ s1: large, s2: small });
    update({ s2: large });
    update({ s1: large, s2: { ...large, fit: 'contain' } });
    expect(asked).toEqual([
      ['s1', large],
      ['s2', small],
      ['s2', large],
      ['s1', large],
      ['s2', { ...large, fit: 'contain' }],
    ]);
  });

  it('askedForMs counts from the first size on, through changes of size, and anew after a break', () => {
    const requests = new TileRequests(() => undefined);
    const update = (size: TileSize | undefined, nowMs: number): void => requests.update(new Map([['s1', size]]), nowMs);
    expect(requests.askedForMs('s1', 100)).toBe(0);
    update(small, 100);
    update(large, 200);
    expect(requests.askedForMs('s1', 300)).toBe(200);
    update(undefined, 400);
    expect(requests.askedForMs('s1', 500)).toBe(0);
    update(small, 600);
    expect(requests.askedForMs('s1', 650)).toBe(50);
  });
});
