/** Reads segments of any fragmented MP4: all movie fragments, all their tracks; see movie.ts. */
import { type Box, childBoxes, findBox, onlyBox, readBoxes } from './box-reader.ts';
import { fmp4Error } from './errors.ts';
import { defaultsOf, type Movie } from './movie.ts';
import {
  readDecodeTime,
  readTrackFragmentHeader,
  readTrackRun,
  type Sample,
  type TrackDefaults,
} from './track-fragment.ts';

/** One traf. */
export interface TrackFragment {
  readonly trackId: number;
  /** tfdt; undefined when it is missing. */
  readonly startTicks: number | undefined;
  readonly durationTicks: number;
  /** default-base-is-moof without a base data offset: what streaming asks for. */
  readonly isMoofRelative: boolean;
  readonly samples: readonly Sample[];
}

/** A segment has no more of them: ten seconds of audio and video, each frame by itself. */
const maxFragmentCount = 8192;
const maxSampleCount = 100_000;
/** A fragment is moof and mdat, and may have prft, emsg or styp before them. */
const maxBoxCount = 4 * maxFragmentCount;

/** @throws FMP4_FRAGMENT_INVALID, FMP4_BOX_MALFORMED, FMP4_BOX_TRUNCATED */
export function readTrackFragments(bytes: Uint8Array, movie: Movie): TrackFragment[] {
  const fragments: TrackFragment[] = [];
  let sampleCount = 0;
  for (const moof of readBoxes(bytes, 0, bytes.length, maxBoxCount).filter(({ type }) => type === 'moof')) {
    for (const traf of childBoxes(bytes, moof).filter(({ type }) => type === 'traf')) {
      const fragment = readTrackFragment(bytes, moof, traf, movie);
      sampleCount += fragment.samples.length;
      if (fragments.length === maxFragmentCount || sampleCount > maxSampleCount)
        throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'The segment has too many fragments or samples.' });
      fragments.push(fragment);
    }
  }
  return fragments;
}

function readTrackFragment(bytes: Uint8Array, moof: Box, traf: Box, movie: Movie): TrackFragment {
  const children = childBoxes(bytes, traf);
  const header = readTrackFragmentHeader(bytes, onlyBox(children, 'tfhd'), (trackId) => trackDefaults(movie, trackId));
  const base = header.baseDataOffset ?? moof.start;
  const context = { base, dataStart: 0, dataEnd: bytes.length, defaults: header.defaults, maxSampleCount };
  const samples: Sample[] = [];
  let nextStart = base;
  for (const trun of children.filter(({ type }) => type === 'trun')) {
    nextStart = readTrackRun(bytes, trun, { ...context, nextStart }, samples);
  }
  const tfdt = findBox(children, 'tfdt');
  return {
    trackId: header.trackId,
    startTicks: tfdt && readDecodeTime(bytes, tfdt),
    durationTicks: samples.reduce((sum, { durationTicks }) => sum + durationTicks, 0),
    isMoofRelative: header.baseDataOffset === undefined && header.isDefaultBaseMoof,
    samples,
  };
}

function trackDefaults(movie: Movie, trackId: number): TrackDefaults {
  const track = movie.tracks.find((candidate) => candidate.trackId === trackId);
  if (track === undefined)
    throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: `The init has no track ${trackId}.`, details: { trackId } });
  return defaultsOf(track);
}
