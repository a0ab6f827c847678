/** Sends prepared RTP in real time from memory, over and over, as many cameras and microphones as are wanted. */
import { createSocket } from 'node:dgram';
import { systemClock } from '../../src/core/clock.ts';
import { type RtpUnit, writeRtpHeader } from './rtp-packets.ts';

export interface ReplayStream {
  readonly ssrc: number;
  readonly payloadType: number;
  /** Played in a round; a video begins with its only keyframe. */
  readonly units: readonly RtpUnit[];
  readonly unitMs: number;
  readonly unitTicks: number;
  /** Cameras do not all expose at the same moment. */
  readonly startMs: number;
}

export interface RtpReplay {
  readonly sentPacketCount: number;
  close(): void;
}

/** Well below a video frame's 33 ms; each turn sends whatever is due. */
const turnMs = 4;

/** A unit that is due is sent however late: nothing is left out, so that whatever is lost was lost behind us. */
export function startRtpReplay(port: number, streams: readonly ReplayStream[]): RtpReplay {
  const socket = createSocket({ type: 'udp4', sendBufferSize: 4 * 1024 * 1024 });
  // A receiver that has gone refuses; what that means shows in what it received.
  socket.on('error', () => undefined);
  const replay = { sentPacketCount: 0 };
  const senders = streams.map((stream) => ({ stream, unitCount: 0, packetCount: 0 }));
  const startedAtMs = systemClock.nowMs();
  const timer = systemClock.repeat(turnMs, () => {
    const elapsedMs = systemClock.nowMs() - startedAtMs;
    for (const sender of senders) {
      const { ssrc, payloadType, units, unitMs, unitTicks, startMs } = sender.stream;
      while (startMs + sender.unitCount * unitMs <= elapsedMs) {
        const payloads = units[sender.unitCount % units.length] ?? [];
        const timestamp = sender.unitCount++ * unitTicks;
        payloads.forEach((payload, index) => {
          const isMarked = index === payloads.length - 1;
          const header = writeRtpHeader({
            payloadType,
            sequenceNumber: sender.packetCount++,
            timestamp,
            ssrc,
            isMarked,
          });
          socket.send([header, payload], port, '127.0.0.1');
          replay.sentPacketCount++;
        });
      }
    }
  });
  let isClosed = false;
  return Object.assign(replay, {
    close: () => {
      if (isClosed) return;
      isClosed = true;
      timer.cancel();
      socket.close();
    },
  });
}
