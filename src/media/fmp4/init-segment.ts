/** Reads an initialization segment of ours (ftyp + moov of one track), strictly: what plays it and how its fragments count time. */
import { fmp4Error } from './errors.ts';
import { readMovie } from './movie.ts';
import { type TrackDefaults } from './track-fragment.ts';

interface InitBase extends TrackDefaults {
  readonly trackId: number;
  readonly timescaleHz: number;
  /** RFC 6381, for CODECS: `avc1.64001F`, `mp4a.40.2`. */
  readonly codecString: string;
}

export interface VideoInit extends InitBase {
  readonly kind: 'video';
  readonly width: number;
  readonly height: number;
  /** Bytes of the length before each NAL unit, 1, 2 or 4. */
  readonly nalLengthBytes: number;
}

export interface AudioInit extends InitBase {
  readonly kind: 'audio';
  readonly channelCount: number;
}

export type InitSegment = VideoInit | AudioInit;

/** @throws FMP4_INIT_UNSUPPORTED, FMP4_BOX_MALFORMED, FMP4_BOX_TRUNCATED */
export function parseInitSegment(bytes: Uint8Array): InitSegment {
  const { tracks } = readMovie(bytes);
  const [track] = tracks;
  if (track === undefined || tracks.length !== 1) {
    throw fmp4Error('FMP4_INIT_UNSUPPORTED', { message: `Expected one track, found ${tracks.length}.` });
  }
  const { trackId, timescaleHz, codecString, defaults, sampleEntry, sampleEntryCount, nalLengthBytes, width, height } =
    track;
  if (defaults === undefined) {
    throw fmp4Error('FMP4_INIT_UNSUPPORTED', { message: 'The track has no trex box: the file is not fragmented.' });
  }
  const base = { trackId, timescaleHz, codecString, ...defaults };
  const isOne = sampleEntryCount === 1;
  if (isOne && sampleEntry === 'avc1' && nalLengthBytes !== undefined) {
    return { kind: 'video', ...base, width, height, nalLengthBytes };
  }
  // Without its esds box nothing but the name of the entry is known of the codec.
  if (isOne && sampleEntry === 'mp4a' && codecString !== sampleEntry) {
    return { kind: 'audio', ...base, channelCount: track.channelCount };
  }
  throw fmp4Error('FMP4_INIT_UNSUPPORTED', { details: { sampleEntry, sampleEntryCount } });
}
