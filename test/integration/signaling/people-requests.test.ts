import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultPermissions, protocolVersion, type StageEvents } from '../../../src/signaling/protocol/index.ts';
import { browserCapabilities, opusParameters, vp8SimulcastParameters } from '../../support/stage-rtp.ts';
import { startStageServer, type StageClient, type TestStage } from '../../support/stage-server.ts';
import { waitFor } from '../../support/wait-for.ts';

type Joined = Awaited<ReturnType<TestStage['join']>>;

let stage: TestStage;
let webinarNumber = 0;
let webinarId = '';
beforeAll(async () => {
  stage = await startStageServer();
});
afterAll(() => stage.close());
beforeEach(() => {
  webinarId = `w${webinarNumber++}`;
  stage.heard.length = 0;
});

const join = (role: 'host' | 'coHost' | 'panelist' | 'captioner', displayName: string, more: object = {}) =>
  stage.join({ webinarId, role, displayName, ...more });

async function produce({ client }: Joined, source: 'microphone' | 'camera') {
  const known = transports.get(client);
  const { transportId } = known ?? (await client.ok('createTransport', { direction: 'send' }));
  transports.set(client, { transportId });
  const [kind, rtpParameters] =
    source === 'camera' ? (['video', vp8SimulcastParameters()] as const) : (['audio', opusParameters()] as const);
  return client.ok('produce', { transportId, kind, source, rtpParameters, paused: false });
}
const transports = new WeakMap<StageClient, { transportId: string }>();

/** The newest event of a name, once there is one that fits. */
async function newest<Name extends keyof StageEvents>(
  { client }: Joined,
  name: Name,
  fits: (payload: StageEvents[Name]) => boolean = () => true,
): Promise<StageEvents[Name]> {
  const payloads = () =>
    client.events.filter((event) => event.name === name).map(({ payload }) => payload as StageEvents[Name]);
  return waitFor(`${name} that fits`, () => payloads().findLast(fits), { intervalMs: 5 });
}

const namesOf = ({ client }: Joined) => client.events.map(({ name }) => name);

