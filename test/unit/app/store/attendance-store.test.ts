import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttendanceStore } from '../../../../src/app/store/attendance-store.ts';
import { type Database, openDatabase } from '../../../../src/app/store/database.ts';

let database: Database;
let store: AttendanceStore;
beforeEach(async () => {
  database = await openDatabase(':memory:');
  store = new AttendanceStore(database);
});
afterEach(() => database.destroy());

const page = (viewerId: string, firstSeenAtMs: number, watchedMs: number, webinarId = 'w') => ({
  webinarId,
  viewerId,
  displayName: viewerId === 'ada' ? 'Ada' : undefined,
  firstSeenAtMs,
  lastSeenAtMs: firstSeenAtMs + watchedMs,
  watchedMs,
});

describe('AttendanceStore', () => {
  it('add sums up what comes of one page, in one call and in several; list gives it in order of arrival', async () => {
    await store.add([page('bob', 2000, 500), page('ada', 1000, 300), page('ada', 1400, 100), page('bob', 1, 1, 'x')]);
    await store.add([page('bob', 5000, 250)]);
    await store.add([]);
    expect(await store.list('w', 10)).toMatchObject([
      { viewer_id: 'ada', display_name: 'Ada', first_seen_at_ms: 1000, last_seen_at_ms: 1500, watched_ms: 400 },
      { viewer_id: 'bob', display_name: null, first_seen_at_ms: 2000, last_seen_at_ms: 5250, watched_ms: 750 },
    ]);
    expect(await store.list('w', 1)).toHaveLength(1);
  });

  it('add takes many pages at once', async () => {
    await store.add(Array.from({ length: 1234 }, (_, index) => page(`v${index}`, index, 10)));
    expect(await store.list('w', 10_000)).toHaveLength(1234);
  });
});
