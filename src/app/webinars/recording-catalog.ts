/** Recordings as the API shows them: the index says which there are, the library what is in them, the recorder how far it is. */
import { type Logger } from '../../core/logger.ts';
import {
  type RecorderSupervisor,
  type RecordingLibrary,
  type RecordingManifest,
  recordingError,
} from '../../recording/index.ts';
import { type RecordingDetail, type RecordingSummary } from './recording-view.ts';
import { type RecordingIndex } from '../store/recording-index.ts';
import { type RecordingRow } from '../store/schema.ts';

interface Progress {
  readonly phase: string;
  readonly progressRatio: number;
}

export class RecordingCatalog {
  readonly #index: RecordingIndex;
  readonly #library: RecordingLibrary;
  readonly #logger: Logger;
  /** Only recordings that are being finished. */
  readonly #progress = new Map<string, Progress>();

  constructor(options: { index: RecordingIndex; library: RecordingLibrary; logger: Logger }) {
    this.#index = options.index;
    this.#library = options.library;
    this.#logger = options.logger;
  }

  /** Keeps the index true from what the recorder reports. Returns the function that ends it. */
  follow(recorder: RecorderSupervisor): () => void {
    const { events } = recorder;
    const offs = [
      events.on('progress', ({ sessionId, phase, ratio }) => {
        if (!this.#progress.has(sessionId)) this.#write(this.#index.markFinishing(sessionId));
        this.#progress.set(sessionId, { phase, progressRatio: ratio });
      }),
      events.on('finished', ({ sessionId, durationMs, sizeBytes }) => {
        this.#progress.delete(sessionId);
        this.#write(this.#index.markReady(sessionId, { durationMs, sizeBytes }));
      }),
      events.on('failed', ({ sessionId, code }) => {
        this.#progress.delete(sessionId);
        this.#write(this.#index.markFailed(sessionId, code));
      }),
    ];
    return () => offs.forEach((off) => off());
  }

  /** At start-up: what was open when the last life ended is finishing now, or finished without us hearing of it. */
  async reconcile(): Promise<void> {
    await this.#index.markInterrupted();
    for (const row of await this.#index.list()) {
      if (row.state !== 'finishing') continue;
      const manifest = await this.#finishedManifest(row.recording_id);
      if (manifest !== undefined) {
        await this.#index.markReady(row.recording_id, {
          durationMs: Math.round(manifest.durationSec * 1000),
          sizeBytes: manifest.sizeBytes,
        });
      }
    }
  }

  async list(): Promise<RecordingSummary[]> {
    return (await this.#index.list()).map((row) => this.#summary(row));
  }

  /** @throws REC_NOT_FOUND */
  async detail(recordingId: string): Promise<RecordingDetail> {
    const summary = this.#summary(await this.#row(recordingId));
    const manifest = summary.state === 'ready' ? await this.#finishedManifest(recordingId) : undefined;
    if (manifest === undefined) return { ...summary, participants: [], speakers: [], gaps: [], objectCount: 0 };
    return {
      ...summary,
      participants: manifest.participants.flatMap(({ participantId, displayName, role, visits }) =>
        visits.map(({ joinedAtMs, leftAtMs }) => ({
          participantId,
          displayName,
          role,
          joinedAtMs,
          leftAtMs: leftAtMs ?? null,
        })),
      ),
      speakers: manifest.speakers.flatMap(({ participantId, startSec, endSec }) =>
        participantId === null ? [] : [{ participantId, startSec, endSec }],
      ),
      gaps: manifest.gaps.map(({ startSec, endSec, cause }) => ({ startSec, endSec, cause })),
      objectCount: manifest.objects.length,
    };
  }

  /** @throws REC_NOT_FOUND, REC_NOT_FINISHED */
  async assertReady(recordingId: string): Promise<void> {
    if ((await this.#row(recordingId)).state !== 'ready')
      throw recordingError('REC_NOT_FINISHED', { details: { recordingId } });
  }

  /** @throws REC_NOT_FOUND, REC_NOT_FINISHED */
  async verify(
    recordingId: string,
  ): Promise<{ ok: boolean; checkedCount: number; problems: { key: string; problem: string }[] }> {
    const { ok, checked, problems } = await this.#library.verify(recordingId);
    return { ok, checkedCount: checked, problems: [...problems] };
  }

  /** The first MP4 of a finished recording. @throws REC_NOT_FOUND, REC_NOT_FINISHED, REC_OBJECT_NOT_FOUND */
  async openMp4(recordingId: string): Promise<{
    sizeBytes: number;
    fileName: string;
    read(range: { start: number; end: number }): Promise<NodeJS.ReadableStream>;
  }> {
    const manifest = await this.#finishedManifest(recordingId);
    const name = manifest?.mp4Files[0]?.name;
    const object = manifest?.objects.find((candidate) => candidate.name === name);
    if (manifest === undefined) throw recordingError('REC_NOT_FINISHED', { details: { recordingId } });
    if (object === undefined) throw recordingError('REC_OBJECT_NOT_FOUND', { details: { recordingId } });
    return {
      sizeBytes: object.sizeBytes,
      fileName: downloadName(manifest),
      read: async (range) => (await this.#library.open(recordingId, object.name, range)).stream,
    };
  }

  async #finishedManifest(recordingId: string): Promise<RecordingManifest | undefined> {
    try {
      const details = await this.#library.get(recordingId);
      return details.state === 'finished' ? details.manifest : undefined;
    } catch (error) {
      // Known to the index, unknown to the store: nothing of it was recorded yet, or its folder was removed.
      this.#logger.debug({ recordingId, error }, 'recording has no manifest');
      return undefined;
    }
  }

  async #row(recordingId: string): Promise<RecordingRow> {
    const row = await this.#index.find(recordingId);
    if (row === undefined) throw recordingError('REC_NOT_FOUND', { details: { recordingId } });
    return row;
  }

  #summary(row: RecordingRow): RecordingSummary {
    return {
      recordingId: row.recording_id,
      webinarId: row.webinar_id,
      title: row.title,
      startedAtMs: row.started_at_ms,
      durationMs: row.duration_ms,
      sizeBytes: row.size_bytes,
      state: row.state,
      failureCode: row.failure_code,
      ...this.#progress.get(row.recording_id),
    };
  }

  #write(update: Promise<void>): void {
    update.catch((error: unknown) => this.#logger.error({ error }, 'recording index could not be written'));
  }
}

/** `title-2026-01-31.mp4` with nothing in it that a file system or a header could misread. */
function downloadName(manifest: RecordingManifest): string {
  const title = manifest.title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  return `${title === '' ? 'recording' : title}-${new Date(manifest.startedAtMs).toISOString().slice(0, 10)}.mp4`;
}
