import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { protocolVersion, type StageReplies, type StageReply } from '../../../src/signaling/protocol/index.ts';
import { signalingLimits } from '../../../src/signaling/limits.ts';
import { resumeGraceMs } from '../../../src/signaling/sessions/peer-session.ts';
import { opusParameters } from '../../support/stage-rtp.ts';
import { startStageServer, type StageClient, type TestStage } from '../../support/stage-server.ts';
import { waitFor } from '../../support/wait-for.ts';

type Session = StageReplies['join']['session'];

let stage: TestStage;
let webinarNumber = 0;
let webinarId = '';
beforeAll(async () => {
  stage = await startStageServer();
});
afterAll(() => stage.close());
beforeEach(() => void (webinarId = `w${webinarNumber++}`));

const namesOf = ({ events }: StageClient) => events.map(({ name }) => name);
const newestNumber = ({ events }: StageClient) => Math.max(0, ...events.map(({ number }) => number ?? 0));

async function person(on: TestStage = stage) {
  const token = await on.tokens.issue({ webinarId, role: 'panelist', displayName: 'Pavel' });
  const client = on.open(token);
  await client.connected();
  const joined = await client.ok('join', { protocolVersion });
  return { token, client, joined };
}

function comeBack(token: string, session: Session, lastNumber: number, on: TestStage = stage): StageClient {
  return on.open(undefined, { options: { auth: { token, resume: { ...session, lastNumber } } } });
}

async function microphoneOf(client: StageClient) {
  const { transportId } = await client.ok('createTransport', { direction: 'send' });
  const shape = { transportId, kind: 'audio', source: 'microphone', rtpParameters: opusParameters() } as const;
  const request = { ...shape, paused: false };
  return { request, ...(await client.ok('produce', request)) };
}

