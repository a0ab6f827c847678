import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { IngestService, type IngestProducer, type RtpParameters } from '../../../src/ingest/index.ts';
import { type SfuCascade } from '../../../src/sfu-cascade/index.ts';
import { startTestSfu } from '../../support/mediasoup-worker.ts';
import { opusParameters, vp8SimulcastParameters } from '../../support/stage-rtp.ts';

describe('IngestService', () => {
  const clock = new FakeClock();
  let sfu: SfuCascade;
  let ingest: IngestService;
  let peerNumber = 0;
  beforeAll(async () => {
    sfu = await startTestSfu();
    ingest = new IngestService({ routers: sfu, clock, logger: silentLogger, metrics: new Metrics() });
  });
  afterAll(async () => {
    await ingest.close('test over');
    await sfu.close('test over');
  });
  const newPeer = () => ({ webinarId: 'w', peerId: `p${peerNumber++}` });
  const microphone = (transportId: string) => ({
    transportId,
    kind: 'audio' as const,
    source: 'microphone' as const,
    rtpParameters: opusParameters() as RtpParameters,
    paused: false,
  });

  it('createTransport gives candidates on the worker port for UDP and TCP, UDP preferred', async () => {
    const { iceCandidates, iceParameters } = await ingest.createTransport(newPeer(), 'send');
    expect(iceParameters.iceLite).toBe(true);
    const udp = iceCandidates.find((candidate) => candidate.protocol === 'udp')!;
    const tcp = iceCandidates.find((candidate) => candidate.protocol === 'tcp')!;
    expect(udp.port).toBe(tcp.port);
    expect(udp.priority).toBeGreaterThan(tcp.priority);
  });

  it('createTransport, called twice at once for one direction, makes one and refuses the other', async () => {
    const peer = newPeer();
    const results = await Promise.allSettled([1, 2].map(() => ingest.createTransport(peer, 'send')));
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
      code: 'INGEST_TRANSPORT_LIMIT',
    });
  });

  it('a transport that is not connected after 10 s is closed, reported once, and can be made again', async () => {
    const peer = newPeer();
    const closed: unknown[] = [];
    const off = ingest.events.on('transportClosed', (who, id, reason) => {
      if (who.peerId === peer.peerId) closed.push([id, reason]);
    });
    const { transportId } = await ingest.createTransport(peer, 'recv');
    clock.advance(9999);
    expect(closed).toEqual([]);
    clock.advance(1);
    expect(closed).toEqual([[transportId, 'unconnected']]);
    await ingest.createTransport(peer, 'recv');
    off();
  });

  it('releasePeer while a transport is being made leaves none, and tells nobody of those it closed', async () => {
    const peer = newPeer();
    let reportCount = 0;
    const off = ingest.events.on('transportClosed', () => reportCount++);
    const { transportId } = await ingest.createTransport(peer, 'recv');
    const pending = ingest.createTransport(peer, 'send');
    ingest.releasePeer(peer);
    await expect(pending).rejects.toMatchObject({ code: 'INGEST_TRANSPORT_LOST' });
    await expect(ingest.restartIce(peer, transportId)).rejects.toMatchObject({ code: 'INGEST_NOT_FOUND' });
    expect(reportCount).toBe(0);
    off();
  });

  it('produce announces the producer with its router, without unknown codec parameters and withheld extensions', async () => {
    const peer = newPeer();
    const announced: IngestProducer[] = [];
    const off = ingest.events.on('producerAdded', (producer) => void announced.push(producer));
    const { transportId } = await ingest.createTransport(peer, 'send');
    const rtpParameters = opusParameters() as RtpParameters;
    rtpParameters.codecs[0]!.parameters = { useinbandfec: 1, 'x-evil': 'a' };
    rtpParameters.headerExtensions!.push({ uri: 'urn:3gpp:video-orientation', id: 9 });
    await ingest.produce(peer, { ...microphone(transportId), rtpParameters });
    const [{ producer, routerId, source }] = announced as [IngestProducer];
    expect(source).toBe('microphone');
    expect(routerId).toBe((await sfu.routerFor('w', peer.peerId)).router.id);
    expect(producer.rtpParameters.codecs[0]!.parameters).toEqual({ useinbandfec: 1 });
    expect(producer.rtpParameters.headerExtensions!.map((extension) => extension.id)).toEqual([4, 1]);
    ingest.closeProducer(peer, producer.id);
    expect(producer.closed).toBe(true);
    await ingest.produce(peer, microphone(transportId));
    off();
  });

  it('produce of a three-layer camera makes a simulcast producer', async () => {
    const peer = newPeer();
    const announced: IngestProducer[] = [];
    const off = ingest.events.on('producerAdded', (producer) => void announced.push(producer));
    const { transportId } = await ingest.createTransport(peer, 'send');
    const rtpParameters = vp8SimulcastParameters() as RtpParameters;
    await ingest.produce(peer, { transportId, kind: 'video', source: 'camera', rtpParameters, paused: true });
    expect(announced[0]?.producer.type).toBe('simulcast');
    expect(announced[0]?.producer.paused).toBe(true);
    off();
  });

  it('produce, called twice at once for one microphone, makes one and refuses the other', async () => {
    const peer = newPeer();
    const { transportId } = await ingest.createTransport(peer, 'send');
    const results = await Promise.allSettled([1, 2].map(() => ingest.produce(peer, microphone(transportId))));
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
      code: 'INGEST_PRODUCER_LIMIT',
    });
  });
});
