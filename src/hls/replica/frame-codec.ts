/**
 * Values with bytes in them on a stream: one frame each. Lengths of head and body (4 bytes each, big-endian), the head as
 * JSON in which bytes stand as `{"$bytes": length}`, and the body: all bytes in the order of the head. Pure.
 */
import { concatBytes } from '../../media/concat-bytes.ts';
import { hlsError } from '../errors.ts';

const prefixBytes = 8;
/** Far above the longest program's whole state. */
const maxFrameBytes = 256 * 1024 * 1024;

/** @returns what is to be written one behind the other; the value's bytes are not copied */
export function encodeFrame(value: unknown): readonly Uint8Array[] {
  const body: Uint8Array[] = [];
  // By the key and not by the value given: that of a Buffer would be its own idea of JSON.
  const head = JSON.stringify(value, function (this: Record<string, unknown>, key: string, given: unknown) {
    const original = this[key];
    if (!(original instanceof Uint8Array)) return given;
    body.push(original);
    return { $bytes: original.length };
  });
  const headBytes = Buffer.from(head);
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(headBytes.length, 0);
  prefix.writeUInt32BE(
    body.reduce((sum, bytes) => sum + bytes.length, 0),
    4,
  );
  return [prefix, headBytes, ...body];
}

/** Puts frames together again, whatever pieces they come in. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #length = 0;
  #neededBytes = prefixBytes;

  /** @returns the frames that are whole now. @throws HLS_FEED_INVALID */
  push(chunk: Uint8Array): unknown[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: unknown[] = [];
    while (this.#length >= this.#neededBytes) {
      const bytes = Buffer.from(concatBytes(this.#chunks));
      const headLength = bytes.readUInt32BE(0);
      const frameLength = prefixBytes + headLength + bytes.readUInt32BE(4);
      if (frameLength > maxFrameBytes) throw hlsError('HLS_FEED_INVALID');
      this.#chunks = [bytes];
      this.#neededBytes = frameLength;
      if (bytes.length < frameLength) break;
      frames.push(
        decode(
          bytes.subarray(prefixBytes, prefixBytes + headLength),
          bytes.subarray(prefixBytes + headLength, frameLength),
        ),
      );
      this.#chunks = [bytes.subarray(frameLength)];
      this.#length = bytes.length - frameLength;
      this.#neededBytes = prefixBytes;
    }
    return frames;
  }
}

function decode(head: Buffer, body: Uint8Array): unknown {
  let at = 0;
  try {
    return JSON.parse(head.toString(), (_key, value: unknown) => {
      const length = bytesLength(value);
      if (length === undefined) return value;
      // A copy: a view would keep the whole frame in memory.
      const bytes = new Uint8Array(body.subarray(at, at + length));
      if (bytes.length !== length) throw new RangeError('body too short');
      at += length;
      return bytes;
    });
  } catch (cause) {
    throw hlsError('HLS_FEED_INVALID', { cause });
  }
}

function bytesLength(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '$bytes')) return undefined;
  const { $bytes } = value as { $bytes: unknown };
  return typeof $bytes === 'number' && Number.isSafeInteger($bytes) && $bytes >= 0 ? $bytes : undefined;
}
