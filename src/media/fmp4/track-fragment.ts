/** What a traf box says (ISO/IEC 14496-12 §8.8): its track, its decode time, the samples of its runs. */
import { bodyReader, type Box, readFullBoxHeader } from './box-reader.ts';
import { fmp4Error } from './errors.ts';

/** What trex says; the last resort behind trun and tfhd (§8.8.3). */
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

export interface TrackFragmentHeader {
  readonly trackId: number;
  /** Where data offsets count from when the header says so itself; undefined: from where the track fragment's moof begins. */
  readonly baseDataOffset: number | undefined;
  readonly isDefaultBaseMoof: boolean;
  readonly defaults: TrackDefaults;
}

/** Which fields of tfhd are there (§8.8.7.1). */
const tfhdFlag = {
  baseDataOffset: 0x01,
  sampleDescriptionIndex: 0x02,
  defaultDuration: 0x08,
  defaultSize: 0x10,
  defaultFlags: 0x20,
  defaultBaseIsMoof: 0x02_0000,
};

/** Which fields of trun are there (§8.8.8.1). */
const trunFlag = {
  dataOffset: 0x01,
  firstSampleFlags: 0x04,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  compositionOffset: 0x800,
};

/** tfhd (§8.8.7). @param defaultsOf what trex says of a track; it may throw for one that it does not know */
export function readTrackFragmentHeader(
  bytes: Uint8Array,
  tfhd: Box,
  defaultsOf: (trackId: number) => TrackDefaults,
): TrackFragmentHeader {
  const reader = bodyReader(bytes, tfhd);
  const { flags } = readFullBoxHeader(reader);
  const trackId = reader.u32();
  const trex = defaultsOf(trackId);
  const baseDataOffset = (flags & tfhdFlag.baseDataOffset) !== 0 ? reader.u64() : undefined;
  if ((flags & tfhdFlag.sampleDescriptionIndex) !== 0) reader.skip(4);
  const defaults = {
    defaultSampleDurationTicks:
      (flags & tfhdFlag.defaultDuration) !== 0 ? reader.u32() : trex.defaultSampleDurationTicks,
    defaultSampleSizeBytes: (flags & tfhdFlag.defaultSize) !== 0 ? reader.u32() : trex.defaultSampleSizeBytes,
    defaultSampleFlags: (flags & tfhdFlag.defaultFlags) !== 0 ? reader.u32() : trex.defaultSampleFlags,
  };
  return { trackId, baseDataOffset, isDefaultBaseMoof: (flags & tfhdFlag.defaultBaseIsMoof) !== 0, defaults };
}

/** tfdt (§8.8.12). @returns the decode time of the first sample, ticks */
export function readDecodeTime(bytes: Uint8Array, tfdt: Box): number {
  const reader = bodyReader(bytes, tfdt);
  return readFullBoxHeader(reader).version === 1 ? reader.u64() : reader.u32();
}

export interface TrackRunContext {
  /** What data offsets count from. */
  readonly base: number;
  /** Where the data begins when the run has no offset of its own; undefined: it must have one. */
  readonly nextStart: number | undefined;
  /** All data lies in [dataStart, dataEnd). */
  readonly dataStart: number;
  readonly dataEnd: number;
  readonly defaults: TrackDefaults;
  readonly maxSampleCount: number;
}

/**
 * trun (§8.8.8): each field from the sample itself, else the first-sample flags, else the defaults.
 * @param samples takes those of the run
 * @returns where the data of a following run without an offset begins
 * @throws FMP4_FRAGMENT_INVALID, FMP4_BOX_TRUNCATED
 */
export function readTrackRun(bytes: Uint8Array, trun: Box, context: TrackRunContext, samples: Sample[]): number {
  const { base, nextStart, dataStart, dataEnd, defaults, maxSampleCount } = context;
  const reader = bodyReader(bytes, trun);
  const { version, flags } = readFullBoxHeader(reader);
  const sampleCount = reader.u32();
  if (samples.length + sampleCount > maxSampleCount) {
    throw fmp4Error('FMP4_FRAGMENT_INVALID', {
      message: 'The fragment has too many samples.',
      details: { sampleCount },
    });
  }
  const start = (flags & trunFlag.dataOffset) !== 0 ? base + reader.i32() : nextStart;
  if (start === undefined) throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'A trun box has no data offset.' });
  const firstFlags = (flags & trunFlag.firstSampleFlags) !== 0 ? reader.u32() : undefined;
  let at = start;
  for (let index = 0; index < sampleCount; index++) {
    const durationTicks = (flags & trunFlag.duration) !== 0 ? reader.u32() : defaults.defaultSampleDurationTicks;
    const sizeBytes = (flags & trunFlag.size) !== 0 ? reader.u32() : defaults.defaultSampleSizeBytes;
    const ownFlags = (flags & trunFlag.flags) !== 0 ? reader.u32() : undefined;
    const compositionOffsetTicks =
      (flags & trunFlag.compositionOffset) !== 0 ? (version === 0 ? reader.u32() : reader.i32()) : 0;
    if (at < dataStart || at + sizeBytes > dataEnd) {
      throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'A sample lies outside the media data.' });
    }
    samples.push({
      data: bytes.subarray(at, at + sizeBytes),
      durationTicks,
      flags: ownFlags ?? (index === 0 ? firstFlags : undefined) ?? defaults.defaultSampleFlags,
      compositionOffsetTicks,
    });
    at += sizeBytes;
  }
  return at;
}
