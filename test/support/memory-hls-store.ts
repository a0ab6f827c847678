/** A store for plain HLS that a test can look into, and break. */
import { gunzipSync } from 'node:zlib';
import { type HlsObject, type HlsStore } from '../../src/hls/index.ts';

export class MemoryHlsStore implements HlsStore {
  readonly objects = new Map<string, HlsObject>();
  /** Keys, in the order in which viewers got them. */
  readonly order: string[] = [];
  /** What becomes of the calls for a key, from now on. */
  behaviour: (key: string) => 'works' | 'refuses' | 'hangs' = () => 'works';
  /** Keys of which two puts were under way at once. */
  readonly overlaps: string[] = [];
  isClosed = false;
  readonly #underWay = new Set<string>();

  async put(object: HlsObject, signal: AbortSignal): Promise<void> {
    const { key } = object;
    if (this.#underWay.has(key)) this.overlaps.push(key);
    this.#underWay.add(key);
    try {
      await this.#behave(key, signal);
      this.objects.set(key, object);
      this.order.push(key);
    } finally {
      this.#underWay.delete(key);
    }
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    await this.#behave(key, signal);
    this.objects.delete(key);
  }

  close(): void {
    this.isClosed = true;
  }

  /** Of a playlist or captions, as a viewer reads it. */
  text(key: string): string | undefined {
    const object = this.objects.get(key);
    if (object === undefined) return undefined;
    const { bytes, contentEncoding } = object;
    return String(contentEncoding === 'gzip' ? gunzipSync(bytes) : bytes);
  }

  async #behave(key: string, signal: AbortSignal): Promise<void> {
    const behaviour = this.behaviour(key);
    if (behaviour === 'refuses') throw new Error('AccessDenied');
    if (behaviour === 'works') return;
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    await promise;
  }
}
