import { describe, expect, it } from 'vitest';
import { DroppedSizes, endsWhole } from '../../../../web/src/watch/dropped-sizes.ts';

const segment = (isGap: boolean) =>
  `#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n${isGap ? '#EXT-X-GAP\n' : ''}#EXTINF:2.00000,\n1.m4s\n`;
const playlist = (...gaps: boolean[]) => `#EXTM3U\n${gaps.map(segment).join('')}`;
const whole = playlist(true, false, false, false);
const missing = playlist(false, false, false, true);

function watched(answers: (string | Error)[]) {
  let nowMs = 0;
  const asked: string[] = [];
  let restoredCount = 0;
  const sizes = new DroppedSizes({
    nowMs: () => nowMs,
    loadText: async (url) => {
      asked.push(url);
      const answer = answers.shift();
      if (typeof answer !== 'string') throw answer ?? new Error('nothing left');
      return answer;
    },
  });
  sizes.add({ url: 'large.m3u8', restore: () => restoredCount++ });
  const tickAt = (atMs: number) => {
    nowMs = atMs;
    return sizes.tick();
  };
  return { tickAt, asked, restoredCount: () => restoredCount };
}

describe('endsWhole', () => {
  it('is true only when the newest three segments are there', () => {
    expect([whole, missing, playlist(true, false, false), playlist(false, false), ''].map(endsWhole)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('DroppedSizes.tick', () => {
  it('looks every 10 s and restores a size once, when it is whole again', async () => {
    const { tickAt, asked, restoredCount } = watched([missing, new Error('no network'), whole]);
    for (const atMs of [500, 9_999, 10_000, 12_000, 20_000, 30_000, 40_000, 50_000]) await tickAt(atMs);
    expect(asked).toHaveLength(3);
    expect(restoredCount()).toBe(1);
  });
});
