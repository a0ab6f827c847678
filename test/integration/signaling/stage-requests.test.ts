import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPermissions, type PeerInfo, type WireRtpParameters } from '../../../src/signaling/protocol/index.ts';
import {
  browserCapabilities,
  dtlsParameters,
  opusParameters,
  vp8SimulcastParameters,
} from '../../support/stage-rtp.ts';
import { startStageServer, type TestStage } from '../../support/stage-server.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('stage requests', () => {
  let stage: TestStage;
  let webinarNumber = 0;
  let webinarId = '';
  beforeAll(async () => {
    stage = await startStageServer();
  });
  afterAll(() => stage.close());

  /** Two people on a stage of their own. */
  async function twoPeople() {
    webinarId = `w${webinarNumber++}`;
    const host = await stage.join({ webinarId, role: 'host', displayName: 'Hana' });
    const panelist = await stage.join({ webinarId, displayName: 'Pavel' });
    return { host, panelist };
  }

  async function produceMicrophone(client: Awaited<ReturnType<TestStage['join']>>['client']) {
    const { transportId } = await client.ok('createTransport', { direction: 'send' });
    const request = {
      transportId,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: opusParameters(),
      paused: false,
    } as const;
    return { transportId, request, ...(await client.ok('produce', request)) };
  }

  it('join answers with roster, capabilities and ICE servers, and tells the others', async () => {
    const { host, panelist } = await twoPeople();
    expect(host.joined).toMatchObject({
      role: 'host',
      webinar: { webinarId, title: 'Test', state: 'idle', isPrivate: true },
      peers: [],
      activeSpeakerPeerId: null,
      iceServers: [{ username: host.joined.peerId }],
    });
    expect(JSON.stringify(host.joined.routerRtpCapabilities)).not.toContain('abs-capture-time');
    expect(panelist.joined.peers).toEqual([
      {
        peerId: host.joined.peerId,
        displayName: 'Hana',
        role: 'host',
        permissions: defaultPermissions.host,
        producers: [],
      },
    ]);
    const joined = (await host.client.event('peerJoined')) as { peer: PeerInfo };
    expect(joined.peer).toMatchObject({ peerId: panelist.joined.peerId, displayName: 'Pavel' });
    const third = await stage.join({ webinarId });
    expect(third.joined.peers.map((peer) => peer.displayName)).toEqual(['Hana', 'Pavel']);
  });

  it('the whole life of a microphone reaches the other peer: produce, consume, pause, resume, close', async () => {
    const { host, panelist } = await twoPeople();
    const { transportId, producerId } = await produceMicrophone(host.client);
    await host.client.ok('connectTransport', { transportId, dtlsParameters });
    const restarted = await host.client.ok('restartIce', { transportId });
    expect(restarted.iceParameters).toHaveProperty('usernameFragment');
    expect(restarted.iceServers).toMatchObject([{ username: host.joined.peerId }]);
    const added = await panelist.client.event('producerAdded');
    expect(added).toMatchObject({ peerId: host.joined.peerId, producer: { producerId, paused: false } });

    await panelist.client.ok('createTransport', { direction: 'recv' });
    const consumer = await panelist.client.ok('consume', { producerId, rtpCapabilities: browserCapabilities });
    expect(consumer).toMatchObject({ producerId, kind: 'audio', producerPaused: false });
    const { consumerId } = consumer;
    await panelist.client.ok('resumeConsumer', { consumerId });
    await panelist.client.ok('pauseConsumer', { consumerId });

    await host.client.ok('pauseProducer', { producerId });
    await host.client.ok('pauseProducer', { producerId });
    await panelist.client.event('producerPaused');
    const latecomer = await stage.join({ webinarId });
    expect(latecomer.joined.peers[0]?.producers).toMatchObject([{ producerId, paused: true }]);
    await host.client.ok('resumeProducer', { producerId });
    await panelist.client.event('producerResumed');
    await host.client.ok('closeProducer', { producerId });
    await panelist.client.event('producerClosed');
    expect(await panelist.client.event('consumerClosed')).toEqual({ consumerId });
    expect(panelist.client.events.filter((event) => event.name === 'producerPaused')).toHaveLength(1);
    expect(stage.heard).toEqual(
      expect.arrayContaining(['producerAdded microphone', 'producerPaused microphone', 'producerClosed microphone']),
    );
  });

  it('setPreferredLayers on a simulcast camera is accepted, on garbage layers refused', async () => {
    const { host, panelist } = await twoPeople();
    const { transportId } = await host.client.ok('createTransport', { direction: 'send' });
    const { producerId } = await host.client.ok('produce', {
      transportId,
      kind: 'video',
      source: 'camera',
      rtpParameters: vp8SimulcastParameters(),
      paused: false,
    });
    await panelist.client.ok('createTransport', { direction: 'recv' });
    const request = { producerId, rtpCapabilities: browserCapabilities };
    const { consumerId, rtpParameters } = await panelist.client.ok('consume', request);
    expect(JSON.stringify(rtpParameters)).not.toContain('x-evil');
    await panelist.client.ok('setPreferredLayers', { consumerId, spatialLayer: 0 });
    expect(await panelist.client.fails('setPreferredLayers', { consumerId, spatialLayer: 7 })).toBe(
      'SIGNALING_PAYLOAD_INVALID',
    );
  });

  it('a screen with its sound goes beside camera and microphone, a second one and one of the other kind are refused', async () => {
    const { host, panelist } = await twoPeople();
    const { client } = host;
    const { transportId } = await client.ok('createTransport', { direction: 'send' });
    const rtpParameters = oneLayer();
    const camera = { transportId, kind: 'video', source: 'camera', rtpParameters, paused: false } as const;
    await client.ok('produce', camera);
    const screen = { ...camera, source: 'screen', rtpParameters: oneLayer('2') } as const;
    const sound = {
      ...camera,
      kind: 'audio',
      source: 'screenAudio',
      rtpParameters: { ...opusParameters(), mid: '3' },
    } as const;
    const { producerId } = await client.ok('produce', screen);
    await client.ok('produce', sound);
    expect(await client.fails('produce', { ...screen, rtpParameters: oneLayer('4') })).toBe('INGEST_PRODUCER_LIMIT');
    for (const wrong of [
      { ...screen, kind: 'audio' },
      { ...sound, kind: 'video' },
      { ...screen, source: 'window' },
    ])
      expect(await client.fails('produce', wrong)).toBe('SIGNALING_PAYLOAD_INVALID');
    await waitFor('three sources to be told', () => sourcesTold(panelist.client.events).length === 3);
    expect(sourcesTold(panelist.client.events)).toEqual(['camera', 'screen', 'screenAudio']);
    await client.ok('closeProducer', { producerId });
    expect(await panelist.client.event('producerClosed')).toMatchObject({ producerId });
    // The place is free again.
    await client.ok('produce', { ...screen, rtpParameters: oneLayer('5') });
  });

  it('anything but join before join is refused with SIGNALING_NOT_JOINED', async () => {
    const client = await stage.connect();
    expect(await client.fails('createTransport', { direction: 'send' })).toBe('SIGNALING_NOT_JOINED');
    expect(await client.fails('leave', {})).toBe('SIGNALING_NOT_JOINED');
  });

  it('a second join, one of another version, and two at once: one is accepted, the others refused', async () => {
    const { client } = await stage.join({ webinarId: 'twice' });
    expect(await client.fails('join', { protocolVersion: 1 })).toBe('SIGNALING_ALREADY_JOINED');
    const other = await stage.connect({ webinarId: 'twice' });
    expect(await other.fails('join', { protocolVersion: 99 })).toBe('SIGNALING_VERSION_UNSUPPORTED');
    const replies = await Promise.all([1, 2].map(() => other.raw('join', { protocolVersion: 1 })));
    expect(replies.map((reply) => reply.ok).sort()).toEqual([false, true]);
    expect((await stage.join({ webinarId: 'twice' })).joined.peers).toHaveLength(2);
  });

  it('roles: a viewer may not join, a panelist may not setLive, a host may', async () => {
    const viewer = await stage.connect({ role: 'viewer' });
    expect(await viewer.fails('join', { protocolVersion: 1 })).toBe('SIGNALING_ROLE_FORBIDDEN');
    const { host, panelist } = await twoPeople();
    expect(await panelist.client.fails('setLive', { live: true })).toBe('SIGNALING_NOT_PERMITTED');
    expect(await host.client.ok('setLive', { live: true })).toEqual({ state: 'starting' });
  });

  it("ids of somebody else or of nobody are refused with MEDIA_NOT_FOUND, and the owner's media goes on", async () => {
    const { host, panelist } = await twoPeople();
    const { transportId, producerId, request } = await produceMicrophone(host.client);
    const stranger = await stage.join({ webinarId: 'elsewhere' });
    await stranger.client.ok('createTransport', { direction: 'recv' });
    await panelist.client.ok('createTransport', { direction: 'recv' });
    const consume = { producerId, rtpCapabilities: browserCapabilities };
    const { consumerId } = await panelist.client.ok('consume', consume);
    expect(await stranger.client.fails('consume', consume)).toBe('MEDIA_NOT_FOUND');
    const attempts: [string, object][] = [
      ['connectTransport', { transportId, dtlsParameters }],
      ['restartIce', { transportId }],
      ['produce', request],
      ['pauseProducer', { producerId }],
      ['resumeProducer', { producerId }],
      ['closeProducer', { producerId }],
    ];
    for (const thief of [panelist, stranger])
      for (const [name, payload] of attempts) expect(await thief.client.fails(name, payload)).toBe('MEDIA_NOT_FOUND');
    for (const name of ['resumeConsumer', 'pauseConsumer'])
      expect(await host.client.fails(name, { consumerId })).toBe('MEDIA_NOT_FOUND');
    expect(await host.client.fails('setPreferredLayers', { consumerId, spatialLayer: 0 })).toBe('MEDIA_NOT_FOUND');
    expect(await host.client.fails('pauseProducer', { producerId: 'nope' })).toBe('MEDIA_NOT_FOUND');
    await host.client.ok('pauseProducer', { producerId });
  });

  it('limits: a second transport of a direction, a second microphone, a camera on the wrong source are refused', async () => {
    const { host } = await twoPeople();
    const { transportId, request } = await produceMicrophone(host.client);
    const { client } = host;
    expect(await client.fails('createTransport', { direction: 'send' })).toBe('INGEST_TRANSPORT_LIMIT');
    const again = { ...request, rtpParameters: opusParameters() };
    expect(await client.fails('produce', again)).toBe('INGEST_PRODUCER_LIMIT');
    expect(await client.fails('produce', { ...again, source: 'camera' })).toBe('SIGNALING_PAYLOAD_INVALID');
    const vp9 = {
      ...vp8SimulcastParameters(),
      codecs: [{ mimeType: 'video/VP9', payloadType: 98, clockRate: 90_000 }],
    };
    expect(await client.fails('produce', { ...request, kind: 'video', source: 'camera', rtpParameters: vp9 })).toBe(
      'INGEST_CODEC_UNSUPPORTED',
    );
    const { transportId: recvId } = await client.ok('createTransport', { direction: 'recv' });
    expect(await client.fails('produce', { ...request, transportId: recvId })).toBe('INGEST_KIND_MISMATCH');
    await client.ok('connectTransport', { transportId, dtlsParameters });
    expect(await client.fails('connectTransport', { transportId, dtlsParameters })).toBe('INGEST_PARAMETERS_REJECTED');
  });

  it('a payload that does not match the schema is refused, names the field, and keeps its value to itself', async () => {
    const { client } = await stage.join({ webinarId: 'schema' });
    const reply = await client.raw('createTransport', { direction: 'sideways-secret' });
    expect(reply).toMatchObject({
      ok: false,
      error: { code: 'SIGNALING_PAYLOAD_INVALID', details: { problems: [{ path: 'direction' }] } },
    });
    expect(JSON.stringify(reply)).not.toContain('sideways-secret');
    for (const payload of [null, 7, 'x', [], { direction: 'send', extra: 1 }, Buffer.from('x')])
      expect(await client.fails('createTransport', payload)).toBe('SIGNALING_PAYLOAD_INVALID');
  });

  it('leave answers, ends the connection, and tells the others; so does a page that is closed', async () => {
    const { host, panelist } = await twoPeople();
    const third = await stage.join({ webinarId, displayName: 'Third' });
    const { producerId } = await produceMicrophone(third.client);
    expect(await panelist.client.ok('leave', {})).toEqual({});
    await panelist.client.gone();
    expect(await host.client.event('peerLeft')).toEqual({ peerId: panelist.joined.peerId });
    third.client.socket.disconnect();
    await waitFor('told', () => host.client.events.filter((event) => event.name === 'peerLeft').length === 2);
    await host.client.ok('createTransport', { direction: 'recv' });
    expect(await host.client.fails('consume', { producerId, rtpCapabilities: browserCapabilities })).toBe(
      'MEDIA_NOT_FOUND',
    );
    expect(stage.sfu.topology(webinarId).workerOf(third.joined.peerId)).toBeUndefined();
  });

  it('broadcastWebinarState and broadcastActiveSpeaker reach everybody of that webinar only, a repetition nobody', async () => {
    const { host, panelist } = await twoPeople();
    const outsider = await stage.join({ webinarId: 'outside' });
    stage.signaling.broadcastWebinarState(webinarId, 'live');
    stage.signaling.broadcastActiveSpeaker(webinarId, host.joined.peerId);
    stage.signaling.broadcastActiveSpeaker(webinarId, host.joined.peerId);
    for (const { client } of [host, panelist]) {
      expect(await client.event('webinarState')).toEqual({ state: 'live' });
      expect(await client.event('activeSpeaker')).toEqual({ peerId: host.joined.peerId });
    }
    for (const { client } of [host, panelist]) {
      // An answer comes behind every event sent before it.
      await client.ok('createTransport', { direction: 'recv' });
      expect(client.events.filter((event) => event.name === 'activeSpeaker')).toHaveLength(1);
    }
    await outsider.client.ok('createTransport', { direction: 'recv' });
    expect(outsider.client.events).toEqual([]);
  });

  it('a worker killed under a producing peer: it hears transportClosed, the others producerClosed, and it can rebuild', async () => {
    const own = await startStageServer();
    const { client, joined } = await own.join({ displayName: 'Ann' });
    const other = await own.join({ displayName: 'Bob' });
    const { transportId, producerId } = await produceMicrophone(client);
    const workerIndex = own.sfu.topology('w').workerOf(joined.peerId)!;
    process.kill(own.sfu.workerPids[workerIndex]!, 'SIGKILL');
    expect(await client.event('transportClosed')).toEqual({ transportId, reason: 'workerDied' });
    expect(await other.client.event('producerClosed')).toEqual({ peerId: joined.peerId, producerId });
    const latecomer = await own.join({ displayName: 'Cem' });
    expect(latecomer.joined.peers[0]?.producers).toEqual([]);
    const rebuilt = await produceMicrophone(client);
    await other.client.ok('createTransport', { direction: 'recv' });
    await other.client.ok('consume', { producerId: rebuilt.producerId, rtpCapabilities: browserCapabilities });
    await own.close();
  });

  it('join beyond maxPeersPerWebinar is refused with SIGNALING_WEBINAR_FULL, also when all come at once', async () => {
    const small = await startStageServer({ config: { maxPeersPerWebinar: 2 } });
    const clients = await Promise.all([1, 2, 3, 4].map(() => small.connect()));
    const replies = await Promise.all(clients.map((client) => client.raw('join', { protocolVersion: 1 })));
    const codes = replies.map((reply) => (reply.ok ? 'ok' : reply.error.code)).sort();
    expect(codes).toEqual(['SIGNALING_WEBINAR_FULL', 'SIGNALING_WEBINAR_FULL', 'ok', 'ok']);
    const inside = clients[replies.findIndex((reply) => reply.ok)]!;
    const outside = clients[replies.findIndex((reply) => !reply.ok)]!;
    await inside.ok('leave', {});
    await inside.gone();
    await waitFor('a place', () => small.heard.includes('peerLeft'));
    await outside.ok('join', { protocolVersion: 1 });
    await small.close();
  });
});

function oneLayer(mid = '1'): WireRtpParameters {
  const { encodings: _, ...parameters } = vp8SimulcastParameters();
  return { ...parameters, mid, encodings: [{ ssrc: randomInt(1, 0x7fff_ffff) }] };
}

function sourcesTold(events: readonly { name: string; payload: unknown }[]): string[] {
  return events
    .filter(({ name }) => name === 'producerAdded')
    .map(({ payload }) => (payload as { producer: { source: string } }).producer.source);
}
