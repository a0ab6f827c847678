import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RostrumError } from '../../../../src/core/errors.ts';
import { concatBytes } from '../../../../src/media/concat-bytes.ts';
import { box, fullBox, u32, u64 } from '../../../../src/media/fmp4/box-writer.ts';
import {
  isSyncSample,
  mergeFragments,
  parseFragment,
  parseInitSegment,
  type Sample,
  writeFragment,
} from '../../../../src/media/fmp4/index.ts';
import { audioInit, FakeEncoder, nonSyncFlags, syncFlags, videoInit } from '../../../support/cmaf-fixtures.ts';

const noDefaults = { defaultSampleDurationTicks: 0, defaultSampleSizeBytes: 0, defaultSampleFlags: 0 };
const encoder = new FakeEncoder({ startTimeSec: 10 });

function outcome(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof RostrumError) return error.code;
    throw error;
  }
  return 'none';
}

const anySample: fc.Arbitrary<Sample> = fc.record({
  data: fc.uint8Array({ maxLength: 60 }),
  durationTicks: fc.integer({ min: 0, max: 0xffff_ffff }),
  flags: fc.constantFrom(syncFlags, nonSyncFlags, 0),
  compositionOffsetTicks: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
});

describe('parseInitSegment', () => {
  it('reads kind, timescale, codec and size of a video track', () => {
    expect(parseInitSegment(videoInit())).toMatchObject({
      kind: 'video',
      trackId: 1,
      timescaleHz: 90_000,
      codecString: 'avc1.64001F',
      width: 320,
      height: 180,
      nalLengthBytes: 4,
    });
  });

  it('reads kind, timescale and codec of an audio track', () => {
    expect(parseInitSegment(audioInit())).toMatchObject({
      kind: 'audio',
      timescaleHz: 48_000,
      codecString: 'mp4a.40.2',
      channelCount: 2,
    });
  });

  it.each([videoInit(), audioInit()])('gives a result or a coded error for any mutation', (good) => {
    const mutation = fc.tuple(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), fc.nat(good.length), (mutations, end) => {
        const mutated = good.slice();
        for (const [at, value] of mutations) mutated[at] = value;
        expect(outcome(() => parseInitSegment(mutated))).toMatch(/^(none|FMP4_)/);
        expect(outcome(() => parseInitSegment(mutated.subarray(0, end)))).toMatch(/^(none|FMP4_)/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('parseFragment', () => {
  it('reads the fields of a one-frame fragment from its tfhd defaults', () => {
    const fragment = parseFragment(encoder.videoFrame(60), noDefaults);
    expect(fragment).toMatchObject({ trackId: 1, startTicks: 1_080_000, durationTicks: 3000 });
    expect(fragment.samples).toHaveLength(1);
    expect(isSyncSample(fragment.samples[0]!)).toBe(true);
    expect(isSyncSample(parseFragment(encoder.videoFrame(61), noDefaults).samples[0]!)).toBe(false);
  });

  it('falls back to trex where trun and tfhd are silent', () => {
    const trex = { defaultSampleDurationTicks: 1024, defaultSampleSizeBytes: 3, defaultSampleFlags: nonSyncFlags };
    const build = (dataOffset: number) =>
      box(
        'moof',
        fullBox('mfhd', 0, 0, u32(9)),
        box(
          'traf',
          fullBox('tfhd', 0, 0x02_0000, u32(1)),
          fullBox('tfdt', 0, 0, u32(7)),
          fullBox('trun', 0, 5, u32(2, dataOffset, syncFlags)),
        ),
      );
    const bytes = concatBytes([build(build(0).length + 8), box('mdat', Uint8Array.of(1, 2, 3, 4, 5, 6))]);
    const fragment = parseFragment(bytes, trex);
    expect(fragment).toMatchObject({ sequenceNumber: 9, startTicks: 7, durationTicks: 2048 });
    expect(fragment.samples.map(({ data, flags }) => [[...data], flags])).toEqual([
      [[1, 2, 3], syncFlags],
      [[4, 5, 6], nonSyncFlags],
    ]);
  });

  it('refuses a run of four thousand million empty samples at once', () => {
    const build = (dataOffset: number) =>
      box(
        'moof',
        fullBox('mfhd', 0, 0, u32(1)),
        box(
          'traf',
          fullBox('tfhd', 0, 0x02_0000, u32(1)),
          fullBox('tfdt', 1, 0, u64(0)),
          fullBox('trun', 0, 1, u32(0xffff_ffff, dataOffset)),
        ),
      );
    const bytes = concatBytes([build(build(0).length + 8), box('mdat')]);
    expect(outcome(() => parseFragment(bytes, noDefaults))).toBe('FMP4_FRAGMENT_INVALID');
  });

  it('refuses a decode time above 2^53', () => {
    const bytes = writeFragment({
      trackId: 1,
      sequenceNumber: 1,
      startTicks: 0,
      samples: parseFragment(encoder.videoFrame(0), noDefaults).samples,
    });
    const tfdtAt = Buffer.from(bytes).indexOf('tfdt') + 8;
    bytes.fill(0xff, tfdtAt, tfdtAt + 8);
    expect(outcome(() => parseFragment(bytes, noDefaults))).toBe('FMP4_BOX_MALFORMED');
  });

  it('gives a result or a coded error for any mutation', () => {
    const good = mergeFragments(
      [0, 1, 2].map((index) => parseFragment(encoder.videoFrame(index), noDefaults)),
      { trackId: 1, sequenceNumber: 1 },
    );
    const mutation = fc.tuple(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), fc.nat(good.length), (mutations, end) => {
        const mutated = good.slice();
        for (const [at, value] of mutations) mutated[at] = value;
        expect(outcome(() => parseFragment(mutated, noDefaults))).toMatch(/^(none|FMP4_)/);
        expect(outcome(() => parseFragment(mutated.subarray(0, end), noDefaults))).toMatch(/^(none|FMP4_)/);
      }),
      { numRuns: 400 },
    );
  });

  it('gives a coded error for any other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(outcome(() => parseFragment(bytes, noDefaults))).toMatch(/^FMP4_/);
      }),
    );
  });
});

describe('writeFragment', () => {
  it('is read back as it was given, whatever the samples', () => {
    fc.assert(
      fc.property(fc.array(anySample, { minLength: 1, maxLength: 40 }), fc.maxSafeNat(), (samples, startTicks) => {
        const fragment = parseFragment(
          writeFragment({ trackId: 3, sequenceNumber: 5, startTicks, samples }),
          noDefaults,
        );
        expect(fragment).toMatchObject({ trackId: 3, sequenceNumber: 5, startTicks });
        expect(fragment.samples).toEqual(samples);
      }),
    );
  });

  it('makes one fragment of 16 AAC frames with less than 12 bytes of boxes per frame', () => {
    const frames = Array.from({ length: 16 }, (_, index) => encoder.audioFrame(index));
    const parsed = frames.map((bytes) => parseFragment(bytes, noDefaults));
    const merged = mergeFragments(parsed, { trackId: 1, sequenceNumber: 1 });
    const payloadBytes = parsed.flatMap(({ samples }) => samples).reduce((sum, { data }) => sum + data.length, 0);
    expect(parseFragment(merged, noDefaults).durationTicks).toBe(16 * 1024);
    expect((merged.length - payloadBytes) / 16).toBeLessThan(12);
  });
});
