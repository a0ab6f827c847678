import { describe, expect, it } from 'vitest';
import { countdownSeconds, formatCountdown } from '../../../../src/mixer/furniture/countdown.ts';

describe('countdown', () => {
  it.each([25, 30])(
    'countdownSeconds at %i fps changes exactly once per second of frames and ends at 0',
    (frameRate) => {
      const shown = Array.from({ length: 4 * frameRate + 1 }, (_, frame) =>
        countdownSeconds(3 * frameRate - frame, frameRate),
      );
      expect(shown.filter((seconds) => seconds === 3)).toHaveLength(frameRate);
      expect(shown.filter((seconds) => seconds === 2)).toHaveLength(frameRate);
      expect(shown.filter((seconds) => seconds === 1)).toHaveLength(frameRate);
      expect(shown[3 * frameRate]).toBe(0);
      expect(shown.at(-1)).toBe(0);
    },
  );

  it.each([
    [0, '00:00'],
    [9, '00:09'],
    [754, '12:34'],
    [3599, '59:59'],
    [3600, '1:00:00'],
    [359_999, '99:59:59'],
  ])('formatCountdown of %i s gives %s', (seconds, text) => {
    expect(formatCountdown(seconds)).toBe(text);
  });

  it('countdownSeconds of a year is as long as it can be shown', () => {
    expect(countdownSeconds(365 * 86_400 * 30, 30)).toBe(359_999);
  });
});
