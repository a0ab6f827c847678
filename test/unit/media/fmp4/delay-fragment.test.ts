import { describe, expect, it } from 'vitest';
import { box, fullBox, u32, u64 } from '../../../../src/media/fmp4/box-writer.ts';
import { delayFragment, parseFragment, parseInitSegment } from '../../../../src/media/fmp4/index.ts';
import { FakeEncoder, videoInit } from '../../../support/cmaf-fixtures.ts';

const init = parseInitSegment(videoInit());

describe('delayFragment', () => {
  it.each([90_000, 2 ** 40, -3000])('moves the first sample by %i ticks and nothing else', (ticks) => {
    const [fragment] = [...new FakeEncoder({ startTimeSec: 10 }).between(0, 0.1)].filter(
      ({ renditionId }) => renditionId === 'video',
    );
    const before = parseFragment(fragment!.bytes, init);
    const moved = fragment!.bytes.slice();
    delayFragment(moved, ticks);
    const after = parseFragment(moved, init);
    expect(after).toEqual({ ...before, startTicks: before.startTicks + ticks });
  });

  it('throws FMP4_FRAGMENT_INVALID before the beginning of time and beyond 32 bits of a short field', () => {
    const short = (ticks: number) => box('moof', box('traf', fullBox('tfdt', 0, 0, u32(ticks))));
    const long = box('moof', box('traf', fullBox('tfdt', 1, 0, u64(5))));
    expect(() => delayFragment(short(2 ** 32 - 1), 1)).toThrow(
      expect.objectContaining({ code: 'FMP4_FRAGMENT_INVALID' }),
    );
    expect(() => delayFragment(long, -6)).toThrow(expect.objectContaining({ code: 'FMP4_FRAGMENT_INVALID' }));
    expect(() => delayFragment(box('moof'), 1)).toThrow(expect.objectContaining({ code: 'FMP4_BOX_MALFORMED' }));
  });
});