describe('the green room', () => {
  it('keeps who waits from the stage in both directions, until a host lets them in with what they send', async () => {
    const host = await join('host', 'Hana');
    const panelist = await join('panelist', 'Pavel');
    await host.client.ok('setGreenRoom', { isOn: true });
    const guest = await join('panelist', 'Gina');
    expect(guest.joined).toMatchObject({ place: 'greenRoom', peers: [], activeSpeakerPeerId: null });
    expect(guest.joined).not.toHaveProperty('greenRoom');
    const { producerId } = await produce(guest, 'microphone');
    const { producerId: heardId } = await produce(panelist, 'microphone');

    // Nothing of the one side reaches the other.
    const request = { producerId, rtpCapabilities: browserCapabilities };
    await host.client.ok('createTransport', { direction: 'recv' });
    expect(await host.client.fails('consume', request)).toBe('MEDIA_NOT_FOUND');
    expect(await guest.client.fails('consume', { ...request, producerId: heardId })).toBe('SIGNALING_NOT_ON_STAGE');
    expect(namesOf(panelist)).not.toContain('peerJoined');
    expect(stage.heard).not.toContain('peerJoined Gina');

    const readiness = { hasMicrophone: true, hasCamera: false, path: 'turnTls', roundTripMs: 40 } as const;
    await guest.client.ok('reportReadiness', readiness);
    const { greenRoom } = await newest(
      host,
      'greenRoomChanged',
      (event) => event.greenRoom.waiting[0]?.readiness !== undefined,
    );
    expect(greenRoom).toEqual({
      isOn: true,
      waiting: [{ peerId: guest.joined.peerId, displayName: 'Gina', readiness }],
    });
    expect(namesOf(panelist)).not.toContain('greenRoomChanged');

    expect(await panelist.client.fails('admit', { peerId: guest.joined.peerId })).toBe('SIGNALING_NOT_PERMITTED');
    await host.client.ok('admit', { peerId: guest.joined.peerId });
    const { place, peers } = await newest(guest, 'placeChanged');
    expect(place).toBe('stage');
    expect(peers.map(({ displayName, producers }) => [displayName, producers.length])).toEqual([
      ['Hana', 0],
      ['Pavel', 1],
    ]);
    const added = await newest(host, 'producerAdded', ({ peerId }) => peerId === guest.joined.peerId);
    expect(added.producer).toMatchObject({ producerId, paused: false });
    await host.client.ok('consume', request);
    expect(stage.heard).toEqual(expect.arrayContaining(['peerJoined Gina', 'producerAdded microphone']));
    expect((await newest(host, 'greenRoomChanged')).greenRoom.waiting).toEqual([]);
    expect(await host.client.fails('admit', { peerId: guest.joined.peerId })).toBe('SIGNALING_PEER_UNKNOWN');
  });

  it('takes somebody back from the stage: their media ends for the others, and the others for them', async () => {
    const host = await join('host', 'Hana');
    const guest = await join('panelist', 'Gina');
    await produce(guest, 'microphone');
    const { producerId } = await produce(host, 'microphone');
    await guest.client.ok('createTransport', { direction: 'recv' });
    const { consumerId } = await guest.client.ok('consume', { producerId, rtpCapabilities: browserCapabilities });
    await host.client.ok('sendToGreenRoom', { peerId: guest.joined.peerId });
    expect(await newest(guest, 'placeChanged')).toMatchObject({ place: 'greenRoom', peers: [] });
    expect(await guest.client.fails('resumeConsumer', { consumerId })).toBe('SIGNALING_NOT_ON_STAGE');
    expect(namesOf(host)).toEqual(expect.arrayContaining(['producerClosed', 'peerLeft', 'greenRoomChanged']));
    expect(stage.heard.slice(-2)).toEqual(['producerClosed microphone', 'peerLeft']);

    // And onto it again, with what they produce anew.
    const { producerId: again } = await produce(guest, 'microphone');
    await host.client.ok('admit', { peerId: guest.joined.peerId });
    await newest(host, 'producerAdded', ({ producer }) => producer.producerId === again);
    await guest.client.ok('consume', { producerId, rtpCapabilities: browserCapabilities });
  });

  it('whoever was let in, or was on stage before, comes straight back after a reload', async () => {
    const host = await join('host', 'Hana');
    const token = await stage.tokens.issue({ webinarId, role: 'panelist', displayName: 'Pavel' });
    const enter = async () => {
      const client = stage.open(token);
      await client.connected();
      return client.ok('join', { protocolVersion, clientId: 'browser-of-pavel-1' });
    };
    expect((await enter()).place).toBe('stage');
    await host.client.ok('setGreenRoom', { isOn: true });
    expect((await enter()).place).toBe('stage');
    const stranger = await join('panelist', 'Stranger');
    expect(stranger.joined.place).toBe('greenRoom');
  });

  it('holds 50, the 51st is refused with SIGNALING_GREEN_ROOM_FULL, a host still gets in', async () => {
    const token = await stage.tokens.issue({ webinarId, role: 'panelist', displayName: 'Guest', waits: true });
    const clients = Array.from({ length: 51 }, () => stage.open(token));
    const outcomes = await Promise.all(
      clients.map(async (client) => {
        await client.connected();
        const reply = await client.raw('join', { protocolVersion });
        return reply.ok ? 'ok' : reply.error.code;
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(50);
    expect(outcomes).toContain('SIGNALING_GREEN_ROOM_FULL');
    const host = await join('host', 'Hana');
    expect(host.joined.greenRoom?.waiting).toHaveLength(50);
  });
});

describe('moderation', () => {
  it('stopSource pauses a microphone, which only its owner opens again, and closes a camera', async () => {
    const host = await join('host', 'Hana');
    const panelist = await join('panelist', 'Pavel');
    const { producerId } = await produce(panelist, 'microphone');
    await produce(panelist, 'camera');
    const { peerId } = panelist.joined;
    await host.client.ok('stopSource', { peerId, source: 'microphone' });
    expect(await newest(panelist, 'sourceStopped')).toEqual({ source: 'microphone', reason: 'moderated' });
    expect(await newest(host, 'producerPaused')).toEqual({ peerId, producerId });
    expect(await host.client.fails('resumeProducer', { producerId })).toBe('MEDIA_NOT_FOUND');
    await panelist.client.ok('resumeProducer', { producerId });
    await newest(host, 'producerResumed');
    await host.client.ok('stopSource', { peerId, source: 'camera' });
    await newest(panelist, 'sourceStopped', ({ source }) => source === 'camera');
    await newest(host, 'producerClosed');
    // What is not there is stopped already.
    await host.client.ok('stopSource', { peerId, source: 'screen' });
    await produce(panelist, 'camera');
  });

  it('removePeer ends the connection at once and for this person, who else has the link waits', async () => {
    const host = await join('host', 'Hana');
    const token = await stage.tokens.issue({ webinarId, role: 'panelist', displayName: 'Pavel' });
    const client = stage.open(token);
    await client.connected();
    const { peerId } = await client.ok('join', { protocolVersion, clientId: 'browser-of-pavel-1' });
    await host.client.ok('removePeer', { peerId });
    expect(await client.gone()).toBe('io server disconnect');
    expect(client.events.at(-1)).toMatchObject({ name: 'removed', payload: { code: 'SIGNALING_REMOVED' } });
    await newest(host, 'peerLeft', (event) => event.peerId === peerId);
    const again = stage.open(token);
    await again.connected();
    const request = { protocolVersion, clientId: 'browser-of-pavel-1' };
    expect(await again.fails('join', request)).toBe('SIGNALING_REMOVED');
    const other = await again.ok('join', { ...request, clientId: 'another-browser-22' });
    expect(other.place).toBe('greenRoom');
  });

  it('a panelist may do none of it, a co-host nothing to a host, nobody anything to who is not there', async () => {
    const host = await join('host', 'Hana');
    const coHost = await join('coHost', 'Cora');
    const panelist = await join('panelist', 'Pavel');
    const hostId = host.joined.peerId;
    const requests = [
      ['stopSource', { peerId: hostId, source: 'camera' }],
      ['removePeer', { peerId: hostId }],
      ['sendToGreenRoom', { peerId: hostId }],
    ] as const;
    for (const [name, payload] of requests) {
      expect(await panelist.client.fails(name, payload), name).toBe('SIGNALING_NOT_PERMITTED');
      expect(await coHost.client.fails(name, payload), name).toBe('SIGNALING_HOST_PROTECTED');
      expect(await host.client.fails(name, { ...payload, peerId: 'nobody' }), name).toBe('SIGNALING_PEER_UNKNOWN');
    }
    expect(await host.client.fails('removePeer', { peerId: hostId })).toBe('SIGNALING_PEER_UNKNOWN');
    for (const name of ['setRole', 'handOver'] as const) {
      const payload = name === 'setRole' ? { peerId: hostId, role: 'panelist' } : { peerId: hostId };
      expect(await coHost.client.fails(name, payload), name).toBe('SIGNALING_NOT_PERMITTED');
    }
  });
});

describe('roles and permissions', () => {
  it('setPermissions ends at once what it takes away, refuses it from then on, and survives a rejoin', async () => {
    const host = await join('host', 'Hana');
    const token = await stage.tokens.issue({ webinarId, role: 'panelist', displayName: 'Pavel' });
    const enter = async (): Promise<Joined> => {
      const client = stage.open(token);
      await client.connected();
      return { client, joined: await client.ok('join', { protocolVersion, clientId: 'browser-of-pavel-1' }) };
    };
    const panelist = await enter();
    await produce(panelist, 'camera');
    await produce(panelist, 'microphone');
    const { peerId } = panelist.joined;
    await host.client.ok('setPermissions', { peerId, permissions: ['publishMicrophone'] });
    expect(await newest(panelist, 'sourceStopped')).toEqual({ source: 'camera', reason: 'permission' });
    expect(await newest(panelist, 'peerChanged')).toMatchObject({ peerId, permissions: ['publishMicrophone'] });
    await newest(host, 'producerClosed');
    expect(namesOf(host).filter((name) => name === 'producerClosed')).toHaveLength(1);
    await expect(produce(panelist, 'camera')).rejects.toThrow('SIGNALING_NOT_PERMITTED');
    expect((await enter()).joined.permissions).toEqual(['publishMicrophone']);
  });

  it('the invitation may say less or more than the role', async () => {
    const quiet = await join('panelist', 'Quiet', { permissions: ['publishCamera'] });
    await expect(produce(quiet, 'microphone')).rejects.toThrow('SIGNALING_NOT_PERMITTED');
    await produce(quiet, 'camera');
    const producer = await join('panelist', 'Producer', { permissions: ['changeLayout'] });
    await producer.client.ok('setScene', { kind: 'backSoon' });
  });

  it('setRole makes a co-host, who may run the event but not give that away', async () => {
    const host = await join('host', 'Hana');
    const panelist = await join('panelist', 'Pavel');
    const { peerId } = panelist.joined;
    expect(await panelist.client.fails('setLive', { live: true })).toBe('SIGNALING_NOT_PERMITTED');
    await host.client.ok('setRole', { peerId, role: 'coHost' });
    expect(await newest(panelist, 'peerChanged')).toMatchObject({
      role: 'coHost',
      permissions: defaultPermissions.coHost,
    });
    await panelist.client.ok('setLive', { live: true });
    expect(await panelist.client.fails('setRole', { peerId, role: 'panelist' })).toBe('SIGNALING_NOT_PERMITTED');
    // Nobody gives what they do not have.
    const permissions = ['managePermissions'] as const;
    await host.client.ok('setPermissions', { peerId, permissions: [...permissions, 'admit'] });
    const third = await join('panelist', 'Third');
    const request = { peerId: third.joined.peerId, permissions: ['moderate'] };
    expect(await panelist.client.fails('setPermissions', request)).toBe('SIGNALING_NOT_PERMITTED');
    await panelist.client.ok('setPermissions', { ...request, permissions: ['admit'] });
  });

  it('handOver makes the other the host, also after both come back', async () => {
    const host = await join('host', 'Hana');
    const panelist = await join('panelist', 'Pavel');
    await host.client.ok('handOver', { peerId: panelist.joined.peerId });
    await newest(host, 'peerChanged', ({ peerId }) => peerId === host.joined.peerId);
    expect(await host.client.fails('handOver', { peerId: panelist.joined.peerId })).toBe('SIGNALING_NOT_PERMITTED');
    expect(await host.client.fails('removePeer', { peerId: panelist.joined.peerId })).toBe('SIGNALING_HOST_PROTECTED');
    await panelist.client.ok('removePeer', { peerId: host.joined.peerId });
    expect(await host.client.gone()).toBe('io server disconnect');
  });

  it('setOrder tells everybody the order, who comes later stands last', async () => {
    const host = await join('host', 'Hana');
    const one = await join('panelist', 'One');
    const two = await join('panelist', 'Two');
    const ids = [host, one, two].map(({ joined }) => joined.peerId);
    await host.client.ok('setOrder', { peerIds: [ids[2]!, 'nobody', ids[0]!] });
    expect(await newest(one, 'orderChanged')).toEqual({ peerIds: [ids[2], ids[0], ids[1]] });
    expect(stage.heard).toContain('orderChanged 3');
    const late = await join('panelist', 'Late');
    expect(late.joined.peers.map(({ displayName }) => displayName)).toEqual(['Two', 'Hana', 'One']);
    expect(await one.client.fails('setOrder', { peerIds: ids })).toBe('SIGNALING_NOT_PERMITTED');
  });
});
