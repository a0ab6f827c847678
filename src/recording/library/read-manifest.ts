/** Reads and checks a recording's manifest. */
import { toRostrumError } from '../../core/errors.ts';
import { recordingError } from '../errors.ts';
import { type RecordingManifest, manifestSchema } from '../finishing/manifest.ts';
import { manifestName, recordingPrefix } from '../object-key.ts';
import { type ObjectStore } from '../ports.ts';

/** A manifest of a day-long recording has some ten thousand objects; more than this is none. */
const maxManifestBytes = 256 << 20;

/** @throws REC_OBJECT_NOT_FOUND, REC_MANIFEST_INVALID, store errors */
export async function readManifest(
  store: ObjectStore,
  ids: { readonly webinarId: string; readonly sessionId: string },
): Promise<RecordingManifest> {
  const key = `${recordingPrefix(ids)}/${manifestName}`;
  const text = await readText(store, key, maxManifestBytes);
  const parsed = manifestSchema.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.recordingId !== ids.sessionId) {
    throw recordingError('REC_MANIFEST_INVALID', { cause: parsed.error, details: { key } });
  }
  return parsed.data;
}

export async function readText(store: ObjectStore, key: string, maxBytes: number): Promise<string> {
  const found = await store.head(key);
  if (found === undefined) throw recordingError('REC_OBJECT_NOT_FOUND', { details: { key } });
  if (found.sizeBytes > maxBytes) throw recordingError('REC_MANIFEST_INVALID', { details: { key } });
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of await store.get(key)) chunks.push(chunk as unknown as Uint8Array);
  } catch (cause) {
    throw toRostrumError(cause);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined when the text is no JSON: the schema then says so. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
