/** Reads one movie fragment of ours (moof + mdat of one track), strictly: the effective duration, size and flags of every sample. */
import { bodyReader, type Box, childBoxes, onlyBox, readBoxes, readFullBoxHeader } from './box-reader.ts';
import { fmp4Error } from './errors.ts';
import {
  readDecodeTime,
  readTrackFragmentHeader,
  readTrackRun,
  type Sample,
  type TrackDefaults,
} from './track-fragment.ts';

export interface Fragment {
  readonly trackId: number;
  readonly sequenceNumber: number;
  /** tfdt: decode time of the first sample. */
  readonly startTicks: number;
  /** Sum of the sample durations. */
  readonly durationTicks: number;
  /** At least one. */
  readonly samples: readonly Sample[];
}

/** sample_is_non_sync_sample of the effective flags. */
export function isSyncSample(sample: Pick<Sample, 'flags'>): boolean {
  return (sample.flags & 0x0001_0000) === 0;
}

/** A fragment with more samples than this is an attack: four seconds of AAC are 188. */
const maxSampleCount = 4096;

/** @throws FMP4_FRAGMENT_INVALID, FMP4_BOX_MALFORMED, FMP4_BOX_TRUNCATED */
export function parseFragment(bytes: Uint8Array, trackDefaults: TrackDefaults): Fragment {
  const boxes = readBoxes(bytes);
  const moof = onlyBox(boxes, 'moof');
  const mdat = onlyBox(boxes, 'mdat');
  const moofChildren = childBoxes(bytes, moof);
  const traf = childBoxes(bytes, onlyBox(moofChildren, 'traf'));
  const header = readTrackFragmentHeader(bytes, onlyBox(traf, 'tfhd'), () => trackDefaults);
  if (header.baseDataOffset !== undefined || !header.isDefaultBaseMoof) {
    throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'Sample offsets are not relative to the moof box.' });
  }
  const place = { base: moof.start, nextStart: undefined, dataStart: mdat.bodyStart, dataEnd: mdat.end };
  const context = { ...place, defaults: header.defaults, maxSampleCount };
  const samples: Sample[] = [];
  for (const trun of traf.filter((box) => box.type === 'trun')) readTrackRun(bytes, trun, context, samples);
  if (samples.length === 0) throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'The fragment has no samples.' });
  return {
    trackId: header.trackId,
    sequenceNumber: readSequenceNumber(bytes, onlyBox(moofChildren, 'mfhd')),
    startTicks: readDecodeTime(bytes, onlyBox(traf, 'tfdt')),
    durationTicks: samples.reduce((sum, sample) => sum + sample.durationTicks, 0),
    samples,
  };
}

function readSequenceNumber(bytes: Uint8Array, mfhd: Box): number {
  const reader = bodyReader(bytes, mfhd);
  readFullBoxHeader(reader);
  return reader.u32();
}
