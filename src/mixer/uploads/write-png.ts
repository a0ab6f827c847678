/** Pixels to a PNG file of the plainest kind: 8 bits, no filter, no ancillary chunk. Pure. */
import { crc32, deflateSync } from 'node:zlib';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** RGBA with straight alpha, or RGB; rows without padding. */
export interface RawPixels {
  readonly width: number;
  readonly height: number;
  readonly bytesPerPixel: 3 | 4;
  /** width * height * bytesPerPixel bytes. */
  readonly data: Uint8Array;
}

/** PNG 1.2. @throws RangeError when there are more or fewer bytes than pixels */
export function writePng({ width, height, bytesPerPixel, data }: RawPixels): Uint8Array {
  const rowBytes = width * bytesPerPixel;
  if (data.length !== rowBytes * height) throw new RangeError(`${data.length} bytes are no ${width}x${height} pixels.`);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, bytesPerPixel === 4 ? 6 : 2], 8);
  // Each row begins with its filter type, 0 for none.
  const rows = Buffer.alloc((rowBytes + 1) * height);
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * rowBytes, (y + 1) * rowBytes), y * (rowBytes + 1) + 1);
  return new Uint8Array(
    Buffer.concat([
      signature,
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(rows, { level: 6 })),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
}
