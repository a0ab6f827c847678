/** Who watched which webinar, and for how long. */
import { sql } from 'kysely';
import { type Attendance } from '../audience/audience-book.ts';
import { type Database } from './database.ts';
import { type AttendanceRow } from './schema.ts';

/** Rows in one statement: SQLite takes 32766 values, PostgreSQL 65535. */
const batchCount = 500;

export class AttendanceStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds watched time to what is known of each page; all or nothing. */
  async add(attendances: readonly Attendance[]): Promise<void> {
    if (attendances.length === 0) return;
    const rows = merged(attendances).map((attendance) => ({
      webinar_id: attendance.webinarId,
      viewer_id: attendance.viewerId,
      display_name: attendance.displayName ?? null,
      first_seen_at_ms: attendance.firstSeenAtMs,
      last_seen_at_ms: attendance.lastSeenAtMs,
      watched_ms: attendance.watchedMs,
    }));
    await this.#database.transaction().execute(async (transaction) => {
      for (let from = 0; from < rows.length; from += batchCount) {
        await transaction
          .insertInto('attendance')
          .values(rows.slice(from, from + batchCount))
          .onConflict((conflict) =>
            conflict.columns(['webinar_id', 'viewer_id']).doUpdateSet({
              last_seen_at_ms: sql`excluded.last_seen_at_ms`,
              watched_ms: sql`attendance.watched_ms + excluded.watched_ms`,
            }),
          )
          .execute();
      }
    });
  }

  /** Everybody who watched, in order of arrival; @param limit of rows, the first ones */
  async list(webinarId: string, limit: number): Promise<AttendanceRow[]> {
    return this.#database
      .selectFrom('attendance')
      .selectAll()
      .where('webinar_id', '=', webinarId)
      .orderBy('first_seen_at_ms')
      .orderBy('viewer_id')
      .limit(limit)
      .execute();
  }
}

/** One statement must not meet the same row twice: a page that left and came back is one entry. */
function merged(attendances: readonly Attendance[]): Attendance[] {
  const byPage = new Map<string, Attendance>();
  for (const one of attendances) {
    const key = `${one.webinarId} ${one.viewerId}`;
    const before = byPage.get(key);
    byPage.set(key, before === undefined ? one : joined(before, one));
  }
  return [...byPage.values()];
}

function joined(a: Attendance, b: Attendance): Attendance {
  return {
    ...a,
    firstSeenAtMs: Math.min(a.firstSeenAtMs, b.firstSeenAtMs),
    lastSeenAtMs: Math.max(a.lastSeenAtMs, b.lastSeenAtMs),
    watchedMs: a.watchedMs + b.watchedMs,
  };
}
