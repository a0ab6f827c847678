/** Big-endian reads inside fixed bounds: whatever leads outside throws FMP4_BOX_TRUNCATED. */
import { fmp4Error } from './errors.ts';

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #position: number;

  /** Reads `bytes` from `start` (inclusive) to `end` (exclusive), both clamped to the array. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = Math.min(end, bytes.length);
    this.#position = Math.min(start, this.#end);
  }

  get position(): number {
    return this.#position;
  }

  get remainingBytes(): number {
    return this.#end - this.#position;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u24(): number {
    return (this.u8() << 16) | this.u16();
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  /** Unsigned 64-bit as a number. @throws FMP4_BOX_MALFORMED at 2^53 and above: no real size or time is that large. */
  u64(): number {
    const value = this.u32() * 0x1_0000_0000 + this.u32();
    if (!Number.isSafeInteger(value))
      throw fmp4Error('FMP4_BOX_MALFORMED', { message: 'A 64-bit field is above 2^53.' });
    return value;
  }

  fourcc(): string {
    const at = this.#advance(4);
    return String.fromCharCode(...this.#bytes.subarray(at, at + 4));
  }

  /** A view of the next `count` bytes, not a copy. */
  take(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#bytes.subarray(at, at + count);
  }

  skip(count: number): void {
    this.#advance(count);
  }

  #advance(count: number): number {
    if (count > this.remainingBytes) throw fmp4Error('FMP4_BOX_TRUNCATED');
    const at = this.#position;
    this.#position += count;
    return at;
  }
}
