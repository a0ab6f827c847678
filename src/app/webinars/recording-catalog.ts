/** Recordings as the API shows them: the index says which there are, the library what is in them, the recorder how far it is. */
import { toRostrumError } from '../../core/errors.ts';
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
  /** What is wrong with recordings that go on, for the person who can still do something about it. */
  readonly #warnings = new Map<string, string>();
  #isRecorderReady = false;
  /** Only recordings that are being finished. */
  readonly #progress = new Map<string, Progress>();

  constructor(options: { index: RecordingIndex; library: RecordingLibrary; logger: Logger }) {
    this.#index = options.index;
    this.#library = options.library;
    this.#logger = options.logger;
  }

  /** False while the recorder process starts, or starts again. */
  get isRecorderReady(): boolean {
    return this.#isRecorderReady;
  }

  /** Keeps the index true from what the recorder reports. Returns the function that ends it. */
  follow(recorder: RecorderSupervisor): () => void {
    const { events } = recorder;
    const offs = [
      events.on('ready', () => (this.#isRecorderReady = true)),
      events.on('restarted', () => (this.#isRecorderReady = false)),
      events.on('interrupted', ({ sessionId, message }) => this.#warnings.set(sessionId, message)),
      events.on('resumed', ({ sessionId }) => this.#warnings.delete(sessionId)),
      events.on('mediaLost', ({ sessionId }) =>
        this.#warnings.set(sessionId, 'Parts were lost because the recorder was away too long.'),
      ),
      events.on('progress', ({ sessionId, phase, ratio }) => {
        if (!this.#progress.has(sessionId)) this.#write(this.#index.markFinishing(sessionId));
        this.#progress.set(sessionId, { phase, progressRatio: ratio });
      }),
      events.on('finished', ({ sessionId, durationMs, sizeBytes }) => {
        this.#forget(sessionId);
        this.#write(this.#index.markReady(sessionId, { durationMs, sizeBytes }));
      }),
      events.on('failed', ({ sessionId, code }) => {
        this.#forget(sessionId);
        this.#write(this.#index.markFailed(sessionId, code));
      }),
    ];
    return () => offs.forEach((off) => off());
  }

  /**
   * At start-up: what was open when the last life ended is finishing now, is finished without us hearing of it, or
   * never left a trace; and what the store has but the index does not is taken in.
   */
  async reconcile(): Promise<void> {
    await this.#index.markInterrupted();
    const known = new Set<string>();
    for (const row of await this.#index.list()) {
      known.add(row.recording_id);
      if (row.state === 'finishing') await this.#settle(row.recording_id);
    }
    for (const entry of await this.#library.list()) {
      if (known.has(entry.recordingId) || (await this.#index.find(entry.recordingId)) !== undefined) continue;
      const { recordingId, webinarId, title, startedAtMs } = entry;
      await this.#index.add({ recording_id: recordingId, webinar_id: webinarId, title, started_at_ms: startedAtMs });
      await this.#index.markFinishing(recordingId);
      await this.#settle(recordingId);
    }
  }

  async #settle(recordingId: string): Promise<void> {
    try {
      const details = await this.#library.get(recordingId);
      if (details.state === 'unfinished') return;
      const { durationSec, sizeBytes } = details.manifest;
      await this.#index.markReady(recordingId, { durationMs: Math.round(durationSec * 1000), sizeBytes });
    } catch (thrown) {
      const { code } = toRostrumError(thrown);
      this.#logger.warn({ recordingId, code, error: thrown }, 'recording cannot be finished');
      await this.#index.markFailed(recordingId, code);
    }
  }

  async list(): Promise<RecordingSummary[]> {
    return (await this.#index.list()).map((row) => this.#summary(row));
  }

  /** @throws REC_NOT_FOUND */
  async detail(recordingId: string): Promise<RecordingDetail> {
    const summary = this.#summary(await this.#row(recordingId));
    const isFinished = summary.state === 'ready' || summary.state === 'empty';
    const manifest = isFinished ? await this.#finishedManifest(recordingId) : undefined;
    if (manifest === undefined)
      return { ...summary, participants: [], speakers: [], gaps: [], objectCount: 0, captions: [] };
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
      captions: manifest.captions.map(({ language, name }) => ({ language, name })),
    };
  }

  /** @throws REC_NOT_FOUND, REC_NOT_FINISHED, REC_NO_MEDIA */
  async assertPlayable(recordingId: string): Promise<void> {
    const { state } = this.#summary(await this.#row(recordingId));
    if (state === 'empty') throw recordingError('REC_NO_MEDIA', { details: { recordingId } });
    if (state !== 'ready') throw recordingError('REC_NOT_FINISHED', { details: { recordingId } });
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

  /** WebVTT of one language in recording time. @throws REC_NOT_FOUND, REC_NOT_FINISHED, REC_OBJECT_NOT_FOUND */
  async openCaptions(recordingId: string, language: string): Promise<NodeJS.ReadableStream> {
    const manifest = await this.#finishedManifest(recordingId);
    if (manifest === undefined) throw recordingError('REC_NOT_FINISHED', { details: { recordingId } });
    const captions = manifest.captions.find((one) => one.language === language);
    if (captions === undefined) throw recordingError('REC_OBJECT_NOT_FOUND', { details: { recordingId, language } });
    return (await this.#library.open(recordingId, captions.file)).stream;
  }

  /** Undefined when it is not finished. @throws REC_MANIFEST_INVALID, store errors */
  async #finishedManifest(recordingId: string): Promise<RecordingManifest | undefined> {
    const details = await this.#library.get(recordingId);
    return details.state === 'finished' ? details.manifest : undefined;
  }

  #forget(recordingId: string): void {
    this.#progress.delete(recordingId);
    this.#warnings.delete(recordingId);
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
      // A finished recording has a file exactly when it has a duration.
      state: row.state === 'ready' && row.duration_ms === 0 ? 'empty' : row.state,
      failureCode: row.failure_code,
      warning: this.#warnings.get(row.recording_id) ?? null,
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
