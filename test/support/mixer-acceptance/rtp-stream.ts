/** One camera or microphone in real time: which unit is due when, what it is called in RTP, and when it was captured. */
import { type Socket } from 'node:dgram';
import { systemClock } from '../../../src/core/clock.ts';
import { type RtpUnit, writeRtpHeader } from '../../../bench/lib/rtp-packets.ts';
import { type Network } from './network.ts';

export interface RtpStreamOptions {
  readonly socket: Socket;
  readonly port: number;
  readonly network: Network;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly units: readonly RtpUnit[];
  readonly unitMs: number;
  readonly unitTicks: number;
  /** Keyframes stand at its multiples; 1 when every unit stands for itself. */
  readonly gopUnitCount: number;
  /** 1000 by default. */
  readonly firstSequence?: number;
  /** 5000 by default. */
  readonly firstTimestamp?: number;
}

/** Of the clip; more than are judged at a time. */
const rememberedRounds = 4;

export class RtpStream {
  readonly #options: RtpStreamOptions;
  readonly #startMs = systemClock.nowMs();
  /** Wall ms at which each unit of the clip was captured, the last few times. */
  readonly #capturedWallMs = new Map<number, number[]>();
  #units: readonly RtpUnit[];
  #sequence: number;
  /** Time slots gone by; what is sent in a slot is `#content`. */
  #slot = 0;
  #content = 0;
  #isPaused = false;
  #isEnded = false;
  keyframeRequestCount = 0;

  constructor(options: RtpStreamOptions) {
    this.#options = options;
    this.#units = options.units;
    this.#sequence = options.firstSequence ?? 1000;
  }

  get ssrc(): number {
    return this.#options.ssrc;
  }

  /**
   * Wall ms of the capture of that unit that came last before `beforeWallMs`: the clip goes round. Undefined when it was not
   * sent, or too long ago.
   */
  capturedWallMs(unitIndex: number, beforeWallMs = Infinity): number | undefined {
    return this.#capturedWallMs.get(unitIndex)?.findLast((atMs) => atMs < beforeWallMs);
  }

  /** Nothing is sent while time goes on, as when a producer is paused or a microphone sends no packets in silence. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.jumpToKeyframe();
  }

  /** Nothing is sent any more, not even what is under way. */
  end(): void {
    this.#isEnded = true;
  }

  requestKeyframe(): void {
    this.keyframeRequestCount++;
    this.jumpToKeyframe();
  }

  /** The same panelist in another picture size, as after a switch of simulcast layers: from a keyframe on. */
  switchTo(units: readonly RtpUnit[]): void {
    this.#units = units;
    this.jumpToKeyframe();
  }

  jumpToKeyframe(): void {
    const { gopUnitCount } = this.#options;
    this.#content = Math.ceil(this.#content / gopUnitCount) * gopUnitCount;
  }

  /** Sends what is due. */
  turn(nowMs: number): void {
    const { unitMs } = this.#options;
    for (; this.#startMs + this.#slot * unitMs <= nowMs; this.#slot++) {
      if (!this.#isPaused) this.#send(nowMs);
    }
  }

  #send(nowMs: number): void {
    const { payloadType, ssrc, unitMs, unitTicks, firstTimestamp = 5000 } = this.#options;
    const index = this.#content++ % this.#units.length;
    const lateMs = nowMs - (this.#startMs + this.#slot * unitMs);
    const captures = [...(this.#capturedWallMs.get(index) ?? []), systemClock.wallMs() - lateMs];
    this.#capturedWallMs.set(index, captures.slice(-rememberedRounds));
    const payloads = this.#units[index]!;
    payloads.forEach((payload, part) => {
      const header = writeRtpHeader({
        payloadType,
        ssrc,
        sequenceNumber: this.#sequence++,
        timestamp: firstTimestamp + Math.round(this.#slot * unitTicks),
        isMarked: part === payloads.length - 1,
      });
      this.#transmit(Buffer.concat([header, payload]), nowMs);
    });
  }

  #transmit(packet: Buffer, nowMs: number): void {
    const { network, socket, port } = this.#options;
    const delayMs = network.delayOf(nowMs);
    if (delayMs === undefined) return;
    const send = (): void => {
      if (!this.#isEnded) socket.send(packet, port, '127.0.0.1');
    };
    if (delayMs === 0) send();
    else systemClock.schedule(delayMs, send);
  }
}
