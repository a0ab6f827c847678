/** Puts EXIF data into a JPEG, as a phone does. */

/** @param thumbnail another JPEG inside the EXIF data, behind its directory. */
export function withExif(
  jpeg: Uint8Array,
  orientation: number,
  byteOrder: 'II' | 'MM' = 'II',
  thumbnail: Uint8Array = new Uint8Array(),
): Buffer {
  const tiff = Buffer.alloc(26);
  const isLittleEndian = byteOrder === 'II';
  const short = (value: number, at: number) =>
    isLittleEndian ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const long = (value: number, at: number) =>
    isLittleEndian ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(byteOrder, 0, 'latin1');
  short(42, 2);
  long(8, 4);
  // One entry: tag, type, count, value.
  short(1, 8);
  short(0x0112, 10);
  short(3, 12);
  long(1, 14);
  short(orientation, 18);
  const payload = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, thumbnail]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, payload, jpeg.subarray(2)]);
}
