import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { IngestService } from '../../../src/ingest/index.ts';
import { type SfuCascade } from '../../../src/sfu-cascade/index.ts';
import { startTestSfu } from '../../support/mediasoup-worker.ts';
import { produceRealMedia } from '../../support/rtp-source.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('SfuCascade', () => {
  let sfu: SfuCascade;
  let ingest: IngestService;
  const closedConsumers: string[] = [];
  beforeAll(async () => {
    sfu = await startTestSfu();
    ingest = new IngestService({ routers: sfu, clock: systemClock, logger: silentLogger, metrics: new Metrics() });
    sfu.events.on('consumerClosed', (_peer, consumerId) => closedConsumers.push(consumerId));
  });
  afterAll(async () => {
    await ingest.close('test over');
    await sfu.close('test over');
  });

  async function produce(webinarId: string, peerId: string, kind: 'audio' | 'video') {
    const { router } = await sfu.routerFor(webinarId, peerId);
    const media = await produceRealMedia({ router, webinarId, peerId, kind });
    onTestFinished(media.close);
    if (media.streams[0]) media.streams[0].audioLevelDb = -30;
    sfu.addProducer(media.source);
    return media;
  }

  async function consume(webinarId: string, peerId: string, producerId: string) {
    const peer = { webinarId, peerId };
    await ingest.createTransport(peer, 'recv').catch((error: { code?: string }) => {
      if (error.code !== 'INGEST_TRANSPORT_LIMIT') throw error;
    });
    const { transport, routerId } = ingest.receiveTransport(peer);
    const rtpCapabilities = await sfu.clientRtpCapabilities(peer);
    return sfu.consume(peer, { producerId, transport, routerId, rtpCapabilities });
  }

  it('routerFor puts consecutive peers of a webinar on different workers and keeps each there', async () => {
    const routers = await Promise.all(['p1', 'p2', 'p3', 'p4'].map((peerId) => sfu.routerFor('spread', peerId)));
    const counts = [0, 1].map((index) => routers.filter((placed) => placed.workerIndex === index).length);
    expect(counts).toEqual([2, 2]);
    expect(routers[0]!.workerIndex).not.toBe(routers[1]!.workerIndex);
    expect((await sfu.routerFor('spread', 'p1')).router.id).toBe(routers[0]!.router.id);
    expect(new Set(routers.map((placed) => placed.router.id)).size).toBe(2);
  });

  it('clientRtpCapabilities offers Opus, VP8, H.264 and RTX without abs-capture-time and video-orientation', async () => {
    const { codecs, headerExtensions } = await sfu.clientRtpCapabilities({ webinarId: 'caps', peerId: 'p' });
    const names = codecs!.map((codec) => codec.mimeType);
    expect(names).toEqual(['audio/opus', 'video/VP8', 'video/rtx', 'video/H264', 'video/rtx']);
    const uris = headerExtensions!.map((extension) => extension.uri).join(' ');
    expect(uris).not.toMatch(/abs-capture-time|video-orientation/);
    expect(uris).toMatch(/ssrc-audio-level/);
  });

  it('consume, called at once by everyone, makes one pipe per producer and target router', async () => {
    const media = await produce('pipes', 'ann', 'video');
    await waitFor('nothing piped: ann is at home or one pipe leads there', () => sfu.topology('pipes').pipeCount <= 1);
    const others = ['bob', 'cat', 'dan', 'eve'];
    for (const peerId of others) await sfu.routerFor('pipes', peerId);
    const consumers = await Promise.all(others.map((peerId) => consume('pipes', peerId, media.source.producerId)));
    expect(new Set(consumers.map((consumer) => consumer.consumerId)).size).toBe(4);
    expect(sfu.topology('pipes').pipeCount).toBe(1);

    await media.close();
    await waitFor('consumers closed', () => consumers.every(({ consumerId }) => closedConsumers.includes(consumerId)));
    await waitFor('pipe gone', () => sfu.topology('pipes').pipeCount === 0);
    await expect(consume('pipes', 'bob', media.source.producerId)).rejects.toMatchObject({ code: 'SFU_NOT_FOUND' });
  });

  it('consume through a pipe delivers packets after resumeConsumer and mirrors pause', async () => {
    const media = await produce('flow', 'ann', 'audio');
    const { router } = await sfu.routerFor('flow', 'bob');
    const sink = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' } });
    await sink.connect({ ip: '127.0.0.1', port: 9 });
    const peer = { webinarId: 'flow', peerId: 'bob' };
    const { consumerId, producerPaused } = await sfu.consume(peer, {
      producerId: media.source.producerId,
      transport: sink,
      routerId: router.id,
      rtpCapabilities: await sfu.clientRtpCapabilities(peer),
    });
    expect(producerPaused).toBe(false);
    await waitFor('packets sent', () => media.streams[0]!.sentPacketCount > 10);
    expect((await sink.getStats())[0]!.rtpBytesSent).toBe(0);
    await sfu.resumeConsumer(peer, consumerId);
    await waitFor('bytes through the pipe', async () => (await sink.getStats())[0]!.rtpBytesSent > 1000);
    await media.source.producer.pause();
    await waitFor('paused', () => sfu.topology('flow').isPipePaused(media.source.producerId));
    await media.source.producer.resume();
    await waitFor('resumed', () => !sfu.topology('flow').isPipePaused(media.source.producerId));
  });

  it('consume of a foreign webinar, of garbage, and without a common codec is refused with codes', async () => {
    const media = await produce('mine', 'ann', 'video');
    await expect(consume('yours', 'bob', media.source.producerId)).rejects.toMatchObject({ code: 'SFU_NOT_FOUND' });
    await sfu.routerFor('mine', 'bob');
    await expect(consume('mine', 'bob', 'no-such-producer')).rejects.toMatchObject({ code: 'SFU_NOT_FOUND' });
    const peer = { webinarId: 'mine', peerId: 'bob' };
    const { transport, routerId } = ingest.receiveTransport(peer);
    const request = { producerId: media.source.producerId, transport, routerId };
    await expect(
      sfu.consume(peer, { ...request, rtpCapabilities: { codecs: [], headerExtensions: [] } }),
    ).rejects.toMatchObject({ code: 'SFU_CANNOT_CONSUME' });
    await expect(
      sfu.consume(peer, { ...request, rtpCapabilities: { codecs: [{ kind: 'video', mimeType: 'x' }] } as never }),
    ).rejects.toMatchObject({ code: 'SFU_CANNOT_CONSUME' });
    const stranger = { webinarId: 'mine', peerId: 'cat' };
    const { consumerId } = await consume('mine', 'bob', media.source.producerId);
    await expect(sfu.resumeConsumer(stranger, consumerId)).rejects.toMatchObject({ code: 'SFU_NOT_FOUND' });
  });

  it('consume more often than the limit is refused with SFU_CONSUMER_LIMIT, also when asked at once', async () => {
    const media = await produce('limit', 'ann', 'audio');
    await sfu.routerFor('limit', 'bob');
    await consume('limit', 'bob', media.source.producerId);
    const asked = await Promise.allSettled(
      Array.from({ length: 70 }, () => consume('limit', 'bob', media.source.producerId)),
    );
    expect(asked.filter((result) => result.status === 'fulfilled')).toHaveLength(63);
    const refused = asked.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    for (const reason of refused) expect(reason).toMatchObject({ code: 'SFU_CONSUMER_LIMIT' });
  });

  it('releasePeer of the last peer ends the routers of the webinar', async () => {
    const { router } = await sfu.routerFor('short', 'ann');
    sfu.releasePeer({ webinarId: 'short', peerId: 'ann' });
    expect(router.closed).toBe(true);
    sfu.releasePeer({ webinarId: 'short', peerId: 'ann' });
  });
});
