/** One object into the store, believed only after the store gave the same bytes back. */
import { createReadStream } from 'node:fs';
import { diskFiles, writeFully } from '../durable-files.ts';
import { recordingError, toSpoolError } from '../errors.ts';
import { hashStream, sha256Of } from '../hashing.ts';
import { contentTypeOf } from '../object-key.ts';
import { type ObjectStore } from '../ports.ts';
import { type PendingUpload } from '../spool/session-spool.ts';

export interface ExpectedObject {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** @throws REC_UPLOAD_MISMATCH when size or SHA-256 of what the store holds differ. */
export async function verifyObject(store: ObjectStore, key: string, expected: ExpectedObject): Promise<void> {
  const found = await store.head(key);
  if (found?.sizeBytes !== expected.sizeBytes) {
    throw recordingError('REC_UPLOAD_MISMATCH', {
      details: { key, expectedBytes: expected.sizeBytes, foundBytes: found?.sizeBytes },
    });
  }
  const { sha256 } = await hashStream(await store.get(key));
  if (sha256 !== expected.sha256) throw recordingError('REC_UPLOAD_MISMATCH', { details: { key } });
}

/**
 * @throws REC_SPOOL_DAMAGED when the local bytes are not those recorded; REC_WRITE_FAILED when they cannot be read now;
 * REC_UPLOAD_MISMATCH; store errors
 */
export async function uploadSpoolRange(store: ObjectStore, key: string, upload: PendingUpload): Promise<void> {
  const readRange = () =>
    createReadStream(upload.path, { start: upload.offsetBytes, end: upload.offsetBytes + upload.sizeBytes - 1 });
  const local = await hashStream(readRange()).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw toSpoolError(cause, upload.path);
  });
  if (local?.sha256 !== upload.sha256) {
    if (await restoreFromStore(store, key, upload)) return;
    throw recordingError('REC_SPOOL_DAMAGED', { details: { path: upload.path, offsetBytes: upload.offsetBytes } });
  }
  await store.put(key, readRange(), contentTypeOf(key));
  await verifyObject(store, key, upload);
}

/** Damaged bytes that an earlier life uploaded come back from the store. False when it has none or others. */
async function restoreFromStore(store: ObjectStore, key: string, upload: PendingUpload): Promise<boolean> {
  const found = await store.head(key);
  if (found?.sizeBytes !== upload.sizeBytes) return false;
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.get(key)) chunks.push(chunk as unknown as Uint8Array);
  const bytes = Buffer.concat(chunks);
  if (sha256Of(bytes) !== upload.sha256) return false;
  try {
    const handle = await diskFiles.open(upload.path);
    try {
      await writeFully(handle, bytes, upload.offsetBytes);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw toSpoolError(cause, upload.path);
  }
  return true;
}
