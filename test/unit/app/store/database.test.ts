import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../src/app/store/database.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rostrum-database-'));
  file = join(folder, 'rostrum.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a start leaves that was killed after `stepCount` steps of the first migration: no migration noted as done. */
async function killedAfter(stepCount: number): Promise<void> {
  await (await openDatabase(file)).destroy();
  const sqlite = new DatabaseSync(file);
  const steps = ['TABLE webinar', 'TABLE recording', 'INDEX recording_by_start'];
  for (const made of steps.slice(stepCount).reverse()) sqlite.exec(`DROP ${made.replace(' ', ' IF EXISTS ')}`);
  sqlite.exec('DELETE FROM kysely_migration');
  sqlite.close();
}

describe('openDatabase', () => {
  it.each([0, 1, 2, 3])('finishes a first migration that was killed after step %i', async (stepCount) => {
    await killedAfter(stepCount);
    const database = await openDatabase(file);
    const names = (await database.introspection.getTables()).map((table) => table.name);
    await database.destroy();
    expect(names.sort()).toEqual(
      ['attendance', 'conversation_record', 'program_setting', 'recording', 'stage_policy', 'webinar'].sort(),
    );
    const sqlite = new DatabaseSync(file);
    const index = sqlite.prepare("SELECT tbl_name FROM sqlite_master WHERE name = 'recording_by_start'").get();
    sqlite.close();
    expect(index).toEqual(expect.objectContaining({ tbl_name: 'recording' }));
  });

  it.each([
    { column: 'languages', migration: '0003-webinar-languages', expected: '[]', isHalfDone: false },
    { column: 'languages', migration: '0003-webinar-languages', expected: '[]', isHalfDone: true },
    { column: 'captions', migration: '0005-webinar-captions', expected: '[]', isHalfDone: false },
    { column: 'captions', migration: '0005-webinar-captions', expected: '[]', isHalfDone: true },
    { column: 'visibility', migration: '0006-webinar-visibility', expected: 'public', isHalfDone: false },
    { column: 'visibility', migration: '0006-webinar-visibility', expected: 'public', isHalfDone: true },
  ])(
    'gives webinars of an older file $column $expected (killed inside that step: $isHalfDone)',
    async ({ column, migration, expected, isHalfDone }) => {
      await (await openDatabase(file)).destroy();
      const sqlite = new DatabaseSync(file);
      if (!isHalfDone) sqlite.exec(`ALTER TABLE webinar DROP COLUMN ${column}`);
      sqlite.exec(`DELETE FROM kysely_migration WHERE name >= '${migration}'`);
      sqlite.exec("INSERT INTO webinar (webinar_id, title, created_at_ms, is_demo) VALUES ('w', 'Old', 1, 0)");
      sqlite.close();
      const database = await openDatabase(file);
      const row = await database.selectFrom('webinar').selectAll().executeTakeFirst();
      await database.destroy();
      expect(row).toMatchObject({ webinar_id: 'w', [column]: expected });
    },
  );
});
