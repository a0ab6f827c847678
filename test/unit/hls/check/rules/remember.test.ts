import { expect, it } from 'vitest';
import { remember } from '../../../../../src/hls/check/rules/remember.ts';

it('remember keeps the entries that were set last, up to its limit', () => {
  const map = new Map<string, number>();
  for (const [index, key] of ['a', 'b', 'a', 'c', 'd'].entries()) remember(map, key, index, 3);
  expect([...map]).toEqual([
    ['a', 2],
    ['c', 3],
    ['d', 4],
  ]);
});
