import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appliedDeadlineMs } from '../../../../src/app/program/live-program.ts';
import { ProgramControl } from '../../../../src/app/program/program-control.ts';
import { openDatabase, type Database } from '../../../../src/app/store/database.ts';
import { ProgramSettingsStore } from '../../../../src/app/store/program-settings-store.ts';
import { WebinarStore } from '../../../../src/app/store/webinar-store.ts';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { type ProgramState } from '../../../../src/signaling/protocol/index.ts';
import { tinyPng, tinyPngBase64 } from '../../../support/tiny-picture.ts';
import { answeringProgram, answerTo } from '../../../support/mixer/answering-program.ts';

let database: Database;
beforeEach(async () => {
  database = await openDatabase(':memory:');
});
afterEach(() => database.destroy());

async function setUp() {
  const clock = new FakeClock();
  const webinars = new WebinarStore(database, clock);
  const { webinar_id: id } = await webinars.create({ title: 'W' });
  const onStage = new Set(['ada', 'bob']);
  const heard: ProgramState[] = [];
  const create = () =>
    new ProgramControl({
      store: new ProgramSettingsStore(database, silentLogger),
      assertWebinar: (webinarId) => webinars.get(webinarId),
      isOnStage: (_webinarId, peerId) => onStage.has(peerId),
      onChanged: (_webinarId, state) => void heard.push(state),
      plainPicture: async (part, bytes) => Buffer.concat([Buffer.from(`${part}:`), bytes]),
      clock,
      logger: silentLogger,
    });
  const control = create();
  const goLive = async (of = control, program = answeringProgram()) => {
    program.tell = (news) => of.handle(id, news);
    const detach = await of.attach(id, program);
    await Promise.all([turn(), turn()]);
    return { program, detach };
  };
  return { id, clock, onStage, heard, control, create, goLive };
}

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

