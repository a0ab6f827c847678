/**
 * Reads the initialization segment of any fragmented MP4, whatever its tracks and codecs. Unlike `parseInitSegment` it
 * refuses nothing that only breaks a rule of streaming: what it found is for others to judge.
 */
import { aacCodecString, avcCodecString } from '../codec-string.ts';
import { bodyReader, type Box, childBoxes, findBox, onlyBox, readBoxes, readFullBoxHeader } from './box-reader.ts';
import { fmp4Error } from './errors.ts';
import { readEsdsAudioConfig } from './esds.ts';
import { type TrackDefaults } from './track-fragment.ts';

export interface MovieTrack {
  readonly trackId: number;
  readonly timescaleHz: number;
  /** handler_type: `vide`, `soun`, `text`, `subt` ... */
  readonly handler: string;
  /** The first sample entry: `avc1`, `hvc1`, `mp4a`, `encv` ... What follows is of this one. */
  readonly sampleEntry: string;
  readonly sampleEntryCount: number;
  /** RFC 6381; the sample entry alone for codecs whose configuration is not read here. */
  readonly codecString: string;
  readonly width: number;
  readonly height: number;
  readonly channelCount: number;
  /** Bytes before each NAL unit; undefined for anything but H.264. */
  readonly nalLengthBytes: number | undefined;
  /** Parameter sets in the avcC box; undefined for anything but H.264. */
  readonly parameterSetCount: number | undefined;
  /** Undefined when mvex has no trex for the track. */
  readonly defaults: TrackDefaults | undefined;
  readonly durationTicks: number;
  /** Entries of stts and stsz: none in a fragmented file. */
  readonly sampleCount: number;
}

export interface Movie {
  /** Major brand, then the compatible ones; empty without ftyp. */
  readonly brands: readonly string[];
  readonly durationTicks: number;
  readonly hasMovieExtends: boolean;
  readonly tracks: readonly MovieTrack[];
}

const maxTrackCount = 16;
const noDefaults: TrackDefaults = { defaultSampleDurationTicks: 0, defaultSampleSizeBytes: 0, defaultSampleFlags: 0 };

/** @throws FMP4_BOX_MALFORMED, FMP4_BOX_TRUNCATED, FMP4_INIT_UNSUPPORTED */
export function readMovie(bytes: Uint8Array): Movie {
  const boxes = readBoxes(bytes);
  const moov = childBoxes(bytes, onlyBox(boxes, 'moov'));
  const traks = moov.filter(({ type }) => type === 'trak');
  if (traks.length > maxTrackCount) throw fmp4Error('FMP4_INIT_UNSUPPORTED', { message: 'Too many tracks.' });
  const mvex = findBox(moov, 'mvex');
  const defaults = mvex === undefined ? new Map<number, TrackDefaults>() : readDefaults(bytes, mvex);
  return {
    brands: readBrands(bytes, findBox(boxes, 'ftyp')),
    durationTicks: readDuration(bytes, onlyBox(moov, 'mvhd'), 4),
    hasMovieExtends: mvex !== undefined,
    tracks: traks.map((trak) => readTrack(bytes, trak, defaults)),
  };
}

/** What trex would say, for tracks without one. */
export function defaultsOf(track: MovieTrack): TrackDefaults {
  return track.defaults ?? noDefaults;
}

function readBrands(bytes: Uint8Array, ftyp: Box | undefined): string[] {
  if (ftyp === undefined) return [];
  const reader = bodyReader(bytes, ftyp);
  const brands = [reader.fourcc()];
  reader.skip(4);
  while (reader.remainingBytes >= 4 && brands.length < 32) brands.push(reader.fourcc());
  return brands;
}

/** Duration of mvhd and mdhd (`middleBytes` 4: the timescale) and of tkhd (8: track id and reserved). */
function readDuration(bytes: Uint8Array, box: Box, middleBytes: 4 | 8): number {
  const reader = bodyReader(bytes, box);
  const isLong = readFullBoxHeader(reader).version === 1;
  reader.skip((isLong ? 16 : 8) + middleBytes);
  if (!isLong) return reader.u32();
  return reader.u32() * 0x1_0000_0000 + reader.u32();
}

function readDefaults(bytes: Uint8Array, mvex: Box): Map<number, TrackDefaults> {
  const defaults = new Map<number, TrackDefaults>();
  for (const trex of childBoxes(bytes, mvex).filter(({ type }) => type === 'trex')) {
    const reader = bodyReader(bytes, trex);
    readFullBoxHeader(reader);
    const trackId = reader.u32();
    reader.skip(4);
    defaults.set(trackId, {
      defaultSampleDurationTicks: reader.u32(),
      defaultSampleSizeBytes: reader.u32(),
      defaultSampleFlags: reader.u32(),
    });
  }
  return defaults;
}

