/** Sends a flashing and beeping panelist by RTP with Sender Reports, over paths of chosen delay and with a clock of chosen speed. */
import { type Socket } from 'node:dgram';
import { systemClock } from '../../../src/core/clock.ts';
import { type RtpUnit, writeRtpHeader } from '../../../bench/lib/rtp-packets.ts';
import { type FlashBeepMedia, flashFrameRate, opusLookAheadMs, opusPacketMs } from './flash-beep.ts';

export interface SentStream {
  readonly ssrc: number;
  readonly payloadType: number;
  /** From when it exists to when it is sent, at this capture time: encoder, pacer, path. 0 by default. */
  readonly delayMs?: (captureMs: number) => number;
  /** Of the first packet. 0 by default. */
  readonly startMs?: number;
}

export interface FlashBeepSenderOptions {
  readonly media: FlashBeepMedia;
  /** Everything goes out here. */
  readonly send: (packet: Buffer) => void;
  readonly video: SentStream;
  readonly audio: SentStream;
  /** How much too fast the panelist's clock is, parts per million. 0 by default. */
  readonly ppm?: number;
  /** 1000 by default; Infinity sends none. */
  readonly reportPeriodMs?: number;
  /** Reports of both streams travel alike, and no encoder or pacer holds them. 0 by default. */
  readonly reportDelayMs?: number;
}

const turnMs = 4;
const ntpSecondsOf1970 = 2_208_988_800;

/** What one stream is made of, on the sender's media time. */
interface Stream {
  readonly options: SentStream;
  readonly units: readonly RtpUnit[];
  readonly unitMs: number;
  readonly ticksPerMs: number;
  /** A unit exists this long after its nominal time. */
  readonly readyAfterMs: number;
  /** What its samples are late against their timestamps. */
  readonly encoderDelayMs: number;
  readonly firstTimestamp: number;
  unitCount: number;
  packetCount: number;
  octetCount: number;
  reportCount: number;
}

export interface FlashBeepSender {
  /** Monotonic ms of the first flash and beep. */
  readonly startedMs: number;
  stop(): void;
}

/** Sends from memory until stopped; a unit that is due is sent however late the timer is. */
export function startFlashBeep(options: FlashBeepSenderOptions): FlashBeepSender {
  const { send, media, ppm = 0 } = options;
  const startedMs = systemClock.nowMs();
  const wallZeroSec = systemClock.wallMs() / 1000;
  const counters = () => ({ unitCount: 0, packetCount: 0, octetCount: 0, reportCount: 0 });
  const streams: Stream[] = [
    {
      ...{ options: options.video, units: media.videoUnits, unitMs: 1000 / flashFrameRate, ticksPerMs: 90 },
      ...{ readyAfterMs: 0, encoderDelayMs: 0, firstTimestamp: 4_000_000_000, ...counters() },
    },
    {
      ...{ options: options.audio, units: media.audioUnits, unitMs: opusPacketMs, ticksPerMs: 48 },
      ...{ readyAfterMs: opusPacketMs, encoderDelayMs: opusLookAheadMs, firstTimestamp: 12_345, ...counters() },
    },
  ];
  const turn = (): void => {
    const captureMs = (systemClock.nowMs() - startedMs) * (1 + ppm / 1e6);
    for (const stream of streams) {
      sendUnits(stream, captureMs, send);
      sendReports(stream, captureMs, wallZeroSec, options);
    }
  };
  const timer = systemClock.repeat(turnMs, turn);
  return { startedMs, stop: () => timer.cancel() };
}

function sendUnits(stream: Stream, nowMs: number, send: (packet: Buffer) => void): void {
  const { units, unitMs, readyAfterMs, options } = stream;
  for (;;) {
    const captureMs = stream.unitCount * unitMs;
    if (captureMs + readyAfterMs + delayOf(options, captureMs) > nowMs) return;
    const unit = units[stream.unitCount++ % units.length]!;
    if (captureMs < (options.startMs ?? 0)) continue;
    const timestamp = stream.firstTimestamp + Math.round(captureMs * stream.ticksPerMs);
    unit.forEach((payload, index) => {
      const isMarked = unitMs !== opusPacketMs && index === unit.length - 1;
      const { ssrc, payloadType } = options;
      const sequenceNumber = stream.packetCount++;
      stream.octetCount += payload.length;
      send(Buffer.concat([writeRtpHeader({ payloadType, sequenceNumber, timestamp, ssrc, isMarked }), payload]));
    });
  }
}

function sendReports(
  stream: Stream,
  nowMs: number,
  wallZeroSec: number,
  { send, reportPeriodMs = 1000, reportDelayMs = 0 }: FlashBeepSenderOptions,
): void {
  for (;;) {
    const atMs = (stream.reportCount + 1) * reportPeriodMs;
    if (atMs + reportDelayMs > nowMs) return;
    stream.reportCount++;
    if (stream.packetCount > 0) send(senderReport(stream, atMs, wallZeroSec + atMs / 1000));
  }
}

function delayOf(options: SentStream, captureMs: number): number {
  return options.delayMs?.(captureMs) ?? 0;
}

/** RFC 3550 section 6.4.1, without report blocks. */
function senderReport(stream: Stream, atMs: number, wallSec: number): Buffer {
  const report = Buffer.alloc(28);
  const ticks = stream.firstTimestamp + Math.round((atMs + stream.encoderDelayMs) * stream.ticksPerMs);
  const ntpSec = wallSec + ntpSecondsOf1970;
  report.writeUInt8(0x80, 0);
  report.writeUInt8(200, 1);
  report.writeUInt16BE(6, 2);
  report.writeUInt32BE(stream.options.ssrc, 4);
  report.writeUInt32BE(Math.floor(ntpSec) % 2 ** 32, 8);
  report.writeUInt32BE(Math.floor((ntpSec % 1) * 2 ** 32), 12);
  report.writeUInt32BE(ticks % 2 ** 32, 16);
  report.writeUInt32BE(stream.packetCount, 20);
  report.writeUInt32BE(stream.octetCount % 2 ** 32, 24);
  return report;
}

/** Sends to one port from one socket, as a transport of the SFU does. */
export function sendTo(socket: Socket, port: number): (packet: Buffer) => void {
  return (packet) => socket.send(packet, port, '127.0.0.1');
}
