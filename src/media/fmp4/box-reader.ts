/** The box structure of ISO/IEC 14496-12 §4.2: headers, children, and the 64-bit and to-the-end sizes. */
import { ByteReader } from './byte-reader.ts';
import { fmp4Error } from './errors.ts';

/** Offsets are positions in the array that was read. */
export interface Box {
  readonly type: string;
  readonly start: number;
  /** First byte behind the header. */
  readonly bodyStart: number;
  /** First byte behind the box. */
  readonly end: number;
}

export interface BoxHeader {
  readonly type: string;
  readonly headerBytes: 8 | 16;
  /** Whole box, header included; undefined when it reaches to the end of its container (size 0). */
  readonly sizeBytes: number | undefined;
}

/** More children than this in one container is an attack, not a file; segments of many fragments name their own limit. */
const maxChildCount = 1024;
const printableFourcc = /^[\x20-\x7e\xa9]{4}$/;

/**
 * Header at `start`; undefined when fewer bytes are there than the header needs.
 * @throws FMP4_BOX_MALFORMED when the type is not text or the size is smaller than the header.
 */
export function readBoxHeader(bytes: Uint8Array, start: number, end = bytes.length): BoxHeader | undefined {
  if (end - start < 8) return undefined;
  const reader = new ByteReader(bytes, start, end);
  const shortSize = reader.u32();
  const type = reader.fourcc();
  if (!printableFourcc.test(type)) throw fmp4Error('FMP4_BOX_MALFORMED', { message: 'A box type is not text.' });
  if (shortSize === 0) return { type, headerBytes: 8, sizeBytes: undefined };
  if (shortSize !== 1) return checked(type, 8, shortSize);
  if (reader.remainingBytes < 8) return undefined;
  return checked(type, 16, reader.u64());
}

function checked(type: string, headerBytes: 8 | 16, sizeBytes: number): BoxHeader {
  if (sizeBytes < headerBytes) throw fmp4Error('FMP4_BOX_MALFORMED', { details: { type, sizeBytes } });
  return { type, headerBytes, sizeBytes };
}

/** All boxes between `start` and `end`. @throws FMP4_BOX_TRUNCATED, FMP4_BOX_MALFORMED, also for more than `maxCount` */
export function readBoxes(bytes: Uint8Array, start = 0, end = bytes.length, maxCount = maxChildCount): Box[] {
  const boxes: Box[] = [];
  let at = start;
  while (at < end) {
    const header = readBoxHeader(bytes, at, end);
    if (header === undefined) throw fmp4Error('FMP4_BOX_TRUNCATED');
    const boxEnd = header.sizeBytes === undefined ? end : at + header.sizeBytes;
    if (boxEnd > end) throw fmp4Error('FMP4_BOX_TRUNCATED', { details: { type: header.type } });
    if (boxes.length === maxCount) throw fmp4Error('FMP4_BOX_MALFORMED', { message: 'Too many boxes.' });
    boxes.push({ type: header.type, start: at, bodyStart: at + header.headerBytes, end: boxEnd });
    at = boxEnd;
  }
  return boxes;
}

/** Children of a plain container, or of one whose body begins with `skipBytes` of fields. */
export function childBoxes(bytes: Uint8Array, box: Box, skipBytes = 0): Box[] {
  if (box.bodyStart + skipBytes > box.end) throw fmp4Error('FMP4_BOX_TRUNCATED', { details: { type: box.type } });
  return readBoxes(bytes, box.bodyStart + skipBytes, box.end);
}

export function findBox(boxes: readonly Box[], type: string): Box | undefined {
  return boxes.find((box) => box.type === type);
}

/** The one box of that type. @throws FMP4_BOX_MALFORMED when it is missing or repeated. */
export function onlyBox(boxes: readonly Box[], type: string): Box {
  const found = boxes.filter((box) => box.type === type);
  if (found.length !== 1) {
    throw fmp4Error('FMP4_BOX_MALFORMED', {
      message: `Expected one ${type} box, found ${found.length}.`,
      details: { type, count: found.length },
    });
  }
  return found[0]!;
}

export function bodyReader(bytes: Uint8Array, box: Box): ByteReader {
  return new ByteReader(bytes, box.bodyStart, box.end);
}

/** Version and flags of a full box (§4.2.2). */
export function readFullBoxHeader(reader: ByteReader): { version: number; flags: number } {
  return { version: reader.u8(), flags: reader.u24() };
}