function readTrack(bytes: Uint8Array, trak: Box, defaults: ReadonlyMap<number, TrackDefaults>): MovieTrack {
  const children = childBoxes(bytes, trak);
  const tkhd = onlyBox(children, 'tkhd');
  const mdia = childBoxes(bytes, onlyBox(children, 'mdia'));
  const stbl = childBoxes(bytes, onlyBox(childBoxes(bytes, onlyBox(mdia, 'minf')), 'stbl'));
  const entries = childBoxes(bytes, onlyBox(stbl, 'stsd'), 8);
  const [entry] = entries;
  if (entry === undefined) throw fmp4Error('FMP4_INIT_UNSUPPORTED', { message: 'The track has no sample entry.' });
  const trackId = readAfterTimes(bytes, tkhd);
  const timescaleHz = readAfterTimes(bytes, onlyBox(mdia, 'mdhd'));
  if (timescaleHz === 0) throw fmp4Error('FMP4_BOX_MALFORMED', { message: 'The track timescale is 0.' });
  return {
    trackId,
    timescaleHz,
    handler: readHandler(bytes, findBox(mdia, 'hdlr')),
    sampleEntry: entry.type,
    sampleEntryCount: entries.length,
    ...readEntry(bytes, entry),
    defaults: defaults.get(trackId),
    durationTicks: readDuration(bytes, tkhd, 8),
    sampleCount: readCount(bytes, findBox(stbl, 'stts'), 0) + readCount(bytes, findBox(stbl, 'stsz'), 4),
  };
}

/** The field behind the two times of tkhd and mdhd: track id, or timescale. */
function readAfterTimes(bytes: Uint8Array, box: Box): number {
  const reader = bodyReader(bytes, box);
  reader.skip(readFullBoxHeader(reader).version === 1 ? 16 : 8);
  return reader.u32();
}

function readHandler(bytes: Uint8Array, hdlr: Box | undefined): string {
  if (hdlr === undefined) return '';
  const reader = bodyReader(bytes, hdlr);
  reader.skip(8);
  return reader.fourcc();
}

function readCount(bytes: Uint8Array, box: Box | undefined, skipBytes: number): number {
  if (box === undefined) return 0;
  const reader = bodyReader(bytes, box);
  reader.skip(4 + skipBytes);
  return reader.u32();
}

function readEntry(bytes: Uint8Array, entry: Box) {
  const base = {
    codecString: entry.type,
    width: 0,
    height: 0,
    channelCount: 0,
    nalLengthBytes: undefined,
    parameterSetCount: undefined,
  };
  if (entry.type === 'avc1' || entry.type === 'avc3') return { ...base, ...readAvc(bytes, entry) };
  if (entry.type === 'hvc1' || entry.type === 'hev1') return { ...base, ...readSize(bytes, entry) };
  if (entry.type === 'mp4a') return { ...base, ...readAac(bytes, entry) };
  return base;
}

/** VisualSampleEntry (ISO/IEC 14496-12 §12.1.3). */
function readSize(bytes: Uint8Array, entry: Box): { width: number; height: number } {
  const reader = bodyReader(bytes, entry);
  reader.skip(24);
  return { width: reader.u16(), height: reader.u16() };
}

/** avcC (ISO/IEC 14496-15 §5.3.3). */
function readAvc(bytes: Uint8Array, entry: Box) {
  const reader = bodyReader(bytes, onlyBox(childBoxes(bytes, entry, 78), 'avcC'));
  const head = reader.take(5);
  const sequenceSetCount = reader.u8() & 0x1f;
  for (let index = 0; index < sequenceSetCount; index++) reader.skip(reader.u16());
  const pictureSetCount = reader.remainingBytes > 0 ? reader.u8() : 0;
  return {
    ...readSize(bytes, entry),
    codecString: avcCodecString(head).replace('avc1', entry.type),
    nalLengthBytes: (head[4]! & 3) + 1,
    parameterSetCount: Math.min(sequenceSetCount, pictureSetCount),
  };
}

/** AudioSampleEntry (ISO/IEC 14496-12 §12.2.3) with its esds (ISO/IEC 14496-14 §6.7). */
function readAac(bytes: Uint8Array, entry: Box) {
  const reader = bodyReader(bytes, entry);
  reader.skip(16);
  const channelCount = reader.u16();
  const esds = findBox(childBoxes(bytes, entry, 28), 'esds');
  if (esds === undefined) return { channelCount };
  return { channelCount, codecString: aacCodecString(readEsdsAudioConfig(bodyReader(bytes, esds))) };
}
