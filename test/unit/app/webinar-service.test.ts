import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../../src/app/store/database.ts';
import { RecordingIndex } from '../../../src/app/store/recording-index.ts';
import { WebinarStore } from '../../../src/app/store/webinar-store.ts';
import { WebinarService } from '../../../src/app/webinars/webinar-service.ts';
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';

let database: Database;
let store: WebinarStore;
beforeEach(async () => {
  database = await openDatabase(':memory:');
  store = new WebinarStore(database, new FakeClock());
});
afterEach(() => database.destroy());

function createService(options: { maxLiveWebinars?: number; roomFor?: number; failStart?: boolean } = {}) {
  const calls: string[] = [];
  const clock = new FakeClock();
  const service = new WebinarService({
    store,
    maxLiveWebinars: options.maxLiveWebinars ?? 1,
    assertRoomFor: (liveCount) => {
      if (liveCount > (options.roomFor ?? Infinity)) throw new Error(`no room for ${liveCount}`);
    },
    clock,
    logger: silentLogger,
    startSession: async (webinar) => {
      calls.push(`start ${webinar.title}`);
      if (options.failStart === true) throw new Error('no encoder');
      return { sessionId: 's', end: async () => void calls.push('end'), close: async () => void calls.push('close') };
    },
    onStateChanged: (_webinarId, state) => calls.push(state),
  });
  return { service, calls, clock };
}

describe('WebinarService', () => {
  it('setLive starts once, ends once, and reports each state', async () => {
    const { service, calls } = createService();
    const { webinar_id: id } = await store.create({ title: 'A' });
    expect(await Promise.all([service.setLive(id, true), service.setLive(id, true)])).toEqual(['live', 'live']);
    expect(await service.setLive(id, false)).toBe('idle');
    expect(await service.setLive(id, false)).toBe('idle');
    expect(calls).toEqual(['starting', 'start A', 'live', 'ending', 'end', 'close', 'idle']);
  });

  it('describe tells the channels of the running event, whatever was decided since, and none while idle', async () => {
    const { service } = createService();
    const { webinar_id: id } = await store.create({ title: 'A' });
    await store.setLanguages(id, [{ tag: 'de', name: 'Deutsch' }]);
    expect((await service.describe(id)).channelIds).toBeUndefined();
    await service.setLive(id, true);
    await store.setLanguages(id, []);
    expect((await service.describe(id)).channelIds).toEqual(['de']);
    await service.setLive(id, false);
    expect((await service.describe(id)).channelIds).toBeUndefined();
  });

  it('describe tells whether the webinar is private now', async () => {
    const { service } = createService();
    const { webinar_id: id } = await store.create({ title: 'A', visibility: 'private' });
    expect((await service.describe(id)).isPrivate).toBe(true);
    await store.setVisibility(id, 'unlisted');
    expect((await service.describe(id)).isPrivate).toBe(false);
  });

  it('setLive true right after false starts a new session', async () => {
    const { service } = createService();
    const { webinar_id: id } = await store.create({ title: 'A' });
    await service.setLive(id, true);
    const [, state] = await Promise.all([service.setLive(id, false), service.setLive(id, true)]);
    expect(state).toBe('live');
    expect(service.stateOf(id)).toBe('live');
  });

  it('setLive rejects with WEBINAR_LIMIT_REACHED beyond the limit, and another may start after one ended', async () => {
    const { service } = createService();
    const first = await store.create({ title: 'A' });
    const second = await store.create({ title: 'B' });
    await service.setLive(first.webinar_id, true);
    await expect(service.setLive(second.webinar_id, true)).rejects.toMatchObject({ code: 'WEBINAR_LIMIT_REACHED' });
    await service.setLive(first.webinar_id, false);
    await expect(service.setLive(second.webinar_id, true)).resolves.toBe('live');
  });

  it('setLive rejects with WEBINAR_START_FAILED when the pipeline fails, goes back to idle and holds no place', async () => {
    const { service } = createService({ failStart: true });
    const { webinar_id: id } = await store.create({ title: 'A' });
    await expect(service.setLive(id, true)).rejects.toMatchObject({ code: 'WEBINAR_START_FAILED' });
    expect(service.stateOf(id)).toBe('idle');
    const { webinar_id: other } = await store.create({ title: 'B' });
    await expect(service.setLive(other, true)).rejects.toMatchObject({ code: 'WEBINAR_START_FAILED' });
  });

  it('hasJustEnded is true for a quarter of an hour after an event, never before one and never while live', async () => {
    const { service, clock } = createService();
    const { webinar_id: id } = await store.create({ title: 'A' });
    expect(service.hasJustEnded(id)).toBe(false);
    await service.setLive(id, true);
    await service.setLive(id, false);
    expect(service.hasJustEnded(id)).toBe(true);
    await service.setLive(id, true);
    expect(service.hasJustEnded(id)).toBe(false);
    await service.setLive(id, false);
    clock.advance(15 * 60_000);
    expect(service.hasJustEnded(id)).toBe(false);
  });

  it('setLive rejects with what the room check throws, before anything is started', async () => {
    const { service, calls } = createService({ maxLiveWebinars: 5, roomFor: 1 });
    const first = await store.create({ title: 'A' });
    const second = await store.create({ title: 'B' });
    await service.setLive(first.webinar_id, true);
    const heard = [...calls];
    await expect(service.setLive(second.webinar_id, true)).rejects.toThrow('no room for 2');
    expect(calls).toEqual(heard);
    expect(service.stateOf(second.webinar_id)).toBe('idle');
    await service.setLive(first.webinar_id, false);
    expect(await service.setLive(second.webinar_id, true)).toBe('live');
  });

  it('setLive rejects with WEBINAR_NOT_FOUND for an unknown id', async () => {
    await expect(createService().service.setLive('nope', true)).rejects.toMatchObject({ code: 'WEBINAR_NOT_FOUND' });
  });
});

describe('RecordingIndex', () => {
  it('markInterrupted turns what was being recorded into finishing, markReady completes it', async () => {
    const index = new RecordingIndex(database);
    await index.add({ recording_id: 'r', webinar_id: 'w', title: 'T', started_at_ms: 1 });
    await index.markInterrupted();
    expect((await index.find('r'))?.state).toBe('finishing');
    await index.markReady('r', { durationMs: 10, sizeBytes: 20 });
    expect(await index.list()).toMatchObject([{ state: 'ready', duration_ms: 10, size_bytes: 20 }]);
  });
});
