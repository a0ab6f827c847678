/** Reads an initialization segment (ftyp + moov of one track): what plays it and how its fragments count time. */
import { aacCodecString, avcCodecString } from '../codec-string.ts';
import { bodyReader, type Box, childBoxes, findBox, onlyBox, readBoxes, readFullBoxHeader } from './box-reader.ts';
import { fmp4Error } from './errors.ts';
import { readEsdsAudioConfig } from './esds.ts';
import { type TrackDefaults } from './fragment.ts';

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
  readonly sampleRateHz: number;
}

export type InitSegment = VideoInit | AudioInit;

/** @throws FMP4_INIT_UNSUPPORTED, FMP4_BOX_MALFORMED, FMP4_BOX_TRUNCATED */
export function parseInitSegment(bytes: Uint8Array): InitSegment {
  const moov = childBoxes(bytes, onlyBox(readBoxes(bytes), 'moov'));
  const tracks = moov.filter((box) => box.type === 'trak');
  if (tracks.length !== 1) {
    throw fmp4Error('FMP4_INIT_UNSUPPORTED', { message: `Expected one track, found ${tracks.length}.` });
  }
  const trak = childBoxes(bytes, tracks[0]!);
  const mdia = childBoxes(bytes, onlyBox(trak, 'mdia'));
  const trackId = readTrackId(bytes, onlyBox(trak, 'tkhd'));
  const base = {
    trackId,
    timescaleHz: readTimescale(bytes, onlyBox(mdia, 'mdhd')),
    ...readTrackDefaults(bytes, moov, trackId),
  };
  const minf = childBoxes(bytes, onlyBox(mdia, 'minf'));
  const stbl = childBoxes(bytes, onlyBox(minf, 'stbl'));
  const entries = childBoxes(bytes, onlyBox(stbl, 'stsd'), 8);
  const entry = entries[0];
  if (entries.length === 1 && entry?.type === 'avc1') return { kind: 'video', ...base, ...readAvc1(bytes, entry) };
  if (entries.length === 1 && entry?.type === 'mp4a') return { kind: 'audio', ...base, ...readMp4a(bytes, entry) };
  throw fmp4Error('FMP4_INIT_UNSUPPORTED', { details: { sampleEntries: entries.map((box) => box.type) } });
}

function readTrackId(bytes: Uint8Array, tkhd: Box): number {
  const reader = bodyReader(bytes, tkhd);
  reader.skip(readFullBoxHeader(reader).version === 1 ? 16 : 8);
  return reader.u32();
}

function readTimescale(bytes: Uint8Array, mdhd: Box): number {
  const reader = bodyReader(bytes, mdhd);
  reader.skip(readFullBoxHeader(reader).version === 1 ? 16 : 8);
  const timescaleHz = reader.u32();
  if (timescaleHz === 0) throw fmp4Error('FMP4_BOX_MALFORMED', { message: 'The track timescale is 0.' });
  return timescaleHz;
}

function readTrackDefaults(bytes: Uint8Array, moov: readonly Box[], trackId: number): TrackDefaults {
  for (const trex of childBoxes(bytes, onlyBox(moov, 'mvex')).filter((box) => box.type === 'trex')) {
    const reader = bodyReader(bytes, trex);
    readFullBoxHeader(reader);
    if (reader.u32() !== trackId) continue;
    reader.skip(4);
    return {
      defaultSampleDurationTicks: reader.u32(),
      defaultSampleSizeBytes: reader.u32(),
      defaultSampleFlags: reader.u32(),
    };
  }
  throw fmp4Error('FMP4_INIT_UNSUPPORTED', { message: 'The track has no trex box: the file is not fragmented.' });
}

/** VisualSampleEntry (ISO/IEC 14496-12 §12.1.3) with its avcC (ISO/IEC 14496-15 §5.3.3). */
function readAvc1(bytes: Uint8Array, entry: Box) {
  const reader = bodyReader(bytes, entry);
  reader.skip(24);
  const width = reader.u16();
  const height = reader.u16();
  const avcC = bodyReader(bytes, onlyBox(childBoxes(bytes, entry, 78), 'avcC')).take(5);
  return { width, height, nalLengthBytes: (avcC[4]! & 3) + 1, codecString: avcCodecString(avcC) };
}

/** AudioSampleEntry (ISO/IEC 14496-12 §12.2.3) with its esds (ISO/IEC 14496-14 §6.7). */
function readMp4a(bytes: Uint8Array, entry: Box) {
  const reader = bodyReader(bytes, entry);
  reader.skip(16);
  const channelCount = reader.u16();
  reader.skip(6);
  const sampleRateHz = reader.u16();
  const esds = findBox(childBoxes(bytes, entry, 28), 'esds');
  if (esds === undefined) throw fmp4Error('FMP4_INIT_UNSUPPORTED', { message: 'The mp4a entry has no esds box.' });
  return { channelCount, sampleRateHz, codecString: aacCodecString(readEsdsAudioConfig(bodyReader(bytes, esds))) };
}
