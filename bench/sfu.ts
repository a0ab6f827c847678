/** Bench `sfu`: what one media worker carries, with encryption and without, and what a pipe between workers adds. */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type types } from 'mediasoup';
import { type SfuCascade } from '../src/sfu-cascade/index.ts';
import { startTestSfu } from '../test/support/mediasoup-worker.ts';
import { defineBench } from './lib/bench.ts';
import { openDeafSocket } from './lib/deaf-socket.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { percentiles, round } from './lib/percentiles.ts';
import { coresBetween, sampleTree } from './lib/process-cpu.ts';
import { packetBytes, packetsPerSec, SteadyCamera } from './lib/steady-camera.ts';

const cameraCount = 10;
const webinarId = 'bench';
const srtpCryptoSuite = 'AEAD_AES_128_GCM';
/** Key and salt of that suite (RFC 7714 section 12). */
const srtpKeyBytes = 28;

export const sfuBench = defineBench({
  name: 'sfu',
  summary: 'video consumers of 500 kbit/s that one media worker serves, and the delay that a pipe between workers adds',
  peer: 'mediasoup: some 500 consumers per worker of one core (its documentation on scalability), bitrate and encryption not said.',
  options: {
    consumers: { fallback: 500, min: 10, max: 3000, help: 'in all, ten to a receiver' },
    seconds: { fallback: 20, min: 5, max: 600, help: 'measured, each way' },
    settle: { fallback: 5, min: 1, max: 60, help: 'seconds before that' },
  },
  async run({ options, defer, note, signal }) {
    const machine = watchMachine();
    const load = { ...options, defer, note, signal };
    const withSrtp = await measureLoad({ ...load, isEncrypted: true });
    const withoutSrtp = await measureLoad({ ...load, isEncrypted: false });
    const cascadeAddedMs = await measurePipe(load);
    const { busyRatio } = machine();
    const lost = [withSrtp, withoutSrtp].some(({ sentRatio }) => sentRatio < 0.999);
    return {
      fields: { ...withSrtp, withoutSrtp, cascadeAddedMs },
      conditions: {
        packets: `${packetBytes} bytes, ${packetsPerSec} a second per camera: 500 kbit/s`,
        receivers: `${cameraCount} cameras, ${options.consumers / cameraCount} receivers of all of them, each on a transport of its own`,
        encryption: srtpCryptoSuite,
        core: 'user and system time of the one worker process, by /proc',
        busyRatio,
      },
      warnings: [
        ...busyWarnings(busyRatio),
        ...(lost ? ['The worker did not send every packet: it was beyond what it can carry.'] : []),
      ],
    };
  },
});