describe('a connection that is lost', () => {
  it('costs neither place nor media, and who comes back gets what was missed, once and in order', async () => {
    const host = await stage.join({ webinarId, role: 'host', displayName: 'Hana' });
    const { token, client, joined } = await person();
    const { producerId } = await microphoneOf(client);
    await host.client.event('producerAdded');
    const seenNumber = newestNumber(client);
    client.cut();
    expect(await host.client.event('peerAway')).toEqual({ peerId: joined.peerId, isAway: true });
    const late = await stage.join({ webinarId, displayName: 'Late' });
    expect(late.joined.peers.find(({ peerId }) => peerId === joined.peerId)).toMatchObject({
      isAway: true,
      producers: [{ producerId, paused: false }],
    });
    await host.client.ok('stopSource', { peerId: joined.peerId, source: 'microphone' });

    const again = comeBack(token, joined.session, seenNumber);
    const { number } = (await again.event('resumed')) as { number: number };
    expect(namesOf(again)).toEqual(['peerJoined', 'sourceStopped', 'resumed']);
    expect(again.events.map((event) => event.number)).toEqual([seenNumber + 1, seenNumber + 2, undefined]);
    expect(number).toBe(seenNumber + 2);
    await waitFor('the host to hear that they are back', () =>
      host.client.events.some(({ name, payload }) => name === 'peerAway' && !(payload as { isAway: boolean }).isAway),
    );
    // Joined as before: no join, the same producer, and the room never heard of a leave.
    await again.ok('resumeProducer', { producerId });
    expect(await again.fails('join', { protocolVersion })).toBe('SIGNALING_ALREADY_JOINED');
    expect(namesOf(host.client)).not.toContain('peerLeft');
    expect(stage.heard.filter((what) => what === 'peerLeft')).toEqual([]);
  });

  it('every connection cut at once: everybody comes back to their place, nobody is told of a leave', async () => {
    const people = await Promise.all([person(), person(), person()]);
    for (const { client } of people) client.cut();
    const back = people.map(({ token, client, joined }) => comeBack(token, joined.session, newestNumber(client)));
    await Promise.all(back.map((client) => client.event('resumed')));
    const late = await stage.join({ webinarId, displayName: 'Late' });
    expect(late.joined.peers.map(({ peerId }) => peerId).sort()).toEqual(
      people.map(({ joined }) => joined.peerId).sort(),
    );
    for (const client of back) expect(namesOf(client)).not.toContain('peerLeft');
  });

  it('a newer connection of the same session takes over before the old one is known to be dead', async () => {
    const { token, client, joined } = await person();
    const again = comeBack(token, joined.session, newestNumber(client));
    await again.event('resumed');
    await client.gone();
    expect(namesOf(client)).not.toContain('removed');
    await again.ok('createTransport', { direction: 'recv' });
  });

  it('a request that is sent again with its id is not done again', async () => {
    const { token, client, joined } = await person();
    const { transportId } = await client.ok('createTransport', { direction: 'send' });
    const request = {
      transportId,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: opusParameters(),
      paused: false,
    };
    const ask = (on: StageClient, requestId: string) =>
      on.socket.timeout(5000).emitWithAck('produce', request, { requestId }) as Promise<StageReply<'produce'>>;
    const [first, twin] = await Promise.all([ask(client, 'r-1'), ask(client, 'r-1')]);
    expect(first).toMatchObject({ ok: true });
    expect(twin).toEqual(first);
    client.cut();
    const again = comeBack(token, joined.session, newestNumber(client));
    await again.event('resumed');
    expect(await ask(again, 'r-1')).toEqual(first);
    expect(await ask(again, 'r-2')).toMatchObject({ ok: false, error: { code: 'INGEST_PRODUCER_LIMIT' } });
  });

  it('who missed as much as is kept gets every event of it, and stays', async () => {
    const host = await stage.join({ webinarId, role: 'host', displayName: 'Hana' });
    const { token, client, joined } = await person();
    const seenNumber = newestNumber(client);
    client.cut();
    await host.client.event('peerAway');
    for (let index = 0; index < signalingLimits.maxKeptEvents; index++)
      stage.signaling.broadcastActiveSpeaker(webinarId, `speaker-${index}`);
    const again = comeBack(token, joined.session, seenNumber);
    await again.event('resumed');
    const missed = again.events.filter(({ name }) => name === 'activeSpeaker');
    expect(missed.map(({ number }) => number)).toEqual(
      Array.from({ length: signalingLimits.maxKeptEvents }, (_, index) => seenNumber + 1 + index),
    );
    await again.ok('createTransport', { direction: 'send' });
  });

  it('who missed more than is kept gets the stage as it is, and stays', async () => {
    const host = await stage.join({ webinarId, role: 'host', displayName: 'Hana' });
    const { token, client, joined } = await person();
    client.cut();
    await host.client.event('peerAway');
    for (let index = 0; index <= signalingLimits.maxKeptEvents; index++)
      stage.signaling.broadcastActiveSpeaker(webinarId, `speaker-${index}`);
    const again = comeBack(token, joined.session, newestNumber(client));
    const snapshot = (await again.event('snapshot')) as { number: number; activeSpeakerPeerId: string };
    expect(snapshot).toMatchObject({
      activeSpeakerPeerId: `speaker-${signalingLimits.maxKeptEvents}`,
      place: 'stage',
      peers: [{ displayName: 'Hana' }],
      webinar: { title: 'Test' },
    });
    expect(snapshot.number).toBeGreaterThan(signalingLimits.maxKeptEvents);
    await again.ok('createTransport', { direction: 'send' });
  });

  it('somebody removed while they were away is not let back, a page that was closed is gone at once', async () => {
    const host = await stage.join({ webinarId, role: 'host', displayName: 'Hana' });
    const away = await person();
    away.client.cut();
    await host.client.event('peerAway');
    await host.client.ok('removePeer', { peerId: away.joined.peerId });
    await waitFor('the leave', () => namesOf(host.client).includes('peerLeft'));
    const again = comeBack(away.token, away.joined.session, 0);
    await again.event('sessionLost');
    expect(await again.fails('join', { protocolVersion })).toBe('SIGNALING_REMOVED');

    const closed = await person();
    closed.client.socket.disconnect();
    await waitFor('the leave', () => namesOf(host.client).filter((name) => name === 'peerLeft').length === 2);
  });

  it('a session opens nothing with the token of another invitation, of another epoch, or made up', async () => {
    const { token, client, joined } = await person();
    const other = await stage.tokens.issue({ webinarId, role: 'panelist', displayName: 'Eve' });
    const stolen = comeBack(other, joined.session, 0);
    const old = comeBack(token, { ...joined.session, epoch: 'another-epoch' }, 0);
    const invented = comeBack(token, { ...joined.session, sessionId: 'x'.repeat(22) }, 0);
    for (const intruder of [stolen, old, invented]) {
      await intruder.event('sessionLost');
      expect(await intruder.fails('createTransport', { direction: 'send' })).toBe('SIGNALING_NOT_JOINED');
    }
    expect(client.socket.connected).toBe(true);
    const broken = stage.open(undefined, { options: { auth: { token, resume: { sessionId: '../x' } } } });
    expect(await broken.refused()).toBe('SIGNALING_AUTH_MISSING');
  });
});

describe('nobody comes back', () => {
  const clock = new FakeClock();
  let timed: TestStage;
  beforeAll(async () => {
    timed = await startStageServer({ clock });
  });
  afterAll(() => timed.close());
  afterEach(() => clock.advance(resumeGraceMs));

  it('within ten seconds: the place is given up with its media, and who comes later starts over', async () => {
    const host = await timed.join({ webinarId, role: 'host', displayName: 'Hana' });
    const { token, client, joined } = await person(timed);
    await microphoneOf(client);
    client.cut();
    await host.client.event('peerAway');
    clock.advance(resumeGraceMs - 1);
    expect(timed.heard).not.toContain('peerLeft');
    clock.advance(1);
    await host.client.event('peerLeft');
    expect(timed.heard.slice(-2)).toEqual(['producerClosed microphone', 'peerLeft']);
    const again = comeBack(token, joined.session, 0, timed);
    await again.event('sessionLost');
    const rejoined = await again.ok('join', { protocolVersion });
    expect(rejoined.peerId).not.toBe(joined.peerId);
  });
});
