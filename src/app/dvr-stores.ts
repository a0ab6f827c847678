/** Where the segments that viewers can go back to are kept: files below the data folder, or a bucket. */
import { join } from 'node:path';
import { createDvrStore, type DvrStore } from '../hls/index.ts';
import { type Config } from './config.ts';
import { ObjectDvrStore, probeObjectStore, S3ObjectStore } from './object-store/index.ts';

const bucketPrefix = 'dvr/';

export interface DvrStores {
  /** Of one session; processes that serve the same program find the same segments there. */
  of(sessionId: string): DvrStore;
  close(): void;
}

export function dvrFolder(dataDir: string): string {
  return join(dataDir, 'dvr');
}

/** @param isWritten false for a process that only reads: it needs fewer permissions. @throws STORE_UNUSABLE */
export async function openDvrStores(
  config: Pick<Config, 'hls' | 's3'>,
  dataDir: string,
  { isWritten }: { readonly isWritten: boolean },
): Promise<DvrStores> {
  const { dvrBucket: bucket } = config.hls;
  if (bucket === undefined)
    return { of: (sessionId) => createDvrStore(join(dvrFolder(dataDir), sessionId)), close: () => undefined };
  const store = new S3ObjectStore(config.s3, { bucket, prefix: bucketPrefix });
  try {
    if (isWritten) await probeObjectStore(store);
  } catch (error) {
    store.close();
    throw error;
  }
  return { of: (sessionId) => new ObjectDvrStore(store, sessionId), close: () => store.close() };
}
