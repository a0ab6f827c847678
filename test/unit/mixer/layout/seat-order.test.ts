import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrangeSeats } from '../../../../src/mixer/layout/seat-order.ts';

const spotlight = { mainCount: 1, placeCount: 5 };
const sideBySide = { mainCount: 2, placeCount: 6 };
const grid = { mainCount: 9, placeCount: 9 };
const ten = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

interface Wishes {
  spotlightId?: string | null;
  pinnedIds?: string[];
  recentIds?: string[];
}

const seats = (previous: string, present: string, rule: typeof grid, wishes: Wishes = {}): string =>
  arrangeSeats([...previous], [...present], rule, { spotlightId: null, pinnedIds: [], recentIds: [], ...wishes }).join(
    '',
  );

describe('arrangeSeats', () => {
  it('appends newcomers and closes the gap of a leaver', () => {
    expect(seats('', 'abc', spotlight, { spotlightId: 'a' })).toBe('abc');
    expect(seats('abc', 'acd', spotlight, { spotlightId: 'a' })).toBe('acd');
    expect(seats('abc', '', spotlight)).toBe('');
  });

  it('swaps the promoted with the one in the spotlight and moves nobody else', () => {
    expect(seats('abcd', 'abcd', spotlight, { spotlightId: 'c' })).toBe('cbad');
  });

  it('keeps the strip in order when the one in the spotlight leaves', () => {
    expect(seats('abcd', 'bcd', spotlight, { spotlightId: 'd' })).toBe('dbc');
    expect(seats('abcd', 'bcd', spotlight, { spotlightId: 'b' })).toBe('bcd');
  });

  it('sends the former speaker to the last place in view when somebody unseen is promoted', () => {
    expect(seats('abcdefg', 'abcdefg', spotlight, { spotlightId: 'g' })).toBe('gbcdafe');
  });

  it('side by side changes nothing between the two who talk, and replaces the one silent for longer', () => {
    expect(seats('abcd', 'abcd', sideBySide, { spotlightId: 'b', recentIds: ['b', 'a'] })).toBe('abcd');
    expect(seats('abcd', 'abcd', sideBySide, { spotlightId: 'c', recentIds: ['c', 'b', 'a'] })).toBe('cbad');
    expect(seats('abcd', 'abcd', sideBySide, { spotlightId: 'c', recentIds: ['c', 'a', 'b'] })).toBe('acbd');
    expect(seats('abcde', 'bcde', sideBySide, { spotlightId: 'e', recentIds: ['e', 'b'] })).toBe('becd');
  });

  it('a grid moves nobody while the speaker is in view, else the one silent for longest goes out of view', () => {
    const all = ten.join('');
    expect(seats(all, all, grid, { spotlightId: 'f' })).toBe(all);
    expect(seats(all, all, grid, { spotlightId: 'j', recentIds: ['j', 'i', 'h'] })).toBe('abcdefjhig');
    expect(seats(all, all, grid, { spotlightId: 'j' })).toBe('abcdefghji');
  });

  it('seats the pinned first, in their order, whoever speaks', () => {
    expect(seats('abcd', 'abcd', spotlight, { spotlightId: 'b', pinnedIds: ['c'] })).toBe('cbad');
    expect(seats('abcd', 'abcd', sideBySide, { spotlightId: 'b', pinnedIds: ['d', 'c'] })).toBe('dcba');
    expect(seats('abcd', 'abcd', sideBySide, { spotlightId: 'c', pinnedIds: ['b'], recentIds: ['c', 'a'] })).toBe(
      'bcad',
    );
  });

  it('seats everybody once, the spotlight in view, and repeats itself', () => {
    const people = fc.subarray(ten, { minLength: 1 });
    fc.assert(
      fc.property(
        fc.shuffledSubarray(ten),
        people,
        fc.constantFrom(spotlight, sideBySide, grid),
        fc.nat(),
        fc.shuffledSubarray(ten),
        (previous, present, { mainCount, placeCount }, pick, recentIds) => {
          const count = Math.min(placeCount, present.length);
          const rule = { mainCount: Math.min(mainCount, count), placeCount: count };
          const spotlightId = present[pick % present.length]!;
          const wishes = { spotlightId, pinnedIds: [], recentIds };
          const order = arrangeSeats(previous, present, rule, wishes);
          expect(order.toSorted()).toEqual(present.toSorted());
          expect(order.indexOf(spotlightId)).toBeLessThan(rule.mainCount);
          expect(arrangeSeats(order, present, rule, wishes)).toEqual(order);
        },
      ),
    );
  });
});
