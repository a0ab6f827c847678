/** Which way up a JPEG is meant to be seen, as its EXIF data says. Pure; safe on any bytes. */

/** Tag 0x0112: 1 upright, 2 mirrored, 3 upside down, 4 both, 5 to 8 the same with rows and columns exchanged. */
export type ExifOrientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const orientationTag = 0x0112;
const shortType = 3;
const maxEntries = 256;

/** Exif 2.32, 4.5 and 4.6.4; 1 for anything that does not say or that is no JPEG. */
export function exifOrientation(bytes: Uint8Array): ExifOrientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return 1;
  // Segments of APPn, comments and tables until the scan; each has its length after its marker.
  for (let at = 2; at + 4 <= view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda || marker < 0xc0) return 1;
    const end = at + 2 + view.getUint16(at + 2);
    if (marker === 0xe1 && end <= view.byteLength && isExif(view, at + 4, end))
      return orientationIn(new DataView(bytes.buffer, bytes.byteOffset + at + 10, end - at - 10));
    at = end;
  }
  return 1;
}

function isExif(view: DataView, at: number, end: number): boolean {
  return end - at >= 14 && view.getUint32(at) === 0x4578_6966 && view.getUint16(at + 4) === 0;
}

/** The first directory of a TIFF structure. */
function orientationIn(tiff: DataView): ExifOrientation {
  const isLittleEndian = tiff.getUint16(0) === 0x4949;
  if (!isLittleEndian && tiff.getUint16(0) !== 0x4d4d) return 1;
  const directory = tiff.getUint32(4, isLittleEndian);
  if (directory + 2 > tiff.byteLength) return 1;
  const count = Math.min(maxEntries, tiff.getUint16(directory, isLittleEndian));
  for (let at = directory + 2; at + 12 <= Math.min(tiff.byteLength, directory + 2 + 12 * count); at += 12) {
    if (tiff.getUint16(at, isLittleEndian) !== orientationTag) continue;
    if (tiff.getUint16(at + 2, isLittleEndian) !== shortType) return 1;
    const value = tiff.getUint16(at + 8, isLittleEndian);
    return value >= 1 && value <= 8 ? (value as ExifOrientation) : 1;
  }
  return 1;
}
