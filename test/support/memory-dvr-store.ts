/** A DVR store that a test can look into, and break. */
import { type DvrSegment, type DvrStore } from '../../src/hls/index.ts';
import { concatBytes } from '../../src/media/concat-bytes.ts';

const keyOf = ({ renditionId, mediaSequenceNumber }: DvrSegment) => `${renditionId}/${mediaSequenceNumber}`;

export class MemoryDvrStore implements DvrStore {
  readonly segments = new Map<string, Uint8Array>();
  /** What the next puts do. */
  mode: 'works' | 'refuses' | 'hangs' = 'works';
  putCount = 0;
  /** Reads give nothing, ever. */
  hangsOnGet = false;
  isCleared = false;

  put(segment: DvrSegment, parts: readonly Uint8Array[]): Promise<void> {
    this.putCount++;
    if (this.mode === 'refuses') return Promise.reject(new Error('ENOSPC'));
    if (this.mode === 'hangs') return new Promise(() => undefined);
    this.segments.set(keyOf(segment), concatBytes(parts));
    return Promise.resolve();
  }

  get(segment: DvrSegment): Promise<Uint8Array | undefined> {
    if (this.hangsOnGet) return new Promise(() => undefined);
    return Promise.resolve(this.segments.get(keyOf(segment)));
  }

  delete(segment: DvrSegment): Promise<void> {
    this.segments.delete(keyOf(segment));
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.segments.clear();
    this.isCleared = true;
    return Promise.resolve();
  }
}
