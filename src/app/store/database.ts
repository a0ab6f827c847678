/** Durable state: SQLite through Kysely (the same schema and migrations serve PostgreSQL when that is added). */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { migrate } from './migrations.ts';
import { type Schema } from './schema.ts';

export type Database = Kysely<Schema>;

/** Opens the file, brings it to the newest schema. WAL with full fsync: an acknowledged write survives a power cut. */
export async function openDatabase(path: string): Promise<Database> {
  const sqlite = new DatabaseSync(path);
  sqlite.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;',
  );
  const database = new Kysely<Schema>({ dialect: new SqliteDialect({ database: asBetterSqlite(sqlite) }) });
  await migrate(database);
  return database;
}

/** Kysely expects better-sqlite3's statement shape; node:sqlite differs in how parameters are passed. */
function asBetterSqlite(sqlite: DatabaseSync) {
  return {
    close: () => sqlite.close(),
    prepare(sql: string) {
      const statement = sqlite.prepare(sql);
      const inputs = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...inputs(parameters)),
        run: (parameters: readonly unknown[]) => statement.run(...inputs(parameters)),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...inputs(parameters)),
      };
    },
  };
}
