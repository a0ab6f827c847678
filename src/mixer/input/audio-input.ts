/** One microphone from packets to samples: order, decoding, placement, concealment. */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type RtpPacket, type SenderReport, Unwrapper } from '../../media/rtp/index.ts';
import { type MixerSource } from '../ports.ts';
import { AudioPlacement } from './audio-placement.ts';
import { ClockMap } from './clock-map.ts';
import { Concealment } from './concealment.ts';
import { JitterBuffer, type OrderedPacket } from './jitter-buffer.ts';
import { OpusStreamDecoder } from './opus-stream-decoder.ts';
import { type ParticipantTiming } from './participant-timing.ts';
import { type RtpInput, type SourceStats } from './rtp-input.ts';
import { type SenderClock } from './sender-clock.ts';
import { SampleRing } from './sample-ring.ts';
import { resamplerAheadCount, SlowResampler } from './slow-resampler.ts';

export interface AudioInputOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly source: MixerSource;
  readonly playoutDelayMs: number;
  /** What the participant's streams have in common. */
  readonly timing: ParticipantTiming;
  readonly frameRate: number;
}

export const samplesPerMs = 48;
/** Opus RTP time always runs at 48 kHz (RFC 7587 §4.1). */
const clockRateHz = 48_000;
/** Five seconds of 20 ms packets. */
const maxHeldPackets = 256;
/** 680 ms: what is decoded ahead, the longest packet, and room for corrections. */
const ringSampleCount = 32_768;
/** Beyond one program frame, the time for decoding and a late timer. */
const decodeMarginMs = 12;
const maxAheadMs = 1000;

export class AudioInput implements RtpInput {
  readonly source: MixerSource;
  readonly timing: ParticipantTiming;
  readonly #options: AudioInputOptions;
  readonly #sequences = new Unwrapper(16);
  readonly #timestamps = new Unwrapper(32);
  readonly #clockMap: ClockMap;
  readonly #buffer = new JitterBuffer(maxHeldPackets);
  readonly #placement = new AudioPlacement();
  readonly #resampler = new SlowResampler();
  readonly #concealment = new Concealment();
  readonly #ring = new SampleRing(ringSampleCount);
  readonly #decoder: OpusStreamDecoder;
  /** The mixer reads one program frame at once: that much must be decoded ahead. */
  readonly #aheadMs: number;
  /** What comes before it has been mixed. */
  #readUntil = -Infinity;
  /** Of the packet that came last, unwrapped. */
  #newestTimestamp: number | undefined;
  #packetCount = 0;
  #lostPacketCount = 0;
  #latePacketCount = 0;
  #decodedFrameCount = 0;

  constructor(options: AudioInputOptions) {
    this.#options = options;
    this.source = options.source;
    this.timing = options.timing;
    this.#aheadMs = 1000 / options.frameRate + decodeMarginMs;
    this.#clockMap = new ClockMap({ clockRateHz, kind: 'audio', timing: options.timing });
    this.#decoder = new OpusStreamDecoder(options);
  }

  /** Settles when the decoder can take packets. */
  get decoderSettled(): Promise<void> {
    return this.#decoder.settled;
  }

  receive(packet: RtpPacket, arrivalMs: number): void {
    this.#packetCount++;
    const item = {
      sequence: this.#sequences.unwrap(packet.sequenceNumber),
      timestamp: this.#timestamps.unwrap(packet.timestamp),
      packet,
    };
    if (packet.payload.length > 0) {
      this.#clockMap.observe(item.timestamp, arrivalMs);
      this.#newestTimestamp = item.timestamp;
      if (this.#mapped(item.timestamp) < arrivalMs * samplesPerMs) this.#latePacketCount++;
    }
    this.#buffer.insert(item);
  }

  report(report: SenderReport, ntpMs: number, senderClock: SenderClock): void {
    // Before the first packet there is nothing to count its time from.
    if (this.#packetCount === 0) return;
    this.#clockMap.report(this.#timestamps.peek(report.rtpTimestamp), ntpMs, senderClock);
  }

  pump(nowMs: number): void {
    const horizon = Math.round((nowMs + this.#aheadMs) * samplesPerMs);
    const isDue = (timestamp: number): boolean => this.#isDue(timestamp, horizon);
    for (let popped = this.#buffer.pop(isDue); popped !== undefined; popped = this.#buffer.pop(isDue)) {
      if (popped.type === 'lost') this.#lostPacketCount += popped.packetCount;
      else this.#play(popped.item);
    }
    this.#concealUntil(horizon);
  }

  /** As `SourceBank.mixAudioOf`, on the local sample axis. */
  mixInto(target: Float32Array, firstLocalSample: number, sampleCount: number): void {
    this.#readUntil = Math.max(this.#readUntil, firstLocalSample + sampleCount);
    this.#ring.mixInto(target, firstLocalSample, sampleCount);
  }

  stats(): SourceStats {
    return {
      sourceId: this.source.sourceId,
      kind: this.source.kind,
      packetCount: this.#packetCount,
      lostPacketCount: this.#lostPacketCount,
      latePacketCount: this.#latePacketCount,
      isCaptureTimed: this.#clockMap.isReported,
      ...this.#buffered(),
      decodedFrameCount: this.#decodedFrameCount,
      keyframeRequestCount: 0,
      decoderRestartCount: this.#decoder.restartCount,
    };
  }

  /** On the axis on which sound is placed, so that a resampler that falls behind shows. */
  #buffered(): { readonly bufferedMs?: number } {
    if (this.#newestTimestamp === undefined || this.#readUntil === -Infinity) return {};
    const mapped = this.#mapped(this.#newestTimestamp);
    const position = this.#placement.positionOf(this.#newestTimestamp, mapped, this.#concealment.isExhausted);
    return { bufferedMs: Math.max(0, (position - this.#readUntil) / samplesPerMs) };
  }

  async close(): Promise<void> {
    this.#clockMap.close();
    this.#decoder.close();
  }

  #play({ timestamp, packet }: OrderedPacket): void {
    const decoded = this.#decoder.decode(packet.payload);
    if (decoded === undefined) return;
    this.#decodedFrameCount++;
    const isAfterSilence = this.#concealment.isExhausted;
    const placement = this.#placement.place(timestamp, decoded.length / 2, this.#mapped(timestamp), isAfterSilence);
    const { position, ratio, isContinuous } = placement;
    const { first, samples } = this.#resampler.resample(decoded, position, ratio, isContinuous);
    // Late is lost, although the decoder had to hear it.
    if (samples.length === 0 || first + samples.length / 2 <= this.#readUntil) return;
    this.#concealUntil(first);
    this.#ring.write(first, samples);
    this.#concealment.heard(samples);
  }

  /** Lost, late, paused or not sent (DTX): all look the same when their time comes, and none is waited for. */
  #concealUntil(horizon: number): void {
    const end = this.#ring.end;
    if (end === undefined || end >= horizon || this.#concealment.isExhausted) return;
    this.#ring.write(end, this.#concealment.next(horizon - end));
  }

  #isDue(timestamp: number, horizon: number): boolean {
    const position = this.#placement.positionOf(timestamp, this.#mapped(timestamp), this.#concealment.isExhausted);
    const maxAhead = (this.#options.playoutDelayMs + maxAheadMs) * samplesPerMs;
    const aheadCount = position - resamplerAheadCount - horizon;
    return aheadCount <= 0 || aheadCount > maxAhead;
  }

  #mapped(timestamp: number): number {
    const captureMs = this.#clockMap.toLocalMs(timestamp) ?? 0;
    return Math.round((captureMs + this.#options.playoutDelayMs) * samplesPerMs);
  }
}
