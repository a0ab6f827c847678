/** Start-up test of an object store: writes, reads and deletes one small object, and says which permission is missing. */
import { randomId } from '../../core/ids.ts';
import { type RostrumError } from '../../core/errors.ts';
import { isDenied, objectStoreError, reasonOf } from './errors.ts';
import { type ObjectStore } from './ports.ts';

const stepDeadlineMs = 10_000;

type Step = 'write' | 'read' | 'delete';

const permissions: Record<Step, string> = { write: 's3:PutObject', read: 's3:GetObject', delete: 's3:DeleteObject' };

/** What the words of S3 mean for who has to mend it. */
const fixes: Readonly<Record<string, string>> = {
  NoSuchBucket: 'There is no such bucket: create it, or correct its name.',
  InvalidAccessKeyId: 'The store does not know this access key: correct s3.accessKeyId.',
  SignatureDoesNotMatch: 'The secret does not belong to the access key: correct s3.secretAccessKey, or s3.region.',
  RequestTimeTooSkewed: "This machine's clock and the store's differ too much: synchronize the clock (NTP).",
  PermanentRedirect: 'The bucket lies in another region: correct s3.region.',
  AuthorizationHeaderMalformed: 'The bucket lies in another region: correct s3.region.',
  ECONNREFUSED: 'Nothing answers there: correct s3.endpoint, or start the store.',
  ENOTFOUND: 'There is no host of that name: correct s3.endpoint.',
  CredentialsProviderError: 'No credentials were found: set s3.accessKeyId and s3.secretAccessKey.',
  AbortError: 'The store did not answer in time: correct s3.endpoint, or look at the network.',
  TimeoutError: 'The store did not answer in time: correct s3.endpoint, or look at the network.',
};

/** @throws STORE_UNUSABLE that names the step, the reason and what to do */
export async function probeObjectStore(store: ObjectStore): Promise<void> {
  const key = `rostrum-probe-${randomId()}`;
  const bytes = Buffer.from(`Written by Rostrum to test this store; can be deleted. ${key}`);
  const object = { key, bytes, contentType: 'text/plain', cacheControl: 'no-store' };
  await attempt('write', store, (signal) => store.put(object, signal));
  try {
    const found = await attempt('read', store, (signal) => store.get(key, signal));
    if (found === undefined || !bytes.equals(found))
      throw unusable('read', store, 'gave something else than was written');
  } catch (error) {
    await store.delete(key, AbortSignal.timeout(stepDeadlineMs)).catch(() => undefined);
    throw error;
  }
  await attempt('delete', store, (signal) => store.delete(key, signal));
  const left = await attempt('read', store, (signal) => readDeleted(store, key, signal));
  if (left !== undefined) throw unusable('delete', store, 'is still there, though the store said it is deleted');
}

/** A store that may not tell what is in it (no s3:ListBucket) answers AccessDenied for what is not. */
async function readDeleted(store: ObjectStore, key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await store.get(key, signal);
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

async function attempt<T>(step: Step, store: ObjectStore, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await run(AbortSignal.timeout(stepDeadlineMs));
  } catch (cause) {
    throw unusable(step, store, `failed: ${reasonOf(cause)}`, fixOf(step, store, cause), cause);
  }
}

function fixOf(step: Step, store: ObjectStore, error: unknown): string {
  if (isDenied(error)) return `The access key lacks the permission ${permissions[step]} on ${store.name}*: grant it.`;
  return fixes[reasonOf(error)] ?? 'Look up what the store means by that.';
}

function unusable(step: Step, store: ObjectStore, what: string, fix = '', cause?: unknown): RostrumError {
  const message = `Test of the object store ${store.name}: ${step} ${what}. ${fix}`.trimEnd();
  return objectStoreError('STORE_UNUSABLE', { message, details: { step }, ...(cause === undefined ? {} : { cause }) });
}
