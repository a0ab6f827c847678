/** A flashing and beeping panelist on a real SFU: producers on the worker that the SFU chose, fed by RTP over one path. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type types } from 'mediasoup';
import { type CascadeProducer, type SfuCascade } from '../../../src/sfu-cascade/index.ts';
import { type FlashBeepMedia } from './flash-beep.ts';
import {
  type FlashBeepSender,
  type FlashBeepSenderOptions,
  type SentStream,
  startFlashBeep,
} from './flash-beep-sender.ts';

export interface SfuPanelistOptions extends Pick<FlashBeepSenderOptions, 'ppm' | 'reportPeriodMs' | 'reportDelayMs'> {
  readonly sfu: SfuCascade;
  readonly webinarId: string;
  readonly peerId: string;
  readonly media: FlashBeepMedia;
  readonly video?: Pick<SentStream, 'delayMs' | 'startMs'>;
  readonly audio?: Pick<SentStream, 'delayMs' | 'startMs'>;
}

export interface SfuPanelist extends FlashBeepSender {
  close(): void;
}

const streams = { video: { ssrc: 11_001, payloadType: 96 }, audio: { ssrc: 12_001, payloadType: 111 } };

export async function joinSfu(options: SfuPanelistOptions): Promise<SfuPanelist> {
  const { sfu, webinarId, peerId, media } = options;
  const { router } = await sfu.routerFor(webinarId, peerId);
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1', portRange: { min: 20_000, max: 27_999 } },
    rtcpMux: true,
    comedia: true,
  });
  for (const kind of ['video', 'audio'] as const) sfu.addProducer(await produce(transport, kind, options, router.id));
  const socket = createSocket('udp4');
  // Whoever ends the worker says what that means.
  socket.on('error', () => undefined);
  socket.connect(transport.tuple.localPort, transport.tuple.localAddress);
  await once(socket, 'connect');
  const sender = startFlashBeep({
    ...options,
    media,
    send: (packet) => socket.send(packet),
    video: { ...streams.video, ...options.video },
    audio: { ...streams.audio, ...options.audio },
  });
  return {
    startedMs: sender.startedMs,
    stop: () => sender.stop(),
    close: () => {
      sender.stop();
      transport.close();
      socket.close();
    },
  };
}

async function produce(
  transport: types.PlainTransport,
  kind: 'audio' | 'video',
  { webinarId, peerId }: SfuPanelistOptions,
  routerId: string,
): Promise<CascadeProducer> {
  const { ssrc, payloadType } = streams[kind];
  const codec: types.RtpCodecParameters =
    kind === 'audio'
      ? { mimeType: 'audio/opus', payloadType, clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1 } }
      : { mimeType: 'video/VP8', payloadType, clockRate: 90_000, rtcpFeedback: [{ type: 'nack', parameter: 'pli' }] };
  const producer = await transport.produce({
    kind,
    // The common name is what tells mediasoup that both have one clock.
    rtpParameters: { codecs: [codec], encodings: [{ ssrc }], rtcp: { cname: peerId } },
  });
  const source = kind === 'audio' ? 'microphone' : 'camera';
  return { producerId: producer.id, webinarId, peerId, kind, source, routerId, producer };
}
