/** Objects in a bucket of an S3 service, below a prefix. */
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type S3Config } from './config.ts';
import { objectStoreError } from './errors.ts';
import { type ObjectStore, type StoredObject } from './ports.ts';

const connectDeadlineMs = 3000;
/** Callers have shorter ones of their own. */
const requestDeadlineMs = 60_000;
/** Above what all callers may ask at once: the SDK counts waiting for a socket as connecting. */
const maxSockets = 512;

export interface BucketPlace {
  readonly bucket: string;
  /** Before every key; empty, or with a slash at its end. */
  readonly prefix: string;
}

export class S3ObjectStore implements ObjectStore {
  readonly name: string;
  readonly #client: S3Client;
  readonly #place: BucketPlace;

  constructor(config: S3Config, place: BucketPlace) {
    const { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle } = config;
    const hasKey = accessKeyId !== undefined && secretAccessKey !== undefined;
    this.name = `s3://${place.bucket}/${place.prefix}`;
    this.#place = place;
    this.#client = new S3Client({
      ...{ region, forcePathStyle },
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(hasKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
      // Stores and proxies that ignore the question would make every large object late.
      expectContinueHeader: false,
      // Callers know better when it is worth trying again.
      maxAttempts: 1,
      // The SDK's own default adds checksum trailers, which stores other than AWS refuse or keep as content (recording.md).
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: connectDeadlineMs,
        requestTimeout: requestDeadlineMs,
        throwOnRequestTimeout: true,
        httpAgent: { maxSockets },
        httpsAgent: { maxSockets },
      },
    });
  }

  async put(object: StoredObject, signal: AbortSignal): Promise<void> {
    const { key, bytes, contentType, contentEncoding, cacheControl } = object;
    const command = new PutObjectCommand({
      ...this.#at(key),
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: contentType,
      ContentEncoding: contentEncoding,
      CacheControl: cacheControl,
    });
    await this.#attempt('put', key, signal, () => this.#client.send(command, { abortSignal: signal }));
  }

  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return this.#attempt('get', key, signal, async () => {
      try {
        const reply = await this.#client.send(new GetObjectCommand(this.#at(key)), { abortSignal: signal });
        return await reply.Body?.transformToByteArray();
      } catch (error) {
        if (reasonOf(error).code === 'NoSuchKey') return undefined;
        throw error;
      }
    });
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    const command = new DeleteObjectCommand(this.#at(key));
    await this.#attempt('delete', key, signal, () => this.#client.send(command, { abortSignal: signal }));
  }

  close(): void {
    this.#client.destroy();
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#place.bucket, Key: `${this.#place.prefix}${key}` };
  }

  async #attempt<T>(operation: string, key: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    try {
      return await untilAborted(run(), signal);
    } catch (cause) {
      const details = { operation, key, ...reasonOf(cause) };
      throw objectStoreError('STORE_REQUEST_FAILED', { cause, details });
    }
  }
}

/** The SDK looks for credentials without a look at the signal. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new DOMException('The operation was aborted.', 'AbortError'));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** What the service, or the way to it, said: `AccessDenied`, `NoSuchBucket`, `ECONNREFUSED`. */
function reasonOf(error: unknown): { code: string; httpStatus?: number } {
  if (!(error instanceof Error)) return { code: 'unknown' };
  const { code, $metadata } = error as Error & { code?: string; $metadata?: { httpStatusCode?: number } };
  const httpStatus = $metadata?.httpStatusCode;
  return { code: code ?? error.name, ...(httpStatus === undefined ? {} : { httpStatus }) };
}
