import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StageDirector } from '../../../src/app/program/stage-director.ts';
import { ProgramControl } from '../../../src/app/program/program-control.ts';
import { openDatabase, type Database } from '../../../src/app/store/database.ts';
import { ProgramSettingsStore } from '../../../src/app/store/program-settings-store.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type ProgramState } from '../../../src/signaling/protocol/index.ts';
import { answeringProgram } from '../../support/mixer/answering-program.ts';
import { startStageServer, type StageClient, type TestStage } from '../../support/stage-server.ts';
import { waitFor } from '../../support/wait-for.ts';

let stage: TestStage;
let database: Database;
let control: ProgramControl;
const onStage = new Set<string>();
let webinarNumber = 0;

beforeAll(async () => {
  database = await openDatabase(':memory:');
  control = new ProgramControl({
    store: new ProgramSettingsStore(database, silentLogger),
    assertWebinar: async () => undefined,
    isOnStage: (_webinarId, peerId) => onStage.has(peerId),
    onChanged: (webinarId, state) => stage.signaling.broadcastProgram(webinarId, state),
    plainPicture: async (_part, bytes) => bytes,
    clock: systemClock,
    logger: silentLogger,
  });
  stage = await startStageServer({ program: new StageDirector(control) });
});
afterAll(async () => {
  await stage.close();
  await database.destroy();
});

async function twoPeople() {
  const webinarId = `program${webinarNumber++}`;
  const host = await stage.join({ webinarId, role: 'host', displayName: 'Hana' });
  const panelist = await stage.join({ webinarId, displayName: 'Pavel' });
  for (const { joined } of [host, panelist]) onStage.add(joined.peerId);
  const program = answeringProgram();
  program.tell = (news) => control.handle(webinarId, news);
  return { webinarId, host, panelist, program };
}

async function hears(client: StageClient, matches: (state: ProgramState) => boolean): Promise<void> {
  await waitFor('the program to be told', () =>
    client.events.some(
      ({ name, payload }) => name === 'programChanged' && matches((payload as { program: ProgramState }).program),
    ),
  );
}

describe('program requests', () => {
  it('setLayout of the host answers with the frame, and everybody hears what viewers see; a latecomer is told at once', async () => {
    const { webinarId, host, panelist, program } = await twoPeople();
    await control.attach(webinarId, program);
    const { applied } = await host.client.ok('setLayout', { layout: 'grid' });
    expect(applied).toEqual({ name: 'grid', frameIndex: 42, mediaTimeSec: 12.4, atWallMs: 1_700_000_000_000 });
    for (const { client } of [host, panelist])
      await hears(client, ({ layout, shown }) => layout.layout === 'grid' && shown?.name === 'grid');
    // The same again is answered the same: a click too many harms nobody.
    expect(await host.client.ok('setLayout', { layout: 'grid' })).toEqual({ applied });
    const latecomer = await stage.join({ webinarId });
    expect(latecomer.joined.program).toMatchObject({ layout: { layout: 'grid' }, shown: { name: 'grid' } });
  });

  it('setPinned and setScene of the host reach the mixer and everybody', async () => {
    const { webinarId, host, panelist, program } = await twoPeople();
    await control.attach(webinarId, program);
    const { peerId } = panelist.joined;
    await host.client.ok('setPinned', { peerId, pinned: true });
    await hears(panelist.client, ({ layout }) => layout.pinnedIds.includes(peerId));
    await host.client.ok('setScene', { kind: 'backSoon', text: 'Coffee' });
    await hears(panelist.client, ({ scene }) => scene.kind === 'backSoon');
    expect(program.commands.slice(-2)).toMatchObject([
      { type: 'setLayout', layout: { mode: 'auto', pinnedIds: [peerId] } },
      { type: 'setScene', scene: { kind: 'backSoon', text: 'Coffee' } },
    ]);
  });

  it('a panelist may decide nothing of it: SIGNALING_NOT_PERMITTED, and the mixer hears nothing', async () => {
    const { webinarId, panelist, program } = await twoPeople();
    await control.attach(webinarId, program);
    const commandCount = program.commands.length;
    const attempts: [string, object][] = [
      ['setLayout', { layout: 'solo' }],
      ['setPinned', { peerId: panelist.joined.peerId, pinned: true }],
      ['setScene', { kind: 'ended' }],
    ];
    for (const [name, payload] of attempts)
      expect(await panelist.client.fails(name, payload), name).toBe('SIGNALING_NOT_PERMITTED');
    expect(program.commands).toHaveLength(commandCount);
  });

  it('while not live applied is null and the decision is told; unknown people and bad payloads are refused', async () => {
    const { host, panelist } = await twoPeople();
    expect(await host.client.ok('setLayout', { layout: 'solo' })).toEqual({ applied: null });
    await hears(panelist.client, ({ layout, shown }) => layout.layout === 'solo' && shown === null);
    expect(await host.client.fails('setPinned', { peerId: 'eve', pinned: true })).toBe('PROGRAM_PARTICIPANT_UNKNOWN');
    for (const [name, payload] of [
      ['setLayout', { layout: 'mosaic' }],
      ['setPinned', { peerId: 'a/b', pinned: true }],
      ['setScene', { kind: 'countdown' }],
    ] as const)
      expect(await host.client.fails(name, payload), name).toBe('SIGNALING_PAYLOAD_INVALID');
  });

  it('too many decisions at once are refused with SIGNALING_RATE_LIMITED', async () => {
    const { host } = await twoPeople();
    const replies = await Promise.all(Array.from({ length: 30 }, () => host.client.raw('setScene', { kind: 'live' })));
    const codes = replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code]));
    expect(codes.length).toBeGreaterThan(0);
    expect(new Set(codes)).toEqual(new Set(['SIGNALING_RATE_LIMITED']));
  });
});
