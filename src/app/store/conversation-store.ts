/** Everything the audience said, in order; rows are added and never changed. */
import { type Logger } from '../../core/logger.ts';
import { conversationRecordSchema, type ConversationRecord, type ConversationStore } from '../../signaling/index.ts';
import { type Database } from './database.ts';
import { parseJson } from './parse-json.ts';

/** SQLite takes so many parameters in one statement, and each row has seven. */
const maxRowsPerInsert = 500;

export class DatabaseConversationStore implements ConversationStore {
  readonly #database: Database;
  readonly #logger: Logger;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  /** Rows that cannot be read, of another version or damaged, are left out and logged once. */
  async load(webinarId: string): Promise<readonly ConversationRecord[]> {
    const rows = await this.#database
      .selectFrom('conversation_record')
      .selectAll()
      .where('webinar_id', '=', webinarId)
      .orderBy('number')
      .execute();
    const records = rows.flatMap(({ number, at_ms: atMs, person_id: personId, person_name: name, role, body }) => {
      const record = { number, atMs, author: { personId, name, role }, body: parseJson(body) };
      const parsed = conversationRecordSchema.safeParse(record);
      return parsed.success ? [parsed.data] : [];
    });
    const unreadCount = rows.length - records.length;
    if (unreadCount > 0) this.#logger.error({ webinarId, unreadCount }, 'stored conversation is partly unreadable');
    return records;
  }

  async append(webinarId: string, records: readonly ConversationRecord[]): Promise<void> {
    const rows = records.map(({ number, atMs, author, body }) => ({
      webinar_id: webinarId,
      number,
      at_ms: atMs,
      person_id: author.personId,
      person_name: author.name,
      role: author.role,
      body: JSON.stringify(body),
    }));
    await this.#database.transaction().execute(async (transaction) => {
      for (let start = 0; start < rows.length; start += maxRowsPerInsert) {
        const some = rows.slice(start, start + maxRowsPerInsert);
        await transaction.insertInto('conversation_record').values(some).execute();
      }
    });
  }
}
