import { describe, expect, it } from 'vitest';
import { matchTimecodes } from '../../../bench/lib/timecodes.ts';

const shown = [
  { counter: 0, atMs: 1000 },
  { counter: 1, atMs: 1033 },
  { counter: 2, atMs: 1067 },
];

describe('matchTimecodes', () => {
  it('gives the time from shown to seen for each picture', () => {
    const seen = [
      { counter: 0, atMs: 2500 },
      { counter: 2, atMs: 2600.5 },
    ];
    expect(matchTimecodes(shown, seen)).toEqual({ delaysMs: [1500, 1533.5], unmatchedCount: 0 });
  });

  it('counts a picture that stays on the screen once, at its first appearance', () => {
    const seen = [
      { counter: 1, atMs: 2000 },
      { counter: 1, atMs: 2033 },
      { counter: 2, atMs: 2067 },
    ];
    expect(matchTimecodes(shown, seen).delaysMs).toEqual([967, 1000]);
  });

  it('takes the last showing before the sight when counters started over', () => {
    const twoRounds = [...shown, { counter: 0, atMs: 5000 }, { counter: 1, atMs: 5033 }];
    const seen = [
      { counter: 0, atMs: 4000 },
      { counter: 1, atMs: 6000 },
    ];
    expect(matchTimecodes(twoRounds, seen).delaysMs).toEqual([3000, 967]);
  });

  it('sets apart what was never shown, or is seen before it was shown', () => {
    const seen = [
      { counter: 9, atMs: 2000 },
      { counter: 2, atMs: 1066 },
    ];
    expect(matchTimecodes(shown, seen)).toEqual({ delaysMs: [], unmatchedCount: 2 });
  });
});
