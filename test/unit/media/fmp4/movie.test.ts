/** Inits and segments of any fragmented MP4: what is read of good ones, and that bad ones are refused with a code only. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RostrumError } from '../../../../src/core/errors.ts';
import { concatBytes } from '../../../../src/media/concat-bytes.ts';
import { fmp4ErrorCatalog, readMovie, readTrackFragments } from '../../../../src/media/fmp4/index.ts';
import { audioInit, FakeEncoder, videoInit } from '../../../support/cmaf-fixtures.ts';

const encoder = new FakeEncoder({ startTimeSec: 10 });
const segment = concatBytes([0, 1, 2].map((index) => encoder.videoFrame(index)));

/** Anything thrown but a code of this folder fails the test. */
function refuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RostrumError) || !Object.hasOwn(fmp4ErrorCatalog, error.code)) throw error;
  }
}

/** A good file with some bytes overwritten, and cut off somewhere. */
const damaged = (bytes: Uint8Array) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
      fc.integer({ min: bytes.length - 30, max: bytes.length }),
    )
    .map(([edits, length]) => {
      const copy = Uint8Array.from(bytes);
      for (const [at, value] of edits) copy[at] = value;
      return copy.subarray(0, length);
    });

describe('readMovie', () => {
  it('tells tracks, codecs and brands', () => {
    const movie = readMovie(videoInit({ width: 640, height: 360 }));
    expect(movie).toMatchObject({ brands: ['iso6'], durationTicks: 0, hasMovieExtends: true });
    expect(movie.tracks).toMatchObject([
      {
        codecString: 'avc1.64001F',
        width: 640,
        height: 360,
        timescaleHz: 90_000,
        parameterSetCount: 1,
        sampleCount: 0,
      },
    ]);
    expect(readMovie(audioInit()).tracks).toMatchObject([{ codecString: 'mp4a.40.2', channelCount: 2 }]);
  });

  it('refuses damaged inits with a code', () => {
    for (const init of [videoInit(), audioInit()])
      fc.assert(
        fc.property(damaged(init), (bytes) => refuses(() => readMovie(bytes))),
        { numRuns: 500 },
      );
  });
});

describe('readTrackFragments', () => {
  const movie = readMovie(videoInit());

  it('tells start, length and samples of every fragment', () => {
    const fragments = readTrackFragments(segment, movie);
    expect(
      fragments.map(({ startTicks, durationTicks, isMoofRelative, samples }) => [
        startTicks,
        durationTicks,
        isMoofRelative,
        samples.length,
      ]),
    ).toEqual([900_000, 903_000, 906_000].map((startTicks) => [startTicks, 3000, true, 1]));
  });

  it('reads ten seconds in one-frame fragments at 60 fps, and refuses more than 8192 of them', () => {
    const fragment = encoder.videoFrame(0);
    const repeated = (count: number) => concatBytes(Array.from({ length: count }, () => fragment));
    expect(readTrackFragments(repeated(600), movie)).toHaveLength(600);
    expect(() => readTrackFragments(repeated(8193), movie)).toThrow('too many fragments');
  });

  it('refuses damaged segments with a code', () => {
    fc.assert(
      fc.property(damaged(segment), (bytes) => refuses(() => readTrackFragments(bytes, movie))),
      { numRuns: 500 },
    );
  });
});
