/** Opens the bucket that programs are brought into as plain HLS, and refuses one that does not do. */
import { type Clock } from '../core/clock.ts';
import { randomId } from '../core/ids.ts';
import { type Logger } from '../core/logger.ts';
import { type Metrics } from '../core/metrics.ts';
import { createHlsPush, type HlsPush } from '../hls/index.ts';
import { type ObjectStore, probeObjectStore, S3ObjectStore } from './object-store/index.ts';
import { type Config } from './config.ts';

const lookDeadlineMs = 10_000;

interface HlsStoreParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** For the person at the terminal. */
  readonly say: (text: string) => void;
}

/** Undefined when none is configured. @throws STORE_UNUSABLE */
export async function openHlsStore(
  config: Pick<Config, 'hls' | 's3' | 'app'>,
  parts: HlsStoreParts,
): Promise<HlsPush | undefined> {
  const { storeBucket: bucket, storePrefix: prefix, storeUrl } = config.hls;
  if (bucket === undefined || storeUrl === undefined) return undefined;
  const store = new S3ObjectStore(config.s3, { bucket, prefix });
  try {
    await probeObjectStore(store);
  } catch (error) {
    store.close();
    throw error;
  }
  const problem = await lookAsViewer(store, storeUrl, config.app.publicUrl);
  if (problem !== undefined) {
    parts.logger.warn({ storeUrl, problem }, 'viewers cannot use the HLS store');
    parts.say(`Warning: viewers cannot play from hls.storeUrl (${storeUrl}): ${problem}`);
  }
  return createHlsPush({ ...parts, store, config: config.hls });
}

/**
 * Reads a small object as a page would: without a key, and from the pages' origin. A wrong answer is no reason not to start:
 * from here the address may look otherwise than from outside.
 */
async function lookAsViewer(
  store: ObjectStore,
  storeUrl: string,
  pageUrl: string | undefined,
): Promise<string | undefined> {
  const key = `rostrum-look-${randomId()}`;
  const object = { key, bytes: Buffer.from(key), contentType: 'text/plain', cacheControl: 'no-store' };
  const signal = AbortSignal.timeout(lookDeadlineMs);
  try {
    await store.put(object, signal);
    const response = await fetch(`${storeUrl.replace(/\/$/, '')}/${key}`, {
      ...(pageUrl === undefined ? {} : { headers: { Origin: new URL(pageUrl).origin } }),
      signal,
    });
    const text = await response.text();
    if (!response.ok) return `it answers ${response.status}. Let everybody read what lies below the prefix.`;
    if (text !== key)
      return 'it gives something else than what the bucket holds. Correct hls.storeUrl or hls.storePrefix.';
    // Without the pages' address nobody here knows what a CORS rule would have to allow.
    if (pageUrl !== undefined && response.headers.get('access-control-allow-origin') === null)
      return 'it sends no Access-Control-Allow-Origin. Add a CORS rule for GET and HEAD to the bucket.';
    return undefined;
  } catch (error) {
    return `it does not answer (${error instanceof Error ? error.message : String(error)}).`;
  } finally {
    await store.delete(key, AbortSignal.timeout(lookDeadlineMs)).catch(() => undefined);
  }
}
