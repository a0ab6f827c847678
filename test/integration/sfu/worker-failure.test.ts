import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { IngestService } from '../../../src/ingest/index.ts';
import { SfuCascade, type ProgramFeed } from '../../../src/sfu-cascade/index.ts';
import { startTestSfu, testSfuConfig } from '../../support/mediasoup-worker.ts';
import { openRtpSink } from '../../support/rtp-sink.ts';
import { produceRealMedia } from '../../support/rtp-source.ts';
import { waitFor } from '../../support/wait-for.ts';

async function startSfu(metrics = new Metrics()) {
  const sfu = await startTestSfu({ metrics });
  onTestFinished(() => sfu.close('test over'));
  return sfu;
}

async function produceAudio(sfu: SfuCascade, webinarId: string, peerId: string) {
  const { router } = await sfu.routerFor(webinarId, peerId);
  const media = await produceRealMedia({ router, webinarId, peerId, kind: 'audio' });
  onTestFinished(media.close);
  media.streams[0]!.audioLevelDb = -30;
  sfu.addProducer(media.source);
  return media;
}

describe('a worker killed with SIGKILL', () => {
  it('is reported at once, its transports are lost, the other worker keeps its own, a replacement comes', async () => {
    const metrics = new Metrics();
    const sfu = await startSfu(metrics);
    const ingest = new IngestService({ routers: sfu, clock: systemClock, logger: silentLogger, metrics });
    onTestFinished(() => ingest.close('test over'));
    const [ann, bob] = [
      { webinarId: 'w', peerId: 'ann' },
      { webinarId: 'w', peerId: 'bob' },
    ];
    const { transportId } = await ingest.createTransport(ann, 'send');
    await ingest.createTransport(bob, 'send');
    const { workerIndex } = await sfu.routerFor('w', 'ann');
    const survivor = await sfu.routerFor('w', 'bob');
    const lost: unknown[] = [];
    ingest.events.on('transportClosed', (peer, id, reason) => lost.push([peer.peerId, id, reason]));
    const died = Promise.withResolvers<number>();
    const up = Promise.withResolvers<number>();
    sfu.events.on('workerDied', died.resolve);
    sfu.events.on('workerUp', up.resolve);

    const pid = sfu.workerPids[workerIndex]!;
    process.kill(pid, 'SIGKILL');
    expect(await died.promise).toBe(workerIndex);
    expect(lost).toEqual([['ann', transportId, 'workerDied']]);
    expect(survivor.router.closed).toBe(false);

    const moved = await sfu.routerFor('w', 'ann');
    expect(moved.workerIndex).toBe(survivor.workerIndex);
    await ingest.createTransport(ann, 'send');

    expect(await up.promise).toBe(workerIndex);
    expect(sfu.workerPids[workerIndex]).not.toBe(pid);
    expect((await sfu.routerFor('w', 'cat')).workerIndex).toBe(workerIndex);
    expect((await metrics.render()).body).toMatch(/rostrum_sfu_worker_deaths_total 1/);
  });

  it('leaves the program whole: the home router moves, feeds are removed and added anew, packets flow', async () => {
    const sfu = await startSfu();
    const sink = await openRtpSink();
    onTestFinished(() => void sink.close());
    const media = [await produceAudio(sfu, 'w', 'ann'), await produceAudio(sfu, 'w', 'bob')];
    const feeds: ProgramFeed[] = [];
    const removed: string[] = [];
    const program = await sfu.attachProgram({
      webinarId: 'w',
      receiver: { ip: '127.0.0.1', port: sink.port },
      listener: {
        feedAdded: (feed) => void feeds.push(feed),
        feedRemoved: (consumerId) => void removed.push(consumerId),
      },
    });
    expect(feeds.map((feed) => feed.peerId).sort()).toEqual(['ann', 'bob']);
    const home = sfu.topology('w').homeWorkerIndex!;
    const survivor = media.find((one) => sfu.topology('w').workerOf(one.source.peerId) !== home)!;
    process.kill(sfu.workerPids[home]!, 'SIGKILL');
    await waitFor('old feeds removed', () => removed.length === 2);
    const fresh = await waitFor('new feed', () => feeds[2]);
    expect(fresh.peerId).toBe(survivor.source.peerId);
    expect(sfu.topology('w').homeWorkerIndex).not.toBe(home);
    await program.resumeFeed(fresh.consumerId);
    await waitFor('packets', () => (sink.streams.get(fresh.ssrc)?.packetCount ?? 0) > 10);
  });
});

describe('a worker stopped with SIGSTOP', () => {
  it('is taken for dead after its unanswered probes, killed and replaced', async () => {
    const sfu = await startSfu();
    const pid = sfu.workerPids[0]!;
    const died = Promise.withResolvers<number>();
    sfu.events.on('workerDied', died.resolve);
    process.kill(pid, 'SIGSTOP');
    expect(await died.promise).toBe(0);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    await waitFor('replacement', () => sfu.workerPids[0] !== undefined);
  });
});

describe('start', () => {
  it('on a port in use fails with SFU_PORT_TAKEN naming port and key, and leaves no worker behind', async () => {
    const config = await testSfuConfig();
    const blocker = createSocket('udp4');
    blocker.bind(config.basePort + 1, '127.0.0.1');
    await once(blocker, 'listening');
    onTestFinished(() => void blocker.close());
    const sfu = new SfuCascade({ config, clock: systemClock, logger: silentLogger, metrics: new Metrics() });
    await expect(sfu.start()).rejects.toMatchObject({
      code: 'SFU_PORT_TAKEN',
      details: { key: 'sfu.basePort', port: config.basePort + 1, ip: '127.0.0.1', protocol: 'udp' },
    });
    expect(sfu.workerPids).toEqual([undefined, undefined]);
    await sfu.close('test over');
  });

  it('on an address the machine does not have fails with SFU_LISTEN_IP_UNUSABLE', async () => {
    const config = await testSfuConfig({ listenIps: ['203.0.113.77'] });
    const sfu = new SfuCascade({ config, clock: systemClock, logger: silentLogger, metrics: new Metrics() });
    await expect(sfu.start()).rejects.toMatchObject({ code: 'SFU_LISTEN_IP_UNUSABLE' });
    await sfu.close('test over');
  });

  it('with a worker binary that does not exist fails with SFU_WORKER_START_FAILED', async () => {
    const config = await testSfuConfig({ workerBin: '/nonexistent/mediasoup-worker' });
    const sfu = new SfuCascade({ config, clock: systemClock, logger: silentLogger, metrics: new Metrics() });
    await expect(sfu.start()).rejects.toMatchObject({ code: 'SFU_WORKER_START_FAILED' });
    await sfu.close('test over');
  });

  it('leaves no SIGTERM handler of mediasoup behind, and close ends every worker process', async () => {
    const before = process.listenerCount('SIGTERM');
    const sfu = await startTestSfu();
    expect(process.listenerCount('SIGTERM')).toBe(before);
    const pids = sfu.workerPids.map((pid) => pid!);
    await sfu.close('test over');
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
