/** Cuts the byte stream of one fragmented MP4 output (`ftyp moov (moof mdat)*`) into its init and its fragments. */
import { readBoxHeader } from './box-reader.ts';
import { fmp4Error } from './errors.ts';
import { GrowingBuffer } from './growing-buffer.ts';

export interface CmafUnit {
  /** `init` is ftyp + moov, `fragment` is one moof + mdat with whatever stood before it (styp, sidx, prft, emsg). */
  readonly type: 'init' | 'fragment';
  /** A copy of its own; safe to keep. */
  readonly bytes: Uint8Array;
}

export interface CmafSplitterLimits {
  /** ftyp + moov together. */
  readonly maxInitBytes: number;
  /** One moof + mdat together: a keyframe of a very large picture fits many times over. */
  readonly maxFragmentBytes: number;
}

export const defaultSplitterLimits: CmafSplitterLimits = {
  maxInitBytes: 1024 * 1024,
  maxFragmentBytes: 16 * 1024 * 1024,
};

const beforeMoov = new Set(['ftyp', 'free', 'skip']);
const beforeMoof = new Set(['styp', 'sidx', 'prft', 'emsg', 'free', 'skip']);

/** One per stream. After a throw it stays failed: a byte stream of boxes cannot be resynchronised. */
export class CmafStreamSplitter {
  readonly #limits: CmafSplitterLimits;
  readonly #buffer = new GrowingBuffer();
  /** End of the last whole box of the unit being collected, in bytes from the buffer's start. */
  #scannedBytes = 0;
  #expected: 'ftyp' | 'moov' | 'moof' | 'mdat' | 'end' = 'ftyp';
  #failure: unknown;

  constructor(limits: CmafSplitterLimits = defaultSplitterLimits) {
    this.#limits = limits;
  }

  /** Bytes received that belong to no whole unit yet. */
  get pendingBytes(): number {
    return this.#buffer.length;
  }

  /**
   * Takes the next bytes, of any length, and returns the units they complete, in order.
   * @throws FMP4_BOX_MALFORMED, FMP4_BOX_UNEXPECTED, FMP4_BOX_TOO_LARGE; the same error again from then on.
   */
  push(chunk: Uint8Array): CmafUnit[] {
    if (this.#failure !== undefined) throw this.#failure as Error;
    try {
      this.#buffer.append(chunk);
      const units: CmafUnit[] = [];
      while (this.#scanBox(units));
      return units;
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /** Moves over one whole box; false when it has not arrived whole. */
  #scanBox(units: CmafUnit[]): boolean {
    const pending = this.#buffer.view();
    const header = readBoxHeader(pending, this.#scannedBytes);
    if (header === undefined) return false;
    this.#assertExpected(header.type);
    if (header.sizeBytes === undefined) {
      throw fmp4Error('FMP4_BOX_MALFORMED', { message: 'A box of a live stream has no size.' });
    }
    const end = this.#scannedBytes + header.sizeBytes;
    const isInit = this.#expected === 'ftyp' || this.#expected === 'moov';
    const maxBytes = isInit ? this.#limits.maxInitBytes : this.#limits.maxFragmentBytes;
    if (end > maxBytes) throw fmp4Error('FMP4_BOX_TOO_LARGE', { details: { type: header.type, maxBytes } });
    if (end > pending.length) return false;
    this.#scannedBytes = end;
    this.#advance(header.type, units);
    return true;
  }

  #assertExpected(type: string): void {
    const isAllowed =
      type === this.#expected ||
      (this.#expected === 'moov' && beforeMoov.has(type)) ||
      (this.#expected === 'moof' && (beforeMoof.has(type) || type === 'mfra'));
    if (!isAllowed) throw fmp4Error('FMP4_BOX_UNEXPECTED', { details: { type, expected: this.#expected } });
  }

  #advance(type: string, units: CmafUnit[]): void {
    if (type === 'ftyp') this.#expected = 'moov';
    else if (type === 'moov') this.#emit('init', units);
    else if (type === 'moof') this.#expected = 'mdat';
    else if (type === 'mdat') this.#emit('fragment', units);
    else if (type === 'mfra') {
      // The muxer's trailer: an index for files, of no use to anybody here.
      this.#buffer.consume(this.#scannedBytes);
      this.#scannedBytes = 0;
      this.#expected = 'end';
    }
  }

  #emit(type: CmafUnit['type'], units: CmafUnit[]): void {
    units.push({ type, bytes: this.#buffer.view().slice(0, this.#scannedBytes) });
    this.#buffer.consume(this.#scannedBytes);
    this.#scannedBytes = 0;
    this.#expected = 'moof';
  }
}
