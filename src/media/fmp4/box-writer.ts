/** Builds boxes (ISO/IEC 14496-12 §4.2) from field bytes and children. */
import { concatBytes } from '../concat-bytes.ts';

export function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

export function u32(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value >>> 0);
  return bytes;
}

/** @param value whole, 0..2^53-1 */
export function u64(value: number): Uint8Array {
  return u32(Math.floor(value / 0x1_0000_0000), value % 0x1_0000_0000);
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** @param type four ASCII characters */
export function box(type: string, ...body: readonly Uint8Array[]): Uint8Array {
  const sizeBytes = 8 + body.reduce((sum, part) => sum + part.length, 0);
  return concatBytes([u32(sizeBytes), ascii(type), ...body]);
}

export function fullBox(type: string, version: number, flags: number, ...body: readonly Uint8Array[]): Uint8Array {
  return box(type, u32(((version << 24) | flags) >>> 0), ...body);
}
