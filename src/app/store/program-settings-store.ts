/** What each webinar's viewers are to be shown: layout, scene, look. Pictures apart from the rest, which is read often. */
import { type Logger } from '../../core/logger.ts';
import {
  defaultSettings,
  programSettingsSchema,
  type BrandingImages,
  type ChangedImages,
  type ProgramSettings,
} from '../program/settings.ts';
import { type Database } from './database.ts';
import { parseJson } from './parse-json.ts';

export class ProgramSettingsStore {
  readonly #database: Database;
  readonly #logger: Logger;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  /** The defaults when nothing was ever set. */
  async load(webinarId: string): Promise<ProgramSettings> {
    const row = await this.#database
      .selectFrom('program_setting')
      .select('settings')
      .where('webinar_id', '=', webinarId)
      .executeTakeFirst();
    if (row === undefined) return defaultSettings;
    const parsed = programSettingsSchema.safeParse(parseJson(row.settings));
    if (parsed.success) return parsed.data;
    // Of another version, or damaged: an event must not fail for its look.
    this.#logger.error({ webinarId, error: parsed.error }, 'stored program settings are unusable, using defaults');
    return defaultSettings;
  }

  async loadImages(webinarId: string): Promise<BrandingImages> {
    const row = await this.#database
      .selectFrom('program_setting')
      .select(['logo_base64', 'background_base64'])
      .where('webinar_id', '=', webinarId)
      .executeTakeFirst();
    return { logo: fromBase64(row?.logo_base64), background: fromBase64(row?.background_base64) };
  }

  /** Pictures left out stay as they are; null removes them. */
  async save(webinarId: string, settings: ProgramSettings, images: ChangedImages = {}): Promise<void> {
    const changes = {
      settings: JSON.stringify(settings),
      ...(images.logo === undefined ? {} : { logo_base64: toBase64(images.logo) }),
      ...(images.background === undefined ? {} : { background_base64: toBase64(images.background) }),
    };
    await this.#database
      .insertInto('program_setting')
      .values({ webinar_id: webinarId, logo_base64: null, background_base64: null, ...changes })
      .onConflict((conflict) => conflict.column('webinar_id').doUpdateSet(changes))
      .execute();
  }
}

function fromBase64(text: string | null | undefined): Uint8Array<ArrayBuffer> | undefined {
  return text === null || text === undefined ? undefined : new Uint8Array(Buffer.from(text, 'base64'));
}

function toBase64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64');
}
