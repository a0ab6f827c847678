/** What is kept in an object store, whatever the store. */
import { type HlsObject } from '../../hls/index.ts';

/** Its key is below the place that the store was opened at. */
export type StoredObject = HlsObject;

/** Keys are whole or not there: readers never see half an object. Every method ends soon after its signal aborts. */
export interface ObjectStore {
  /** As people know it: `s3://bucket/prefix`. */
  readonly name: string;
  /** Resolves when readers get it. @throws STORE_REQUEST_FAILED */
  put(object: StoredObject, signal: AbortSignal): Promise<void>;
  /** As it was put. Undefined when it is not there. @throws STORE_REQUEST_FAILED */
  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** No error for what is not there. @throws STORE_REQUEST_FAILED */
  delete(key: string, signal: AbortSignal): Promise<void>;
  /** Lets connections go. Idempotent. */
  close(): void;
}
