/** A camera of exactly 500 kbit/s: one VP8 packet every 20 ms, each a keyframe of its own, so that none waits for another. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type types } from 'mediasoup';
import { type CascadeProducer } from '../../src/sfu-cascade/index.ts';
import { rtpHeaderBytes, writeRtpHeader } from './rtp-packets.ts';

export const packetsPerSec = 50;
/** With its RTP header. */
export const packetBytes = 1250;

const payloadType = 96;
const clockRateHz = 90_000;
/** Start of a partition (RFC 7741 section 4.2), then a frame tag whose lowest bit says keyframe (RFC 6386 section 9.1). */
const keyframeStart = [0x10, 0x00];

export class SteadyCamera {
  readonly source: CascadeProducer;
  readonly #transport: types.PlainTransport;
  readonly #socket: Socket;
  readonly #ssrc: number;
  readonly #timer: NodeJS.Timeout;
  #sentPacketCount = 0;

  static async start(
    router: types.Router,
    { webinarId, index }: { readonly webinarId: string; readonly index: number },
  ): Promise<SteadyCamera> {
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1', portRange: { min: 20_000, max: 27_999 } },
      comedia: true,
    });
    const ssrc = 1_000_000 + index;
    const producer = await transport.produce({
      kind: 'video',
      rtpParameters: {
        codecs: [{ mimeType: 'video/VP8', payloadType, clockRate: clockRateHz }],
        encodings: [{ ssrc }],
      },
    });
    const socket = createSocket('udp4');
    socket.connect(transport.tuple.localPort, transport.tuple.localAddress);
    await once(socket, 'connect');
    const shared = { webinarId, peerId: `camera-${index}`, routerId: router.id };
    const source = { ...shared, producerId: producer.id, kind: 'video', source: 'camera', producer } as const;
    return new SteadyCamera(source, transport, socket, ssrc);
  }

  /** Which packet of a camera this is, as a consumer sends it on. */
  static numberOf(packet: Buffer): number {
    const hasExtension = (packet[0]! & 0x10) !== 0;
    const extensionBytes = hasExtension ? 4 + 4 * packet.readUInt16BE(rtpHeaderBytes + 2) : 0;
    return packet.readUInt32BE(rtpHeaderBytes + extensionBytes + keyframeStart.length);
  }

  private constructor(source: CascadeProducer, transport: types.PlainTransport, socket: Socket, ssrc: number) {
    this.source = source;
    this.#transport = transport;
    this.#socket = socket;
    this.#ssrc = ssrc;
    const startedAtMs = performance.now();
    // By the time that has gone, not by the count of the timer, which is late.
    this.#timer = setInterval(() => {
      const dueCount = Math.floor(((performance.now() - startedAtMs) / 1000) * packetsPerSec);
      while (this.#sentPacketCount < dueCount) this.#send();
    }, 1000 / packetsPerSec);
  }

  get sentPacketCount(): number {
    return this.#sentPacketCount;
  }

  /** Idempotent. */
  close(): void {
    if (this.#transport.closed) return;
    clearInterval(this.#timer);
    this.#transport.close();
    this.#socket.close();
  }

  #send(): void {
    const number = this.#sentPacketCount++;
    const header = writeRtpHeader({
      payloadType,
      sequenceNumber: number,
      timestamp: number * (clockRateHz / packetsPerSec),
      ssrc: this.#ssrc,
      isMarked: true,
    });
    const payload = Buffer.alloc(packetBytes - rtpHeaderBytes);
    payload.set(keyframeStart);
    payload.writeUInt32BE(number, keyframeStart.length);
    this.#socket.send(Buffer.concat([header, payload]));
  }
}
