/** Reads segments of any fragmented MP4: all movie fragments, all their tracks; see movie.ts. */
import { bodyReader, type Box, childBoxes, findBox, onlyBox, readBoxes, readFullBoxHeader } from './box-reader.ts';
import { fmp4Error } from './errors.ts';
import { type Sample, type TrackDefaults } from './fragment.ts';
import { defaultsOf, type Movie } from './movie.ts';

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

/** @throws FMP4_FRAGMENT_INVALID, FMP4_BOX_MALFORMED, FMP4_BOX_TRUNCATED */
export function readTrackFragments(bytes: Uint8Array, movie: Movie): TrackFragment[] {
  const fragments: TrackFragment[] = [];
  let sampleCount = 0;
  for (const moof of readBoxes(bytes).filter(({ type }) => type === 'moof')) {
    for (const traf of childBoxes(bytes, moof).filter(({ type }) => type === 'traf')) {
      const fragment = readTraf(bytes, moof, traf, movie);
      sampleCount += fragment.samples.length;
      if (fragments.length === maxFragmentCount || sampleCount > maxSampleCount)
        throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'The segment has too many fragments or samples.' });
      fragments.push(fragment);
    }
  }
  return fragments;
}

function readTraf(bytes: Uint8Array, moof: Box, traf: Box, movie: Movie): TrackFragment {
  const children = childBoxes(bytes, traf);
  const reader = bodyReader(bytes, onlyBox(children, 'tfhd'));
  const { flags } = readFullBoxHeader(reader);
  const trackId = reader.u32();
  const track = movie.tracks.find((candidate) => candidate.trackId === trackId);
  if (track === undefined)
    throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: `The init has no track ${trackId}.`, details: { trackId } });
  const base = (flags & 0x01) !== 0 ? reader.u64() : moof.start;
  if ((flags & 0x02) !== 0) reader.skip(4);
  const trex = defaultsOf(track);
  const defaults: TrackDefaults = {
    defaultSampleDurationTicks: (flags & 0x08) !== 0 ? reader.u32() : trex.defaultSampleDurationTicks,
    defaultSampleSizeBytes: (flags & 0x10) !== 0 ? reader.u32() : trex.defaultSampleSizeBytes,
    defaultSampleFlags: (flags & 0x20) !== 0 ? reader.u32() : trex.defaultSampleFlags,
  };
  const samples: Sample[] = [];
  let nextStart = base;
  for (const trun of children.filter(({ type }) => type === 'trun')) {
    nextStart = readTrun(bytes, trun, { base, nextStart, defaults }, samples);
  }
  return {
    trackId,
    startTicks: readStart(bytes, findBox(children, 'tfdt')),
    durationTicks: samples.reduce((sum, { durationTicks }) => sum + durationTicks, 0),
    isMoofRelative: (flags & 0x01) === 0 && (flags & 0x02_0000) !== 0,
    samples,
  };
}

function readStart(bytes: Uint8Array, tfdt: Box | undefined): number | undefined {
  if (tfdt === undefined) return undefined;
  const reader = bodyReader(bytes, tfdt);
  return readFullBoxHeader(reader).version === 1 ? reader.u64() : reader.u32();
}

/** @returns where the data of a following run without an offset begins */
function readTrun(
  bytes: Uint8Array,
  trun: Box,
  context: { readonly base: number; readonly nextStart: number; readonly defaults: TrackDefaults },
  samples: Sample[],
): number {
  const reader = bodyReader(bytes, trun);
  const { version, flags } = readFullBoxHeader(reader);
  const sampleCount = reader.u32();
  if (samples.length + sampleCount > maxSampleCount)
    throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'The fragment has too many samples.' });
  let at = (flags & 0x01) !== 0 ? context.base + reader.i32() : context.nextStart;
  const firstFlags = (flags & 0x04) !== 0 ? reader.u32() : undefined;
  const { defaults } = context;
  for (let index = 0; index < sampleCount; index++) {
    const durationTicks = (flags & 0x100) !== 0 ? reader.u32() : defaults.defaultSampleDurationTicks;
    const sizeBytes = (flags & 0x200) !== 0 ? reader.u32() : defaults.defaultSampleSizeBytes;
    const ownFlags = (flags & 0x400) !== 0 ? reader.u32() : undefined;
    const offset = (flags & 0x800) !== 0 ? (version === 0 ? reader.u32() : reader.i32()) : 0;
    if (at < 0 || at + sizeBytes > bytes.length)
      throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'A sample lies outside the segment.' });
    samples.push({
      data: bytes.subarray(at, at + sizeBytes),
      durationTicks,
      flags: ownFlags ?? (index === 0 ? firstFlags : undefined) ?? defaults.defaultSampleFlags,
      compositionOffsetTicks: offset,
    });
    at += sizeBytes;
  }
  return at;
}
