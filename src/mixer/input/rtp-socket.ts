/** The one UDP socket of a mixer: checks what comes in before anyone else sees it. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import {
  isRtcp,
  parseRtpPacket,
  parseSenderReports,
  type RtpPacket,
  type SenderReport,
} from '../../media/rtp/index.ts';
import { mixerInputError } from './errors.ts';

export interface RtpSocketOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listenIp: string;
  readonly onPacket: (packet: RtpPacket, arrivalMs: number) => void;
  /** @param origin address and port they came from. */
  readonly onSenderReport: (report: SenderReport, arrivalMs: number, origin: string) => void;
}

export interface RtpSocketCounts {
  readonly packetCount: number;
  readonly rtcpPacketCount: number;
  /** Too long, of the other address family, or not RTP. */
  readonly malformedPacketCount: number;
}

/** A keyframe is a hundred packets at once; the kernel may grant less. */
const receiveBufferBytes = 4 * 1024 * 1024;
/** Nothing the SFU forwards is longer than an Ethernet frame. */
const maxPacketBytes = 1600;

export class RtpSocket {
  readonly #options: RtpSocketOptions;
  readonly #socket: Socket;
  readonly #family: 'IPv4' | 'IPv6';
  #packetCount = 0;
  #rtcpPacketCount = 0;
  #malformedPacketCount = 0;
  #isClosed = false;

  constructor(options: RtpSocketOptions) {
    this.#options = options;
    this.#family = isIPv6(options.listenIp) ? 'IPv6' : 'IPv4';
    const type = this.#family === 'IPv6' ? 'udp6' : 'udp4';
    this.#socket = createSocket({ type, ipv6Only: type === 'udp6', recvBufferSize: receiveBufferBytes });
    this.#socket.on('message', (bytes, from) => this.#receive(bytes, from));
  }

  /** Resolves with the port. MIXER_INPUT_BIND_FAILED. */
  async bind(): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const { listenIp, logger } = this.#options;
    this.#socket.on('error', (cause) => {
      logger.warn({ error: cause }, 'rtp socket error');
      reject(mixerInputError('MIXER_INPUT_BIND_FAILED', { cause, details: { listenIp } }));
    });
    this.#socket.bind({ address: listenIp, port: 0, exclusive: true }, () => {
      logger.info({ receiveBufferBytes: this.#socket.getRecvBufferSize() }, 'rtp socket bound');
      resolve(this.#socket.address().port);
    });
    return promise;
  }

  counts(): RtpSocketCounts {
    return {
      packetCount: this.#packetCount,
      rtcpPacketCount: this.#rtcpPacketCount,
      malformedPacketCount: this.#malformedPacketCount,
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    if (bytes.length > maxPacketBytes || from.family !== this.#family) {
      this.#malformedPacketCount++;
      return;
    }
    if (isRtcp(bytes)) {
      this.#receiveRtcp(bytes, `${from.address}:${from.port}`);
      return;
    }
    const packet = parseRtpPacket(bytes);
    if (packet === undefined) {
      this.#malformedPacketCount++;
      return;
    }
    this.#packetCount++;
    this.#options.onPacket(packet, this.#options.clock.nowMs());
  }

  #receiveRtcp(bytes: Buffer, origin: string): void {
    this.#rtcpPacketCount++;
    const arrivalMs = this.#options.clock.nowMs();
    for (const report of parseSenderReports(bytes)) this.#options.onSenderReport(report, arrivalMs, origin);
  }
}
