/**
 * Schema history: append only, in order. Each step can be run again: Kysely wraps no transaction around it on SQLite, so
 * a start that was killed inside one leaves it half done and not noted.
 */
import { type Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { type Schema } from './schema.ts';

const migrations: Record<string, Migration> = {
  '0001-webinars-and-recordings': {
    async up(database) {
      await database.schema
        .createTable('webinar')
        .ifNotExists()
        .addColumn('webinar_id', 'text', (column) => column.primaryKey())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
        .addColumn('is_demo', 'integer', (column) => column.notNull())
        .execute();
      await database.schema
        .createTable('recording')
        .ifNotExists()
        .addColumn('recording_id', 'text', (column) => column.primaryKey())
        .addColumn('webinar_id', 'text', (column) => column.notNull())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('duration_ms', 'bigint')
        .addColumn('size_bytes', 'bigint')
        .addColumn('failure_code', 'text')
        .execute();
      await database.schema
        .createIndex('recording_by_start')
        .ifNotExists()
        .on('recording')
        .column('started_at_ms')
        .execute();
    },
  },
  '0002-program-settings': {
    async up(database) {
      await database.schema
        .createTable('program_setting')
        .ifNotExists()
        .addColumn('webinar_id', 'text', (column) => column.primaryKey())
        .addColumn('settings', 'text', (column) => column.notNull())
        .addColumn('logo_base64', 'text')
        .addColumn('background_base64', 'text')
        .execute();
    },
  },
  '0003-webinar-languages': {
    async up(database) {
      if (await hasWebinarColumn(database, 'languages')) return;
      await database.schema
        .alterTable('webinar')
        .addColumn('languages', 'text', (column) => column.notNull().defaultTo('[]'))
        .execute();
    },
  },
  '0004-attendance': {
    async up(database) {
      await database.schema
        .createTable('attendance')
        .ifNotExists()
        .addColumn('webinar_id', 'text', (column) => column.notNull())
        .addColumn('viewer_id', 'text', (column) => column.notNull())
        .addColumn('display_name', 'text')
        .addColumn('first_seen_at_ms', 'bigint', (column) => column.notNull())
        .addColumn('last_seen_at_ms', 'bigint', (column) => column.notNull())
        .addColumn('watched_ms', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('attendance_by_page', ['webinar_id', 'viewer_id'])
        .execute();
    },
  },
  '0005-webinar-captions': {
    async up(database) {
      if (await hasWebinarColumn(database, 'captions')) return;
      await database.schema
        .alterTable('webinar')
        .addColumn('captions', 'text', (column) => column.notNull().defaultTo('[]'))
        .execute();
    },
  },
  '0006-webinar-visibility': {
    async up(database) {
      if (await hasWebinarColumn(database, 'visibility')) return;
      await database.schema
        .alterTable('webinar')
        .addColumn('visibility', 'text', (column) => column.notNull().defaultTo('public'))
        .execute();
    },
  },
  '0007-stage-policy': {
    async up(database) {
      await database.schema
        .createTable('stage_policy')
        .ifNotExists()
        .addColumn('webinar_id', 'text', (column) => column.primaryKey())
        .addColumn('policy', 'text', (column) => column.notNull())
        .execute();
    },
  },
  '0008-conversation': {
    async up(database) {
      await database.schema
        .createTable('conversation_record')
        .ifNotExists()
        .addColumn('webinar_id', 'text', (column) => column.notNull())
        .addColumn('number', 'bigint', (column) => column.notNull())
        .addColumn('at_ms', 'bigint', (column) => column.notNull())
        .addColumn('person_id', 'text', (column) => column.notNull())
        .addColumn('person_name', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('conversation_in_order', ['webinar_id', 'number'])
        .execute();
    },
  },
};

async function hasWebinarColumn(database: Kysely<unknown>, column: string): Promise<boolean> {
  const tables = await database.introspection.getTables();
  const webinar = tables.find(({ name }) => name === 'webinar');
  return webinar?.columns.some(({ name }) => name === column) === true;
}

export async function migrate(database: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('The database could not be brought to the newest schema.', { cause: error });
}