interface LoadOptions {
  readonly consumers: number;
  readonly seconds: number;
  readonly settle: number;
  readonly defer: (release: () => unknown) => void;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

async function measureLoad(options: LoadOptions & { readonly isEncrypted: boolean }) {
  const { consumers: consumerCount, seconds, settle, defer, note, signal, isEncrypted } = options;
  const sfu = await startTestSfu({ config: { workerCount: 1 } });
  defer(() => sfu.close('bench over'));
  const { router, routerId } = await routerOf(sfu, 'cameras');
  const cameras = await Promise.all(
    Array.from({ length: cameraCount }, (_, index) => SteadyCamera.start(router, { webinarId, index })),
  );
  for (const camera of cameras) {
    defer(() => camera.close());
    sfu.addProducer(camera.source);
  }
  const sink = await openDeafSocket();
  defer(() => sink.close());
  const transports: types.PlainTransport[] = [];
  const consumers: types.Consumer[] = [];
  const receiverCount = Math.ceil(consumerCount / cameraCount);
  for (let receiver = 0; receiver < receiverCount; receiver++) {
    const peer = { webinarId, peerId: `receiver-${receiver}` };
    await sfu.routerFor(webinarId, peer.peerId);
    const transport = await sinkTransport(router, sink.port, isEncrypted);
    transport.observer.on('newconsumer', (consumer) => consumers.push(consumer));
    transports.push(transport);
    await receiveAll(sfu, peer, transport, routerId, cameras);
  }
  const pid = sfu.workerPids[0]!;
  note(`${receiverCount * cameraCount} consumers ${isEncrypted ? 'with' : 'without'} SRTP: measuring for ${seconds} s`);
  await delay(settle * 1000, undefined, { signal });
  const before = {
    times: sampleTree(pid, () => 'worker'),
    sentBytes: await sentByteCount(transports),
    atMs: performance.now(),
  };
  const fedBefore = fedPacketCount(cameras);
  await delay(seconds * 1000, undefined, { signal });
  const fed = fedPacketCount(cameras) - fedBefore;
  const sentBytes = (await sentByteCount(transports)) - before.sentBytes;
  const elapsedSec = (performance.now() - before.atMs) / 1000;
  const { cores } = coresBetween(
    before.times,
    sampleTree(pid, () => 'worker'),
  );
  const sent = sentBytes / (await sentPacketBytes(consumers[0]!));
  for (const camera of cameras) camera.close();
  await sfu.close('measured');
  sink.close();
  return {
    consumers: receiverCount * cameraCount,
    cores,
    consumersPerCore: Math.round((receiverCount * cameraCount) / cores),
    packetsPerSecPerCore: Math.round(sent / elapsedSec / cores),
    megabitsPerSec: round((sentBytes * 8) / elapsedSec / 1e6, 1),
    /** Of the packets that all consumers together should have been sent. */
    sentRatio: round(sent / (fed * receiverCount), 4),
  };
}

/** The same packets by a consumer on the camera's own worker and by one on another: what the second comes later. */
async function measurePipe({ seconds, defer, note, signal }: LoadOptions) {
  const sfu = await startTestSfu({ config: { workerCount: 2 } });
  defer(() => sfu.close('bench over'));
  const near = await routerOf(sfu, 'near');
  const far = await routerOf(sfu, 'far');
  const camera = await SteadyCamera.start(near.router, { webinarId, index: 0 });
  defer(() => camera.close());
  sfu.addProducer(camera.source);
  const arrivals = await Promise.all(
    [near, far].map(async ({ router, routerId }, index) => {
      const socket = await boundSocket();
      defer(() => socket.close());
      const atMsByNumber = new Map<number, number>();
      socket.on('message', (packet) => atMsByNumber.set(SteadyCamera.numberOf(packet), performance.now()));
      const transport = await sinkTransport(router, socket.address().port, false);
      await receiveAll(sfu, { webinarId, peerId: ['near', 'far'][index]! }, transport, routerId, [camera]);
      return atMsByNumber;
    }),
  );
  note(`one pipe: measuring for ${seconds} s`);
  await delay(seconds * 1000, undefined, { signal });
  camera.close();
  await sfu.close('measured');
  const [nearAtMs, farAtMs] = arrivals as [Map<number, number>, Map<number, number>];
  const added = [...farAtMs].flatMap(([number, atMs]) => {
    const earlierMs = nearAtMs.get(number);
    return earlierMs === undefined ? [] : [Math.max(0, atMs - earlierMs)];
  });
  const { p50, p95 } = percentilesFine(added);
  return { p50, p95, packets: added.length };
}

/** A pipe adds less than a millisecond: two digits. */
function percentilesFine(values: readonly number[]): { p50: number; p95: number } {
  const { p50, p95 } = percentiles(values.map((value) => value * 100));
  return { p50: round(p50 / 100, 3), p95: round(p95 / 100, 3) };
}

async function routerOf(sfu: SfuCascade, peerId: string) {
  const { router } = await sfu.routerFor(webinarId, peerId);
  return { router, routerId: router.id };
}

async function sinkTransport(router: types.Router, port: number, isEncrypted: boolean): Promise<types.PlainTransport> {
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1', portRange: { min: 20_000, max: 27_999 } },
    ...(isEncrypted && { enableSrtp: true, srtpCryptoSuite }),
  });
  const srtpParameters = {
    cryptoSuite: srtpCryptoSuite,
    keyBase64: randomBytes(srtpKeyBytes).toString('base64'),
  } as const;
  await transport.connect({ ip: '127.0.0.1', port, ...(isEncrypted && { srtpParameters }) });
  return transport;
}

async function receiveAll(
  sfu: SfuCascade,
  peer: { webinarId: string; peerId: string },
  transport: types.Transport,
  routerId: string,
  cameras: readonly SteadyCamera[],
): Promise<void> {
  const rtpCapabilities = await sfu.clientRtpCapabilities(peer);
  for (const { source } of cameras) {
    const request = { producerId: source.producerId, transport, routerId, rtpCapabilities };
    const { consumerId } = await sfu.consume(peer, request);
    await sfu.resumeConsumer(peer, consumerId);
  }
}

/** By all consumers of some transports: a few requests, where one for each consumer would be a load of its own. */
async function sentByteCount(transports: readonly types.PlainTransport[]): Promise<number> {
  const stats = await Promise.all(transports.map((transport) => transport.getStats()));
  return stats.flat().reduce((sum, { rtpBytesSent }) => sum + rtpBytesSent, 0);
}

/** The worker makes room for header extensions in every packet. */
async function sentPacketBytes(consumer: types.Consumer): Promise<number> {
  const stats = await consumer.getStats();
  const { byteCount, packetCount } = stats.find(({ type }) => type === 'outbound-rtp')!;
  return byteCount / packetCount;
}

function fedPacketCount(cameras: readonly SteadyCamera[]): number {
  return cameras.reduce((sum, camera) => sum + camera.sentPacketCount, 0);
}

async function boundSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
