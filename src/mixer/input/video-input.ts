/** One camera from packets to pictures: order, frames, gate, decoder. */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type RtpPacket, type SenderReport, Unwrapper } from '../../media/rtp/index.ts';
import { type Sandbox } from '../ffmpeg/sandbox.ts';
import { type MixerSource } from '../ports.ts';
import { type I420Picture, type TileSize, type VideoSource } from '../source-contract.ts';
import { ClockMap } from './clock-map.ts';
import { type AssembledFrame, FrameAssembler } from './frame-assembler.ts';
import { H264FrameParser } from './h264-frame-parser.ts';
import { JitterBuffer } from './jitter-buffer.ts';
import { KeyframeGate } from './keyframe-gate.ts';
import { KeyframeRequester } from './keyframe-requester.ts';
import { ResizableDecoder, type ResizableDecoderOptions } from './resizable-decoder.ts';
import { type ParticipantTiming } from './participant-timing.ts';
import { type RtpInput, type SourceStats } from './rtp-input.ts';
import { type SenderClock } from './sender-clock.ts';
import { type FrameParser } from './video-frame.ts';
import { Vp8FrameParser } from './vp8-frame-parser.ts';

export interface VideoInputOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly source: MixerSource;
  readonly ffmpegPath: string;
  readonly sandbox: Sandbox | undefined;
  readonly playoutDelayMs: number;
  /** What the participant's streams have in common. */
  readonly timing: ParticipantTiming;
  /** Program frames per second. */
  readonly frameRate: number;
  readonly requestKeyframe: (sourceId: string) => void;
  /** What the frames are decoded by; FFmpeg by default. */
  readonly createDecoder?: (options: ResizableDecoderOptions) => PictureDecoder;
}

export type PictureDecoder = Pick<ResizableDecoder, keyof ResizableDecoder>;

/** Frames go to the decoder this much ahead of their time, so that the picture is there when its tick comes. */
const decodeAheadMs = 46;
/** Beyond the playout delay: timestamps further ahead are not believed. */
const maxAheadMs = 1000;
/**
 * A new size mostly means a new simulcast layer, which begins with a keyframe of its own. Asked for earlier, it would
 * come on the old layer.
 */
const layerSwitchMs = 300;
/** A keyframe is given up when a packet of it is missing this long: a retransmission takes a round trip and 50 ms. */
const repairedWithinMs = 200;
/** About 3 s of a 3 Mbit/s camera; more than any playout delay needs. */
const maxHeldPackets = 1024;

export class VideoInput implements RtpInput, VideoSource {
  readonly source: MixerSource;
  readonly timing: ParticipantTiming;
  readonly #options: VideoInputOptions;
  readonly #sequences = new Unwrapper(16);
  readonly #timestamps = new Unwrapper(32);
  readonly #clockMap: ClockMap;
  readonly #buffer = new JitterBuffer(maxHeldPackets);
  readonly #parser: FrameParser;
  readonly #assembler: FrameAssembler;
  readonly #gate = new KeyframeGate();
  readonly #requester = new KeyframeRequester();
  readonly #decoder: PictureDecoder;
  /** Newest packet seen that begins a keyframe: while it is on its way to the gate there is nothing to ask for. */
  #keyframeSequence = -Infinity;
  /** Since when packets of that keyframe are missing, monotonic ms. */
  #keyframeHoledMs: number | undefined;
  /** Of the packet that came last, unwrapped. */
  #newestTimestamp: number | undefined;
  #packetCount = 0;
  #lostPacketCount = 0;
  #latePacketCount = 0;
  #packetCountAtRequest = 0;
  #sizeRequestedMs = -Infinity;

