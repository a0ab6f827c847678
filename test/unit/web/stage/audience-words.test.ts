import { describe, expect, it } from 'vitest';
import { audienceWords } from '../../../../web/src/stage/audience-words.ts';

describe('audienceWords', () => {
  it('say how many watch, how far behind, and how much they wait', () => {
    expect(audienceWords({ viewerCount: 12, medianLatencyMs: 1620, stallRatio: 0.004 })).toEqual({
      short: '12 watching',
      long: '12 watching, 1.6 s behind (median), waiting 0.4 % of the time',
      isTroubled: false,
    });
    expect(audienceWords({ viewerCount: 0, stallRatio: 0 })).toMatchObject({ long: '0 watching' });
  });

  it('warn when the audience stalls, not when one viewer does', () => {
    expect(audienceWords({ viewerCount: 40, stallRatio: 0.2 })).toMatchObject({
      short: '40 watching, stalling',
      isTroubled: true,
    });
    expect(audienceWords({ viewerCount: 2, stallRatio: 0.9 }).isTroubled).toBe(false);
  });
});
