/** Finds the AudioSpecificConfig inside an esds box (ISO/IEC 14496-1 §7.2.6, the descriptor tree). */
import { type ByteReader } from './byte-reader.ts';
import { fmp4Error } from './errors.ts';

const esDescriptorTag = 0x03;
const decoderConfigTag = 0x04;
const decoderSpecificInfoTag = 0x05;
const mpeg4AudioObjectType = 0x40;

/** @param reader at the body of the esds box. @throws FMP4_INIT_UNSUPPORTED, FMP4_BOX_TRUNCATED */
export function readEsdsAudioConfig(reader: ByteReader): Uint8Array {
  reader.skip(4);
  expectTag(reader, esDescriptorTag);
  reader.skip(2);
  const flags = reader.u8();
  if ((flags & 0x80) !== 0) reader.skip(2);
  if ((flags & 0x40) !== 0) reader.skip(reader.u8());
  if ((flags & 0x20) !== 0) reader.skip(2);
  expectTag(reader, decoderConfigTag);
  if (reader.u8() !== mpeg4AudioObjectType) {
    throw fmp4Error('FMP4_INIT_UNSUPPORTED', { message: 'The audio is not MPEG-4 audio.' });
  }
  reader.skip(12);
  return reader.take(expectTag(reader, decoderSpecificInfoTag));
}

/** Reads tag and length; the length is in base 128, at most four bytes. */
function expectTag(reader: ByteReader, tag: number): number {
  if (reader.u8() !== tag)
    throw fmp4Error('FMP4_INIT_UNSUPPORTED', { message: 'The esds descriptors are out of order.' });
  let lengthBytes = 0;
  for (let index = 0; index < 4; index++) {
    const byte = reader.u8();
    lengthBytes = lengthBytes * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) return lengthBytes;
  }
  throw fmp4Error('FMP4_BOX_MALFORMED', { message: 'A descriptor length is longer than four bytes.' });
}
