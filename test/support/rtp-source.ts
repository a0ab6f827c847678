/** Real media as RTP: FFmpeg encodes test sound or a test picture, a relay stamps it and sends it to a producer. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type types } from 'mediasoup';
import { type CascadeProducer } from '../../src/sfu-cascade/index.ts';

const audioLevelExtensionId = 1;
const audioLevelUri = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

export interface RtpSource {
  readonly sentPacketCount: number;
  /** Picture loss indications (RFC 4585 section 6.3.1) the SFU sent back. */
  readonly pliCount: number;
  /** Loudness stamped on audio, dBov (0 is loudest, -127 silence); undefined sends nothing. */
  audioLevelDb: number | undefined;
  close(): Promise<void>;
}

/** Encodes until closed. Video has a keyframe every `gopFrameCount` frames. */
export async function startRtpSource(options: {
  kind: 'audio' | 'video';
  ssrc: number;
  payloadType: number;
  /** Connected to the producer's transport; the SFU answers there. */
  outbound: Socket;
  size?: string;
  gopFrameCount?: number;
}): Promise<RtpSource> {
  const { outbound } = options;
  const inbound = await boundPair();
  const source = { sentPacketCount: 0, pliCount: 0, audioLevelDb: undefined as number | undefined };
  const send = (packet: Buffer): void => outbound.send(packet);
  outbound.on('message', (packet) => {
    const isPli = packet[1] === 206 && (packet[0]! & 0x1f) === 1;
    if (isPli && packet.readUInt32BE(8) === options.ssrc) source.pliCount++;
  });
  inbound.rtp.on('message', (packet) => {
    if (options.kind === 'audio' && source.audioLevelDb === undefined) return;
    send(
      options.kind === 'audio'
        ? withAudioLevel(packet, syllables(source.audioLevelDb!, source.sentPacketCount))
        : packet,
    );
    source.sentPacketCount++;
  });
  inbound.rtcp.on('message', send);
  const ffmpeg = startFfmpeg(options, inbound.rtp.address().port);
  return Object.assign(source, {
    close: async () => {
      await end(ffmpeg);
      for (const socket of [inbound.rtp, inbound.rtcp]) socket.close();
    },
  });
}

/** A producer on `router` fed by real RTP; `layers` above 1 makes a simulcast camera. */
export async function produceRealMedia(options: {
  router: types.Router;
  webinarId: string;
  peerId: string;
  kind: 'audio' | 'video';
  layers?: readonly string[];
  /** Camera or microphone by default. */
  content?: CascadeProducer['source'];
}): Promise<{ source: CascadeProducer; streams: readonly RtpSource[]; close: () => Promise<void> }> {
  const { router, kind } = options;
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1', portRange: { min: 20_000, max: 27_999 } },
    rtcpMux: true,
    comedia: true,
  });
  const sizes = kind === 'audio' ? [''] : (options.layers ?? ['160x120']);
  const ssrcs = sizes.map((_, index) => 100_000 + Math.floor(Math.random() * 1e8) + index);
  const codec: types.RtpCodecParameters =
    kind === 'audio'
      ? { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1 } }
      : {
          mimeType: 'video/VP8',
          payloadType: 96,
          clockRate: 90_000,
          rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
        };
  const producer = await transport.produce({
    kind,
    rtpParameters: {
      codecs: [codec],
      encodings: ssrcs.map((ssrc) => ({ ssrc })),
      headerExtensions: kind === 'audio' ? [{ uri: audioLevelUri, id: audioLevelExtensionId }] : [],
      rtcp: { cname: options.peerId.slice(0, 16) },
    },
    keyFrameRequestDelay: 1000,
  });
  // One socket for all layers: the transport takes packets from the first sender only.
  const outbound = createSocket('udp4');
  outbound.connect(transport.tuple.localPort, transport.tuple.localAddress);
  await once(outbound, 'connect');
  // A worker that was killed refuses; what that means is for the test to say.
  outbound.on('error', () => undefined);
  const streams = await Promise.all(
    ssrcs.map((ssrc, index) =>
      startRtpSource({ kind, ssrc, payloadType: codec.payloadType, outbound, size: sizes[index]!, gopFrameCount: 5 }),
    ),
  );
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all(streams.map((stream) => stream.close()));
    transport.close();
    outbound.close();
  };
  return {
    source: {
      producerId: producer.id,
      webinarId: options.webinarId,
      peerId: options.peerId,
      kind,
      source: options.content ?? (kind === 'video' ? 'camera' : 'microphone'),
      routerId: router.id,
      producer,
    },
    streams,
    /** Idempotent. */
    close: () => (closing ??= close()),
  };
}

/** Speech rises and falls; mediasoup takes a constant loudness for noise. */
function syllables(levelDb: number, packetIndex: number): number {
  if (levelDb < -100) return levelDb;
  return packetIndex % 20 < 14 ? levelDb - ((packetIndex * 7) % 12) : Math.max(-120, levelDb - 45);
}

/** RFC 6464 level in a one-byte header extension (RFC 8285), in front of the payload of a bare RTP packet. */
function withAudioLevel(packet: Buffer, levelDb: number): Buffer {
  const header = Buffer.from(packet.subarray(0, 12));
  header[0]! |= 0x10;
  const voice = levelDb > -100 ? 0x80 : 0;
  const extension = Buffer.from([0xbe, 0xde, 0, 1, audioLevelExtensionId << 4, voice | -levelDb, 0, 0]);
  return Buffer.concat([header, extension, packet.subarray(12)]);
}

function startFfmpeg(
  options: { kind: 'audio' | 'video'; ssrc: number; payloadType: number; size?: string; gopFrameCount?: number },
  port: number,
): ChildProcess {
  const media =
    options.kind === 'audio'
      ? ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-ac', '2', '-c:a', 'libopus', '-b:a', '32k']
      : [
          ...['-f', 'lavfi', '-i', `testsrc=size=${options.size ?? '160x120'}:rate=10`],
          ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-threads', '1', '-b:v', '100k'],
          ...['-g', String(options.gopFrameCount ?? 5)],
        ];
  const output = ['-ssrc', String(options.ssrc), '-payload_type', String(options.payloadType), '-f', 'rtp'];
  return spawn(
    'ffmpeg',
    ['-hide_banner', '-loglevel', 'error', '-re', ...media, ...output, `rtp://127.0.0.1:${port}?pkt_size=1200`],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** FFmpeg sends RTCP to the port after RTP's. */
async function boundPair(): Promise<{ rtp: Socket; rtcp: Socket }> {
  for (;;) {
    const rtp = createSocket('udp4');
    rtp.bind(0, '127.0.0.1');
    await once(rtp, 'listening');
    const rtcp = createSocket('udp4');
    const isBound = await new Promise<boolean>((resolve) => {
      rtcp.once('error', () => resolve(false));
      rtcp.bind(rtp.address().port + 1, '127.0.0.1', () => resolve(true));
    });
    if (isBound) return { rtp, rtcp };
    rtp.close();
    rtcp.close();
  }
}
