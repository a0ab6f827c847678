/** What recordings there are, what is in them, and whether they are still what was recorded. For the server. */
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { idPattern } from '../../core/ids.ts';
import { type Logger } from '../../core/logger.ts';
import { recordingError } from '../errors.ts';
import { type RecordingManifest } from '../finishing/manifest.ts';
import { hashStream } from '../hashing.ts';
import {
  contentTypeOf,
  manifestName,
  recordingIndexKey,
  recordingIndexPrefix,
  recordingPrefix,
} from '../object-key.ts';
import { type ObjectStore, type RecordingStart } from '../ports.ts';
import { parseJournal } from '../spool/journal-line.ts';
import { journalRecordSchema } from '../spool/journal-records.ts';
import { journalName } from '../spool/spool-layout.ts';
import { parseJson, readManifest, readText } from './read-manifest.ts';

const indexEntrySchema = z.object({
  recordingId: z.string().regex(idPattern),
  webinarId: z.string().regex(idPattern),
  title: z.string(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  durationSec: z.number(),
  sizeBytes: z.number(),
  gapCount: z.number(),
});

/** A finished recording in one line. */
export type RecordingSummary = z.output<typeof indexEntrySchema>;

export type RecordingEntry =
  ({ readonly state: 'finished' } & RecordingSummary) | ({ readonly state: 'unfinished' } & UnfinishedRecording);

/** In the spool: being recorded or finished right now, or waiting for the next start after a failure. */
export interface UnfinishedRecording {
  readonly recordingId: string;
  readonly webinarId: string;
  readonly title: string;
  readonly startedAtMs: number;
}

export type RecordingDetails =
  | { readonly state: 'finished'; readonly manifest: RecordingManifest }
  | ({ readonly state: 'unfinished' } & UnfinishedRecording);

export interface VerifyResult {
  readonly ok: boolean;
  readonly checked: number;
  readonly problems: readonly { readonly key: string; readonly problem: 'missing' | 'sizeDiffers' | 'hashDiffers' }[];
}

export interface OpenedObject {
  readonly stream: NodeJS.ReadableStream;
  /** Of the whole object, not of the range. */
  readonly sizeBytes: number;
  readonly contentType: string;
}

export interface RecordingLibraryOptions {
  readonly store: ObjectStore;
  /** The recorder's data folder: its spool is read (never written) for recordings that are not finished. */
  readonly dataDir: string;
  readonly logger: Logger;
}

/** The first journal line is the `begin`; its title is bounded, so it fits. */
const maxBeginBytes = 64 * 1024;
/** Manifests kept in memory: playback opens one object every two seconds and viewer. */
const maxCachedManifests = 16;

export class RecordingLibrary {
  readonly #options: RecordingLibraryOptions;
  /** Finished recordings never change, so what was read once stays true. */
  readonly #summaries = new Map<string, RecordingSummary>();
  readonly #manifests = new Map<string, RecordingManifest>();

  constructor(options: RecordingLibraryOptions) {
    this.#options = options;
  }

  /** Finished and unfinished recordings, newest first. */
  async list(): Promise<RecordingEntry[]> {
    const finished: RecordingEntry[] = [];
    for (const key of await this.#options.store.list(`${recordingIndexPrefix}/`)) {
      const recordingId = key.slice(recordingIndexPrefix.length + 1, -'.json'.length);
      const summary = await this.#summary(recordingId);
      if (summary !== undefined) finished.push({ state: 'finished', ...summary });
    }
    const finishedIds = new Set(finished.map((entry) => entry.recordingId));
    const unfinished = (await this.#unfinished())
      .filter((one) => !finishedIds.has(one.recordingId))
      .map((one) => ({ state: 'unfinished' as const, ...one }));
    return [...finished, ...unfinished].sort((a, b) => b.startedAtMs - a.startedAtMs);
  }

  /** @throws REC_NOT_FOUND, REC_MANIFEST_INVALID, store errors */
  async get(recordingId: string): Promise<RecordingDetails> {
    const manifest = await this.#manifest(recordingId);
    if (manifest !== undefined) return { state: 'finished', manifest };
    const start = idPattern.test(recordingId) ? await this.#readBegin(recordingId) : undefined;
    if (start === undefined) throw recordingError('REC_NOT_FOUND', { details: { recordingId } });
    return { state: 'unfinished', ...start };
  }

  /** Reads every object again and compares it with the manifest. @throws REC_NOT_FOUND, REC_NOT_FINISHED, store errors */
  async verify(
    recordingId: string,
    onProgress: (progress: { checked: number; total: number }) => void = () => undefined,
  ): Promise<VerifyResult> {
    const { objects } = await this.#finishedManifest(recordingId);
    const problems: VerifyResult['problems'][number][] = [];
    for (const [index, expected] of objects.entries()) {
      const problem = await this.#check(expected);
      if (problem !== undefined) problems.push({ key: expected.key, problem });
      onProgress({ checked: index + 1, total: objects.length });
    }
    return { ok: problems.length === 0, checked: objects.length, problems };
  }

  /**
   * @param objectName as in the manifest (`recording.mp4`, `video-720p/12.m4s`), or `manifest.json`.
   * @param range inclusive byte positions.
   * @throws REC_NOT_FOUND, REC_NOT_FINISHED, REC_OBJECT_NOT_FOUND, REC_OBJECT_RANGE_INVALID
   */
  async open(
    recordingId: string,
    objectName: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<OpenedObject> {
    const manifest = await this.#finishedManifest(recordingId);
    const listed = manifest.objects.find((object) => object.name === objectName);
    if (listed === undefined && objectName !== manifestName) {
      throw recordingError('REC_OBJECT_NOT_FOUND', { details: { recordingId, objectName: objectName.slice(0, 200) } });
    }
    const prefix = recordingPrefix({ webinarId: manifest.webinarId, sessionId: manifest.recordingId });
    const key = `${prefix}/${objectName}`;
    const found = await this.#options.store.head(key);
    if (found === undefined) throw recordingError('REC_OBJECT_NOT_FOUND', { details: { recordingId, objectName } });
    const stream = await this.#options.store.get(key, range);
    return { stream, sizeBytes: found.sizeBytes, contentType: contentTypeOf(objectName) };
  }

  async #check(expected: RecordingManifest['objects'][number]) {
    const found = await this.#options.store.head(expected.key);
    if (found === undefined) return 'missing';
    if (found.sizeBytes !== expected.sizeBytes) return 'sizeDiffers';
    const { sha256 } = await hashStream(await this.#options.store.get(expected.key));
    return sha256 === expected.sha256 ? undefined : 'hashDiffers';
  }

  async #finishedManifest(recordingId: string): Promise<RecordingManifest> {
    const details = await this.get(recordingId);
    if (details.state === 'finished') return details.manifest;
    throw recordingError('REC_NOT_FINISHED', { details: { recordingId } });
  }

  async #manifest(recordingId: string): Promise<RecordingManifest | undefined> {
    const cached = this.#manifests.get(recordingId);
    if (cached !== undefined) return cached;
    const summary = await this.#summary(recordingId);
    if (summary === undefined) return undefined;
    const manifest = await readManifest(this.#options.store, { webinarId: summary.webinarId, sessionId: recordingId });
    this.#manifests.set(recordingId, manifest);
    if (this.#manifests.size > maxCachedManifests) this.#manifests.delete(this.#manifests.keys().next().value!);
    return manifest;
  }

  async #summary(recordingId: string): Promise<RecordingSummary | undefined> {
    const cached = this.#summaries.get(recordingId);
    if (cached !== undefined || !idPattern.test(recordingId)) return cached;
    const key = recordingIndexKey(recordingId);
    if ((await this.#options.store.head(key)) === undefined) return undefined;
    const parsed = indexEntrySchema.safeParse(parseJson(await readText(this.#options.store, key, maxBeginBytes)));
    if (!parsed.success || parsed.data.recordingId !== recordingId) {
      this.#options.logger.error({ key }, 'recording index entry cannot be read');
      return undefined;
    }
    this.#summaries.set(recordingId, parsed.data);
    return parsed.data;
  }

  async #unfinished(): Promise<UnfinishedRecording[]> {
    const names = await readdir(join(this.#options.dataDir, 'spool')).catch(noneIfMissing);
    const starts = await Promise.all(names.filter((name) => idPattern.test(name)).map((name) => this.#readBegin(name)));
    return starts.filter((start) => start !== undefined);
  }

  /** The spool may vanish under our feet when its recording finishes: then it is no longer unfinished. */
  async #readBegin(recordingId: string): Promise<UnfinishedRecording | undefined> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(join(this.#options.dataDir, 'spool', recordingId, journalName), 'r');
      const buffer = Buffer.alloc(maxBeginBytes);
      const { bytesRead } = await handle.read(buffer, 0, maxBeginBytes, 0);
      const record = journalRecordSchema.safeParse(parseJournal(buffer.subarray(0, bytesRead)).records[0]);
      if (!record.success || record.data.type !== 'begin') return undefined;
      const start: RecordingStart = record.data.start;
      return { recordingId, webinarId: start.webinarId, title: start.title, startedAtMs: start.startedAtMs };
    } catch (error) {
      noneIfMissing(error as NodeJS.ErrnoException);
      return undefined;
    } finally {
      await handle?.close();
    }
  }
}

function noneIfMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}
