/** Door of the object store: bytes under names, in S3. */
import { type S3Config } from './config.ts';
import { type ObjectStore } from './ports.ts';
import { type BucketPlace, S3ObjectStore } from './s3-object-store.ts';

export { type S3Config, s3ConfigSchema } from './config.ts';
export { objectStoreErrorCatalog } from './errors.ts';
export { type ObjectStore, type StoredObject } from './ports.ts';
export { probeObjectStore } from './probe.ts';
export { type BucketPlace } from './s3-object-store.ts';

/** Connects only when it is asked for something. */
export function createS3ObjectStore(config: S3Config, place: BucketPlace): ObjectStore {
  return new S3ObjectStore(config, place);
}
