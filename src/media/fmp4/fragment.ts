/** Reads one movie fragment (moof + mdat of one track): the effective duration, size and flags of every sample. */
import { type ByteReader } from './byte-reader.ts';
import { bodyReader, type Box, childBoxes, onlyBox, readBoxes, readFullBoxHeader } from './box-reader.ts';
import { fmp4Error } from './errors.ts';

/** What trex says; the last resort behind trun and tfhd (ISO/IEC 14496-12 §8.8.3). */
export interface TrackDefaults {
  readonly defaultSampleDurationTicks: number;
  readonly defaultSampleSizeBytes: number;
  readonly defaultSampleFlags: number;
}

export interface Sample {
  /** A view into the fragment's bytes. */
  readonly data: Uint8Array;
  readonly durationTicks: number;
  /** Effective sample_flags (§8.8.3.1). */
  readonly flags: number;
  /** Presentation minus decode time, signed. */
  readonly compositionOffsetTicks: number;
}

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
  const tfhd = readTfhd(bodyReader(bytes, onlyBox(traf, 'tfhd')), trackDefaults);
  const samples: Sample[] = [];
  for (const trun of traf.filter((box) => box.type === 'trun')) {
    readTrun(bytes, trun, { moof, mdat, defaults: tfhd.defaults }, samples);
  }
  if (samples.length === 0) throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'The fragment has no samples.' });
  return {
    trackId: tfhd.trackId,
    sequenceNumber: readSequenceNumber(bodyReader(bytes, onlyBox(moofChildren, 'mfhd'))),
    startTicks: readTfdt(bodyReader(bytes, onlyBox(traf, 'tfdt'))),
    durationTicks: samples.reduce((sum, sample) => sum + sample.durationTicks, 0),
    samples,
  };
}

function readSequenceNumber(reader: ByteReader): number {
  readFullBoxHeader(reader);
  return reader.u32();
}

function readTfdt(reader: ByteReader): number {
  return readFullBoxHeader(reader).version === 1 ? reader.u64() : reader.u32();
}

function readTfhd(reader: ByteReader, trex: TrackDefaults): { trackId: number; defaults: TrackDefaults } {
  const { flags } = readFullBoxHeader(reader);
  const trackId = reader.u32();
  if ((flags & 0x01) !== 0 || (flags & 0x02_0000) === 0) {
    throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'Sample offsets are not relative to the moof box.' });
  }
  if ((flags & 0x02) !== 0) reader.skip(4);
  const defaults = {
    defaultSampleDurationTicks: (flags & 0x08) !== 0 ? reader.u32() : trex.defaultSampleDurationTicks,
    defaultSampleSizeBytes: (flags & 0x10) !== 0 ? reader.u32() : trex.defaultSampleSizeBytes,
    defaultSampleFlags: (flags & 0x20) !== 0 ? reader.u32() : trex.defaultSampleFlags,
  };
  return { trackId, defaults };
}

interface TrunContext {
  readonly moof: Box;
  readonly mdat: Box;
  readonly defaults: TrackDefaults;
}

/** Track run (§8.8.8): each field from the sample itself, else the first-sample flags, else the defaults. */
function readTrun(bytes: Uint8Array, trun: Box, { moof, mdat, defaults }: TrunContext, samples: Sample[]): void {
  const reader = bodyReader(bytes, trun);
  const { version, flags } = readFullBoxHeader(reader);
  const sampleCount = reader.u32();
  if (samples.length + sampleCount > maxSampleCount) {
    throw fmp4Error('FMP4_FRAGMENT_INVALID', {
      message: 'The fragment has too many samples.',
      details: { sampleCount },
    });
  }
  if ((flags & 0x01) === 0) throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'A trun box has no data offset.' });
  let dataStart = moof.start + reader.i32();
  const firstFlags = (flags & 0x04) !== 0 ? reader.u32() : undefined;
  for (let index = 0; index < sampleCount; index++) {
    const durationTicks = (flags & 0x100) !== 0 ? reader.u32() : defaults.defaultSampleDurationTicks;
    const sizeBytes = (flags & 0x200) !== 0 ? reader.u32() : defaults.defaultSampleSizeBytes;
    const ownFlags = (flags & 0x400) !== 0 ? reader.u32() : undefined;
    const rawOffset = (flags & 0x800) !== 0 ? (version === 0 ? reader.u32() : reader.i32()) : 0;
    if (dataStart < mdat.bodyStart || dataStart + sizeBytes > mdat.end) {
      throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'A sample lies outside the mdat box.' });
    }
    samples.push({
      data: bytes.subarray(dataStart, dataStart + sizeBytes),
      durationTicks,
      flags: ownFlags ?? (index === 0 ? firstFlags : undefined) ?? defaults.defaultSampleFlags,
      compositionOffsetTicks: rawOffset,
    });
    dataStart += sizeBytes;
  }
}
