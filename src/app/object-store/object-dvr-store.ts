/** DVR segments in an object store: `<session>/<rendition>/<number>.m4s`. Other processes and machines can read them there. */
import { concatBytes } from '../../media/concat-bytes.ts';
import { type DvrSegment, type DvrStore } from '../../hls/index.ts';
import { isDenied } from './errors.ts';
import { type ObjectStore } from './ports.ts';

/** Who waits has given up by then. */
const putDeadlineMs = 10_000;
const getDeadlineMs = 8000;
const deleteDeadlineMs = 10_000;
/** When everything goes. */
const deleteConcurrency = 16;

export class ObjectDvrStore implements DvrStore {
  readonly #store: ObjectStore;
  readonly #sessionId: string;
  /** Put from here, and not deleted since. */
  readonly #keys = new Set<string>();

  constructor(store: ObjectStore, sessionId: string) {
    this.#store = store;
    this.#sessionId = sessionId;
  }

  /** @throws STORE_REQUEST_FAILED */
  async put(segment: DvrSegment, parts: readonly Uint8Array[]): Promise<void> {
    const key = this.#keyOf(segment);
    // Before it is there: what fails late may be there all the same.
    this.#keys.add(key);
    const object = { key, bytes: concatBytes(parts), contentType: 'video/mp4', cacheControl: 'private, max-age=86400' };
    await this.#store.put(object, AbortSignal.timeout(putDeadlineMs));
  }

  /** @throws STORE_REQUEST_FAILED */
  async get(segment: DvrSegment): Promise<Uint8Array | undefined> {
    try {
      return await this.#store.get(this.#keyOf(segment), AbortSignal.timeout(getDeadlineMs));
    } catch (error) {
      // So stores without s3:ListBucket say that it is not there; that it may be read the start has tried.
      if (isDenied(error)) return undefined;
      throw error;
    }
  }

  delete(segment: DvrSegment): Promise<void> {
    return this.#delete(this.#keyOf(segment));
  }

  async clear(): Promise<void> {
    const keys = [...this.#keys];
    const deleteNext = async (): Promise<void> => {
      for (let key = keys.pop(); key !== undefined; key = keys.pop()) await this.#delete(key);
    };
    await Promise.all(Array.from({ length: deleteConcurrency }, deleteNext));
  }

  /** What a store does not let go is left to a lifecycle rule of the bucket. */
  async #delete(key: string): Promise<void> {
    this.#keys.delete(key);
    await this.#store.delete(key, AbortSignal.timeout(deleteDeadlineMs)).catch(() => undefined);
  }

  #keyOf({ renditionId, mediaSequenceNumber }: DvrSegment): string {
    return `${this.#sessionId}/${renditionId}/${mediaSequenceNumber}.m4s`;
  }
}