  constructor(options: VideoInputOptions) {
    const { clock, logger, source, ffmpegPath, sandbox } = options;
    this.#options = options;
    this.source = source;
    this.timing = options.timing;
    const codec = source.codec === 'H264' ? 'H264' : 'VP8';
    this.#clockMap = new ClockMap({ clockRateHz: source.clockRateHz, kind: 'video', timing: options.timing });
    this.#parser = codec === 'H264' ? new H264FrameParser() : new Vp8FrameParser();
    this.#assembler = new FrameAssembler(this.#parser);
    const createDecoder = options.createDecoder ?? ((its: ResizableDecoderOptions) => new ResizableDecoder(its));
    this.#decoder = createDecoder({
      clock,
      logger,
      ffmpegPath,
      sandbox,
      codec,
      onStateLost: () => this.#gate.close(),
    });
  }

  get sourceId(): string {
    return this.source.sourceId;
  }

  get participantId(): string {
    return this.source.participantId;
  }

  get decoderPid(): number | undefined {
    return this.#decoder.pid;
  }

  requestSize(size: TileSize | undefined): void {
    this.#sizeRequestedMs = this.#options.clock.nowMs();
    this.#decoder.requestSize(size);
  }

  latest(): I420Picture | undefined {
    return this.#decoder.latest();
  }

  sinceLastPictureMs(): number {
    return this.#options.clock.nowMs() - this.#decoder.lastPictureMs;
  }

  receive(packet: RtpPacket, arrivalMs: number): void {
    this.#packetCount++;
    const item = {
      sequence: this.#sequences.unwrap(packet.sequenceNumber),
      timestamp: this.#timestamps.unwrap(packet.timestamp),
      packet,
    };
    // Padding-only packets carry whatever time the sender liked.
    if (packet.payload.length > 0) {
      this.#clockMap.observe(item.timestamp, arrivalMs);
      this.#newestTimestamp = item.timestamp;
      if (this.#dueMs(item.timestamp) < arrivalMs) this.#latePacketCount++;
      if (this.#parser.isKeyframeStart(packet.payload)) {
        this.#keyframeSequence = item.sequence;
        this.#keyframeHoledMs = undefined;
      }
    }
    const { highestSequence } = this.#buffer;
    if (highestSequence !== -Infinity && item.sequence > highestSequence + 1) this.#requester.noteLoss(arrivalMs);
    this.#buffer.insert(item);
    this.#requestIfNeeded(arrivalMs);
  }

  report(report: SenderReport, ntpMs: number, senderClock: SenderClock): void {
    // Before the first packet there is nothing to count its time from.
    if (this.#packetCount === 0) return;
    this.#clockMap.report(this.#timestamps.peek(report.rtpTimestamp), ntpMs, senderClock);
  }

  pump(nowMs: number): void {
    const isDue = (timestamp: number): boolean => this.#isDue(timestamp, nowMs);
    for (let popped = this.#buffer.pop(isDue); popped !== undefined; popped = this.#buffer.pop(isDue)) {
      if (popped.type === 'lost') {
        this.#lostPacketCount += popped.packetCount;
        this.#assembler.lost();
        continue;
      }
      const assembled = this.#assembler.push(popped.item);
      if (assembled !== undefined) this.#decode(assembled);
    }
    this.#requestIfNeeded(nowMs);
  }

  stats(): SourceStats {
    return {
      sourceId: this.sourceId,
      kind: this.source.kind,
      packetCount: this.#packetCount,
      lostPacketCount: this.#lostPacketCount,
      latePacketCount: this.#latePacketCount,
      isCaptureTimed: this.#clockMap.isReported,
      ...(this.#newestTimestamp !== undefined && {
        bufferedMs: Math.max(0, this.#dueMs(this.#newestTimestamp) - this.#options.clock.nowMs()),
      }),
      decodedFrameCount: this.#decoder.decodedFrameCount,
      keyframeRequestCount: this.#requester.requestCount,
      decoderRestartCount: this.#decoder.restartCount,
      decoderMisbehaviourCount: this.#decoder.misbehaviourCount,
    };
  }

  async close(): Promise<void> {
    this.#clockMap.close();
    await this.#decoder.close();
  }

  #decode(assembled: AssembledFrame): void {
    if (!this.#gate.admit(assembled)) return;
    const { frame } = assembled;
    // Half a program frame early: a tick then shows the picture whose time is nearest, not the last one before it.
    const shownFromMs = this.#dueMs(frame.timestamp) - 500 / this.#options.frameRate;
    if (!this.#decoder.feed(frame.bytes, frame.isKeyframe, shownFromMs)) this.#gate.close();
  }

  #dueMs(timestamp: number): number {
    return (this.#clockMap.toLocalMs(timestamp) ?? 0) + this.#options.playoutDelayMs;
  }

  /** One is on its way to the gate, and it will get there: nothing of it is missing, or not for long yet. */
  #isKeyframeHeld(nowMs: number): boolean {
    const { nextSequence, highestSequence } = this.#buffer;
    const isBehind = nextSequence !== undefined && this.#keyframeSequence >= nextSequence;
    if (!isBehind || this.#keyframeSequence > highestSequence) return false;
    if (!this.#buffer.isHoled(this.#keyframeSequence)) this.#keyframeHoledMs = undefined;
    else this.#keyframeHoledMs ??= nowMs;
    return this.#keyframeHoledMs === undefined || nowMs - this.#keyframeHoledMs < repairedWithinMs;
  }

  #isDue(timestamp: number, nowMs: number): boolean {
    const inMs = this.#dueMs(timestamp) - nowMs;
    // Further away than any packet can be is not a time but a fault; waiting for it would block the stream.
    return inMs <= decodeAheadMs || inMs > this.#options.playoutDelayMs + maxAheadMs;
  }

  #needsKeyframe(nowMs: number): boolean {
    if (this.#gate.state === 'closed') return true;
    // Screens come in one layer only.
    const waitMs = this.source.content === 'screen' ? 0 : layerSwitchMs;
    return this.#decoder.awaitsKeyframe && nowMs - this.#sizeRequestedMs >= waitMs;
  }

  /** Only for a stream that flows: a paused camera has nothing to send. */
  #requestIfNeeded(nowMs: number): void {
    if (this.#packetCount === this.#packetCountAtRequest || !this.#needsKeyframe(nowMs)) return;
    // A decoder that rests could not take one.
    if (!this.#decoder.isStarted) return;
    if (this.#isKeyframeHeld(nowMs)) return;
    if (!this.#requester.shouldRequest(nowMs)) return;
    this.#packetCountAtRequest = this.#packetCount;
    this.#options.requestKeyframe(this.sourceId);
  }
}
