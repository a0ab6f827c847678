/** Webinars that exist, whether live or not. */
import { type Updateable } from 'kysely';
import { type Clock } from '../../core/clock.ts';
import { randomId } from '../../core/ids.ts';
import { appError } from '../errors.ts';
import { type Language } from '../webinars/languages.ts';
import { type Visibility } from '../webinars/visibility.ts';
import { type Database } from './database.ts';
import { type WebinarRow, type WebinarTable } from './schema.ts';

export class WebinarStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async create(webinar: {
    title: string;
    isDemo?: boolean;
    languages?: readonly Language[];
    captions?: readonly Language[];
    visibility?: Visibility;
  }): Promise<WebinarRow> {
    const row = {
      webinar_id: randomId(),
      title: webinar.title,
      created_at_ms: this.#clock.wallMs(),
      is_demo: webinar.isDemo === true ? 1 : 0,
      languages: JSON.stringify(webinar.languages ?? []),
      captions: JSON.stringify(webinar.captions ?? []),
      visibility: webinar.visibility ?? 'public',
    };
    await this.#database.insertInto('webinar').values(row).execute();
    return row;
  }

  /** @throws WEBINAR_NOT_FOUND */
  async get(webinarId: string): Promise<WebinarRow> {
    const row = await this.#database
      .selectFrom('webinar')
      .selectAll()
      .where('webinar_id', '=', webinarId)
      .executeTakeFirst();
    if (row === undefined) throw appError('WEBINAR_NOT_FOUND', { details: { webinarId } });
    return row;
  }

  /** @throws WEBINAR_NOT_FOUND */
  async setLanguages(webinarId: string, languages: readonly Language[]): Promise<void> {
    await this.#update(webinarId, { languages: JSON.stringify(languages) });
  }

  /** @throws WEBINAR_NOT_FOUND */
  async setCaptions(webinarId: string, languages: readonly Language[]): Promise<void> {
    await this.#update(webinarId, { captions: JSON.stringify(languages) });
  }

  /** @throws WEBINAR_NOT_FOUND */
  async setVisibility(webinarId: string, visibility: Visibility): Promise<void> {
    await this.#update(webinarId, { visibility });
  }

  async privateIds(): Promise<string[]> {
    const rows = await this.#database
      .selectFrom('webinar')
      .select('webinar_id')
      .where('visibility', '=', 'private')
      .execute();
    return rows.map((row) => row.webinar_id);
  }

  async list(): Promise<WebinarRow[]> {
    return this.#database.selectFrom('webinar').selectAll().orderBy('created_at_ms', 'desc').limit(500).execute();
  }

  async findDemo(): Promise<WebinarRow | undefined> {
    return this.#database.selectFrom('webinar').selectAll().where('is_demo', '=', 1).executeTakeFirst();
  }

  async #update(webinarId: string, changes: Updateable<WebinarTable>): Promise<void> {
    const { numUpdatedRows } = await this.#database
      .updateTable('webinar')
      .set(changes)
      .where('webinar_id', '=', webinarId)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw appError('WEBINAR_NOT_FOUND', { details: { webinarId } });
  }
}
