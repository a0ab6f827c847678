import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../../src/app/store/database.ts';
import { RecordingIndex } from '../../../src/app/store/recording-index.ts';
import { RecordingCatalog } from '../../../src/app/webinars/recording-catalog.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import {
  createRecorderSupervisor,
  LocalObjectStore,
  RecordingLibrary,
  type RecorderSupervisor,
} from '../../../src/recording/index.ts';
import { waitFor } from '../../support/wait-for.ts';
import { forkRecorder } from './support/recorder-fork.ts';
import { startOf } from './support/program-media.ts';

const ids = { webinarId: 'web-1', sessionId: 'ses-1' };
const t0 = Date.UTC(2026, 10, 23, 10, 0, 0);

describe('a recording that ends before its first picture', () => {
  let dataDir: string;
  let database: Database;
  let supervisor: RecorderSupervisor;
  let stopFollowing: () => void;

  const openCatalog = async () => {
    const store = await LocalObjectStore.open(join(dataDir, 'objects'));
    const library = new RecordingLibrary({ store, dataDir, logger: silentLogger });
    const index = new RecordingIndex(database);
    return { library, index, catalog: new RecordingCatalog({ index, library, logger: silentLogger }) };
  };
  const stateOf = async (catalog: RecordingCatalog) => (await catalog.list())[0]?.state;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'rostrum-no-media-'));
    database = await openDatabase(':memory:');
    supervisor = createRecorderSupervisor({
      launch: () => forkRecorder(dataDir).handle,
      clock: systemClock,
      logger: silentLogger,
      metrics: new Metrics(),
      maxUnacknowledgedBytes: 1 << 20,
    });
    stopFollowing = () => undefined;
  });
  afterEach(async () => {
    stopFollowing();
    await supervisor.close('test over');
    await database.destroy();
    rmSync(dataDir, { recursive: true });
  });

  it('is listed as empty, keeps its manifest, and refuses a link with REC_NO_MEDIA, also after a restart', async () => {
    const { catalog, index, library } = await openCatalog();
    stopFollowing = catalog.follow(supervisor);
    supervisor.start();
    const { webinarId: webinar_id, sessionId } = ids;
    await index.add({ recording_id: sessionId, webinar_id, title: 'T', started_at_ms: t0 });
    supervisor.send({ type: 'begin', start: startOf(ids, t0) });
    const participant = { participantId: 'p1', displayName: 'Ada', role: 'host' };
    const event = { type: 'participantJoined' as const, atMs: t0 + 100, ...participant };
    supervisor.send({ type: 'event', sessionId, event });
    await expect(catalog.assertPlayable(sessionId)).rejects.toMatchObject({ code: 'REC_NOT_FINISHED' });
    supervisor.send({ type: 'end', sessionId, endedAtMs: t0 + 5000 });
    await waitFor('the recording to be finished', async () => (await stateOf(catalog)) === 'empty');
    expect(await catalog.detail(sessionId)).toMatchObject({
      state: 'empty',
      durationMs: 0,
      participants: [{ displayName: 'Ada' }],
    });
    expect(await library.get(sessionId)).toMatchObject({ state: 'finished', manifest: { mp4Files: [] } });
    await expect(catalog.assertPlayable(sessionId)).rejects.toMatchObject({ code: 'REC_NO_MEDIA' });

    // A new index, as after a lost database: the store alone tells the same.
    await database.deleteFrom('recording').execute();
    const next = await openCatalog();
    await next.catalog.reconcile();
    expect(await stateOf(next.catalog)).toBe('empty');
  });
});
