/** Which recordings there are and how far each is; the manifest in the object store stays the truth about content. */
import { type Database } from './database.ts';
import { type NewRecordingRow, type RecordingRow } from './schema.ts';

export class RecordingIndex {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(row: Pick<NewRecordingRow, 'recording_id' | 'webinar_id' | 'title' | 'started_at_ms'>): Promise<void> {
    await this.#database
      .insertInto('recording')
      .values({ ...row, state: 'recording', duration_ms: null, size_bytes: null, failure_code: null })
      .execute();
  }

  async markFinishing(recordingId: string): Promise<void> {
    await this.#database
      .updateTable('recording')
      .set({ state: 'finishing' })
      .where('recording_id', '=', recordingId)
      .where('state', '=', 'recording')
      .execute();
  }

  async markReady(recordingId: string, result: { durationMs: number; sizeBytes: number }): Promise<void> {
    await this.#database
      .updateTable('recording')
      .set({ state: 'ready', duration_ms: result.durationMs, size_bytes: result.sizeBytes, failure_code: null })
      .where('recording_id', '=', recordingId)
      .execute();
  }

  async markFailed(recordingId: string, failureCode: string): Promise<void> {
    await this.#database
      .updateTable('recording')
      .set({ state: 'failed', failure_code: failureCode })
      .where('recording_id', '=', recordingId)
      .execute();
  }

  /** At start-up nothing is being recorded: what an earlier life left open is now being finished. */
  async markInterrupted(): Promise<void> {
    await this.#database
      .updateTable('recording')
      .set({ state: 'finishing' })
      .where('state', '=', 'recording')
      .execute();
  }

  async list(): Promise<RecordingRow[]> {
    return this.#database.selectFrom('recording').selectAll().orderBy('started_at_ms', 'desc').limit(500).execute();
  }

  async find(recordingId: string): Promise<RecordingRow | undefined> {
    return this.#database
      .selectFrom('recording')
      .selectAll()
      .where('recording_id', '=', recordingId)
      .executeTakeFirst();
  }
}
