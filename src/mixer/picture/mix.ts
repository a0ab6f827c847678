/** Blends one whole picture into another, for a crossfade. Pure. */
import { type I420Canvas } from './i420.ts';

const evenBytes = 0x00ff00ff;
/** One half in both lanes, so that the shift rounds. */
const half = 0x0080_0080;

/**
 * Replaces every byte of `target` by the weighted mean of `from` and itself, rounded: two bytes per multiplication.
 * Equal bytes stay exactly what they are. Both pictures have the same size.
 * @param weight share of `target`, 0..256; 256 leaves it alone.
 */
export function mixInto(target: I420Canvas, from: Uint8Array, weight: number): void {
  const { data } = target;
  if (from.length !== data.length) throw new RangeError(`Cannot mix ${from.length} bytes into ${data.length}.`);
  if (weight === 256) return;
  const wordCount = isAligned(data) && isAligned(from) ? data.length >> 2 : 0;
  mixWords(wordsOf(data, wordCount), wordsOf(from, wordCount), weight);
  const rest = 256 - weight;
  for (let at = 4 * wordCount; at < data.length; at++) {
    data[at] = (data[at]! * weight + from[at]! * rest + 128) >> 8;
  }
}

function mixWords(target: Uint32Array, from: Uint32Array, weight: number): void {
  const rest = 256 - weight;
  for (let at = 0; at < target.length; at++) {
    const a = target[at]!;
    const b = from[at]!;
    const low = Math.imul(a & evenBytes, weight) + Math.imul(b & evenBytes, rest) + half;
    const high = Math.imul((a >>> 8) & evenBytes, weight) + Math.imul((b >>> 8) & evenBytes, rest) + half;
    target[at] = ((low >>> 8) & evenBytes) | (high & ~evenBytes);
  }
}

function isAligned(bytes: Uint8Array): boolean {
  return bytes.byteOffset % 4 === 0;
}

function wordsOf(bytes: Uint8Array, wordCount: number): Uint32Array {
  return wordCount === 0 ? new Uint32Array(0) : new Uint32Array(bytes.buffer, bytes.byteOffset, wordCount);
}