describe('ProgramControl', () => {
  it('setLayout while live resolves with the frame the mixer names, and tells everybody what viewers see', async () => {
    const { id, control, goLive, heard } = await setUp();
    const { program } = await goLive();
    const applied = await control.setLayout(id, { layout: 'grid', pinnedIds: ['bob'], crossfade: true }, 'api');
    expect(applied).toMatchObject({ name: 'grid', frameIndex: 42, mediaTimeSec: 12.4, atWallMs: 1_700_000_000_000 });
    expect(program.commands.at(-1)).toMatchObject({
      type: 'setLayout',
      layout: { mode: 'fixed', name: 'grid', pinnedIds: ['bob'], crossfade: true },
    });
    expect(heard.at(-1)).toMatchObject({
      layout: { layout: 'grid', pinnedIds: ['bob'], crossfade: true },
      shown: { name: 'grid', tiles: [{ peerId: 'ada', content: 'camera', x: 0.25, y: 0, width: 0.75, height: 0.75 }] },
    });
  });

  it('setLayout while not live resolves with null, is kept across a restart and given to the next program', async () => {
    const { id, control, create, goLive, heard } = await setUp();
    expect(await control.setLayout(id, { layout: 'side-by-side' }, 'api')).toBeNull();
    expect(heard.at(-1)).toMatchObject({ layout: { layout: 'side-by-side' }, shown: null });
    const { program } = await goLive(create());
    expect(program.commands.map(({ type }) => type)).toEqual(['setBranding', 'setLayout', 'setScene']);
    expect(program.commands[1]).toMatchObject({ layout: { mode: 'fixed', name: 'side-by-side' } });
  });

  it('setLayout rejects with PROGRAM_PARTICIPANT_UNKNOWN for a pin on nobody, and changes nothing', async () => {
    const { id, control, goLive } = await setUp();
    const { program } = await goLive();
    const commandCount = program.commands.length;
    const attempt = control.setLayout(id, { layout: 'grid', pinnedIds: ['ada', 'eve'] }, 'api');
    await expect(attempt).rejects.toMatchObject({
      code: 'PROGRAM_PARTICIPANT_UNKNOWN',
      details: { unknownIds: ['eve'] },
    });
    expect(program.commands).toHaveLength(commandCount);
    expect((await control.state(id)).layout).toEqual({ layout: 'auto', pinnedIds: [], crossfade: false });
  });

  it('every call rejects with WEBINAR_NOT_FOUND for a webinar that does not exist', async () => {
    const { control } = await setUp();
    const calls = [
      control.state('nope'),
      control.setLayout('nope', { layout: 'grid' }, 'api'),
      control.setScene('nope', { kind: 'live' }, 'api'),
      control.setBranding('nope', {}, 'api'),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'WEBINAR_NOT_FOUND' });
  });

  it('setLayout rejects with PROGRAM_NOT_APPLIED when the mixer says nothing; the setting stays', async () => {
    const { id, control, goLive, clock } = await setUp();
    const { program } = await goLive();
    program.isAnswering = false;
    const attempt = control.setLayout(id, { layout: 'solo' }, 'api').catch((error: unknown) => error);
    await turn();
    // Somebody else's answer is none.
    program.tell({ ...(answerTo(program.commands.at(-1)!) as object), requestId: null } as never);
    clock.advance(appliedDeadlineMs);
    expect(await attempt).toMatchObject({ code: 'PROGRAM_NOT_APPLIED' });
    expect((await control.state(id)).layout.layout).toBe('solo');
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('a call under way rejects with PROGRAM_NOT_LIVE when the event ends, and no timer is left', async () => {
    const { id, control, goLive, clock } = await setUp();
    const { program, detach } = await goLive();
    program.isAnswering = false;
    const attempt = control.setScene(id, { kind: 'backSoon' }, 'api').catch((error: unknown) => error);
    await turn();
    await detach();
    expect(await attempt).toMatchObject({ code: 'PROGRAM_NOT_LIVE' });
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('the scene is the stage again after an event, layout and look stay', async () => {
    const { id, control, goLive } = await setUp();
    const { detach } = await goLive();
    await control.setScene(id, { kind: 'ended', text: 'Bye' }, 'api');
    await control.setLayout(id, { layout: 'grid' }, 'api');
    await control.setBranding(id, { ticker: 'News' }, 'api');
    await detach();
    expect(await control.state(id)).toMatchObject({
      scene: { kind: 'live' },
      layout: { layout: 'grid' },
      branding: { ticker: 'News' },
      shown: null,
    });
  });

  it('setPinned puts the newest pin first, takes it away, and forgets people who left', async () => {
    const { id, control, goLive, onStage } = await setUp();
    const { program } = await goLive();
    await control.setPinned(id, { peerId: 'ada', pinned: true }, 'api');
    await control.setPinned(id, { peerId: 'bob', pinned: true }, 'api');
    await control.setPinned(id, { peerId: 'bob', pinned: true }, 'api');
    expect(program.commands.at(-1)).toMatchObject({ layout: { pinnedIds: ['bob', 'ada'] } });
    onStage.delete('bob');
    expect((await control.state(id)).layout.pinnedIds).toEqual(['ada']);
    await expect(control.setPinned(id, { peerId: 'bob', pinned: true }, 'api')).rejects.toMatchObject({
      code: 'PROGRAM_PARTICIPANT_UNKNOWN',
    });
    await control.setPinned(id, { peerId: 'ada', pinned: false }, 'api');
    expect(program.commands.at(-1)).toMatchObject({ layout: { pinnedIds: [] } });
  });

  it('setBranding keeps pictures for the next program and leaves them out of what people hear', async () => {
    const { id, control, create, goLive, heard } = await setUp();
    await control.setBranding(id, { logo: { imageBase64: tinyPngBase64 }, theme: { base: 'light' } }, 'api');
    expect(heard.at(-1)?.branding).toMatchObject({ theme: 'light', hasLogo: true, hasBackground: false });
    await control.setBranding(id, { banner: { text: 'Hello' } }, 'api');
    const { program } = await goLive(create());
    const [first] = program.commands;
    if (first?.type !== 'setBranding') throw new Error('no branding');
    expect(first.branding).toMatchObject({ theme: { base: 'light' }, banner: { text: 'Hello' } });
    expect(Buffer.from(first.branding.logo!.image)).toEqual(Buffer.concat([Buffer.from('logo:'), tinyPng]));
  });

  it('changes at the same time are kept one after the other, and none waits for the mixer to answer another', async () => {
    const { id, control, goLive } = await setUp();
    const { program } = await goLive();
    program.isAnswering = false;
    const waiting = control.setScene(id, { kind: 'backSoon' }, 'api');
    await turn();
    program.isAnswering = true;
    const [layout, pinned] = await Promise.all([
      control.setLayout(id, { layout: 'grid' }, 'api'),
      control.setPinned(id, { peerId: 'ada', pinned: true }, 'api'),
    ]);
    expect([layout?.name, pinned?.name]).toEqual(['grid', 'grid']);
    program.tell(answerTo({ type: 'setScene', scene: { kind: 'backSoon' } }));
    expect(await waiting).toMatchObject({ kind: 'backSoon' });
    expect(await control.state(id)).toMatchObject({
      scene: { kind: 'backSoon' },
      layout: { layout: 'grid', pinnedIds: ['ada'] },
    });
  });

  it('attach goes on with the defaults when what was stored is damaged', async () => {
    const { id, control, goLive } = await setUp();
    await control.setLayout(id, { layout: 'grid' }, 'api');
    await database.updateTable('program_setting').set({ settings: '{"layout":' }).execute();
    const { program } = await goLive();
    expect(program.commands[1]).toMatchObject({ layout: { mode: 'auto' } });
  });
});
