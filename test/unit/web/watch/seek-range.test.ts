import { describe, expect, it } from 'vitest';
import {
  behindText,
  behindWords,
  hasSeekBar,
  neighbourMark,
  type SeekView,
  seekTarget,
  spacedMarks,
} from '../../../../web/src/watch/seek-range.ts';

const view = (change: Partial<SeekView> = {}): SeekView => ({
  startSec: 0,
  liveSec: 4000,
  positionSec: 3000,
  isShifted: true,
  playerNumber: 1,
  marks: [10, 1000, 2999, 3500].map((timeSec) => ({ timeSec, label: `at ${timeSec}` })),
  ...change,
});

describe('hasSeekBar', () => {
  it.each([
    [undefined, false],
    [{ startSec: 0, liveSec: 27 }, false],
    [{ startSec: 5, liveSec: 65 }, true],
  ])('of %j is %s', (range, has) => expect(hasSeekBar(range)).toBe(has));
});

describe('seekTarget', () => {
  it.each([
    [50, 50],
    [-10, 14],
    [11, 14],
    [95.1, 'live'],
    [300, 'live'],
  ] as const)('of %s s between 10 and 100 s is %s', (wantedSec, target) =>
    expect(seekTarget({ startSec: 10, liveSec: 100 }, wantedSec)).toBe(target),
  );
});

describe('how far behind', () => {
  it.each([
    [3000, true, '-16:40', '16 minutes 40 seconds behind live'],
    [3999, true, '-0:01', '1 second behind live'],
    [339, true, '-1:01:01', '1 hour 1 minute 1 second behind live'],
    [4000, true, '-0:00', '0 seconds behind live'],
    [3990, false, 'Live', 'Live'],
  ])('at %s s (shifted: %s) is %s, and as words %s', (positionSec, isShifted, text, words) => {
    expect(behindText(view({ positionSec, isShifted }))).toBe(text);
    expect(behindWords(view({ positionSec, isShifted }))).toBe(words);
  });
});

describe('neighbourMark', () => {
  it.each([
    [-1, 1000],
    [1, 3500],
  ] as const)('in direction %s is at %s s: the one just begun is passed over', (direction, timeSec) =>
    expect(neighbourMark(view(), direction)?.timeSec).toBe(timeSec),
  );

  it('is undefined before the first and behind the last', () => {
    expect(neighbourMark(view({ positionSec: 5 }), -1)).toBeUndefined();
    expect(neighbourMark(view({ positionSec: 3600 }), 1)).toBeUndefined();
  });
});

describe('spacedMarks', () => {
  it('leaves out what could not be told from the one before', () => {
    const marks = Array.from({ length: 4000 }, (_, timeSec) => ({ timeSec, label: '' }));
    const spaced = spacedMarks(view({ marks }));
    expect(spaced.length).toBeLessThanOrEqual(150);
    expect(spaced[0]!.timeSec).toBe(0);
    expect(spacedMarks(view()).length).toBe(4);
  });
});
