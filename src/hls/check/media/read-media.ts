/** From downloaded bytes to what the media rules look at: tracks with their samples. Pure. */
import { createHash } from 'node:crypto';
import { RostrumError } from '../../../core/errors.ts';
import {
  beginsWithIdr,
  isSyncSample,
  type Movie,
  type MovieTrack,
  readMovie,
  readTrackFragments,
  type Sample,
  type TrackFragment,
} from '../../../media/fmp4/index.ts';

/** All samples of one track in a segment or part. */
export interface TrackMedia {
  readonly track: MovieTrack;
  /** Of the first fragment; undefined without tfdt. */
  readonly startTicks: number | undefined;
  readonly durationTicks: number;
  readonly samples: readonly Sample[];
  /** Fragments that do not begin where the one before them ended. */
  readonly jumpCount: number;
}

export interface ReadMedia {
  readonly tracks: readonly TrackMedia[];
  readonly fragments: readonly TrackFragment[];
  /** One short text per sample: track, time and content. */
  readonly sampleDigests: readonly string[];
}

/** What bytes are, told by their beginning. */
export function formatOf(bytes: Uint8Array): 'fmp4' | 'ts' | 'webvtt' | 'other' {
  if (bytes[0] === 0x47 && (bytes.length < 189 || bytes[188] === 0x47)) return 'ts';
  const text = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (/^(?:\u00ef\u00bb\u00bf)?WEBVTT/.test(text)) return 'webvtt';
  return /^(?:ftyp|styp|moof|moov|sidx|prft|emsg|free|skip|mdat)$/.test(text.slice(4, 8)) ? 'fmp4' : 'other';
}

/** @returns the reason as text when the bytes cannot be read */
export function tryReadMovie(bytes: Uint8Array): Movie | string {
  return orReason(() => readMovie(bytes));
}

/** @returns the reason as text when the bytes cannot be read */
export function tryReadMedia(bytes: Uint8Array, movie: Movie): ReadMedia | string {
  return orReason(() => readMedia(readTrackFragments(bytes, movie), movie));
}

function orReason<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof RostrumError) return `${error.message} (${error.code})`;
    throw error;
  }
}

function readMedia(fragments: readonly TrackFragment[], movie: Movie): ReadMedia {
  const tracks = movie.tracks.flatMap((track) => {
    const own = fragments.filter(({ trackId, samples }) => trackId === track.trackId && samples.length > 0);
    return own.length === 0 ? [] : [trackMedia(track, own)];
  });
  return { tracks, fragments, sampleDigests: fragments.flatMap(digestsOf) };
}

function trackMedia(track: MovieTrack, own: readonly TrackFragment[]): TrackMedia {
  let expected: number | undefined;
  let jumpCount = 0;
  for (const { startTicks, durationTicks } of own) {
    if (startTicks === undefined) continue;
    if (expected !== undefined && startTicks !== expected) jumpCount++;
    expected = startTicks + durationTicks;
  }
  return {
    track,
    startTicks: own[0]!.startTicks,
    durationTicks: own.reduce((sum, { durationTicks }) => sum + durationTicks, 0),
    samples: own.flatMap(({ samples }) => samples),
    jumpCount,
  };
}

function digestsOf({ trackId, startTicks = 0, samples }: TrackFragment): string[] {
  let at = startTicks;
  return samples.map(({ data, durationTicks, flags, compositionOffsetTicks }) => {
    const content = createHash('sha1').update(data).digest('base64').slice(0, 12);
    const text = [trackId, at, durationTicks, flags & 0x0001_0000, compositionOffsetTicks, content].join(' ');
    at += durationTicks;
    return text;
  });
}

export function isVideo({ handler, sampleEntry }: MovieTrack): boolean {
  return handler === 'vide' || /^(?:avc|hvc|hev|vp0|av01|encv)/.test(sampleEntry);
}

/** Pictures in clear that this program can look into. */
export function isClearAvc(track: MovieTrack): boolean {
  return track.nalLengthBytes !== undefined;
}

export function isIdr(sample: Sample, track: MovieTrack): boolean {
  return beginsWithIdr(sample.data, track.nalLengthBytes ?? 4);
}

export { isSyncSample };
