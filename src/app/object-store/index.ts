/** Door of the object store: bytes under names, in S3. */
export { type S3Config, s3ConfigSchema } from './config.ts';
export { ObjectDvrStore } from './object-dvr-store.ts';
export { type ObjectStore } from './ports.ts';
export { probeObjectStore } from './probe.ts';
export { S3ObjectStore } from './s3-object-store.ts';
