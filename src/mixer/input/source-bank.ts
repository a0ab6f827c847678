/** All sources of one program: one socket, packets to their stream by SSRC, one timer that moves what is due. */
import { Lifecycle } from '../../core/lifecycle.ts';
import { type RtpPacket, type SenderReport } from '../../media/rtp/index.ts';
import { type MixerSource, type MixerStats } from '../ports.ts';
import {
  type AudioContent,
  type SourceBank,
  type SourceBankOptions,
  type TileSize,
  type VideoContent,
  type VideoSource,
} from '../source-contract.ts';
import { AudioInput, samplesPerMs } from './audio-input.ts';
import { mixerInputError } from './errors.ts';
import { ParticipantTiming } from './participant-timing.ts';
import { type RtpInput } from './rtp-input.ts';
import { RtpSocket, type RtpSocketCounts } from './rtp-socket.ts';
import { SenderClocks } from './sender-clock.ts';
import { VideoInput } from './video-input.ts';

/** Beyond the contract: for diagnosis and metrics. */
export interface InputBank extends SourceBank {
  socketCounts(): RtpSocketCounts & { readonly unknownSsrcPacketCount: number };
  /** Process id of a video source's decoder while it runs. */
  decoderPidOf(sourceId: string): number | undefined;
}

const pumpPeriodMs = 5;
/** Cameras and microphones together; decoders are what costs. */
const maxSources = 64;

export function createSourceBank(options: SourceBankOptions): InputBank {
  return new RtpSourceBank(options);
}

class RtpSourceBank extends Lifecycle implements InputBank {
  readonly #options: SourceBankOptions;
  readonly #socket: RtpSocket;
  readonly #bySsrc = new Map<number, RtpInput>();
  readonly #videos = new Map<string, VideoInput>();
  readonly #audios = new Map<string, AudioInput>();
  readonly #senderClocks = new SenderClocks();
  /** Removed sources whose decoder is still ending. */
  readonly #ending = new Set<Promise<void>>();
  #unknownSsrcPacketCount = 0;
  #frameZeroMs: number | undefined;

  constructor(options: SourceBankOptions) {
    super({ clock: options.clock });
    this.#options = options;
    const { clock, logger, rtpListenIp } = options;
    const onPacket = (packet: RtpPacket, arrivalMs: number): void => this.#receive(packet, arrivalMs);
    this.#socket = new RtpSocket({
      clock,
      logger,
      listenIp: rtpListenIp,
      onPacket,
      onSenderReport: (report, arrivalMs, origin) => this.#report(report, arrivalMs, origin),
    });
    this.own('sources', async () => {
      for (const { source } of this.#inputs()) this.remove(source.sourceId);
      await Promise.all(this.#ending);
    });
    this.own('rtp socket', () => this.#socket.close());
  }

  async listen(): Promise<number> {
    this.assertOpen();
    this.advanceTo('starting');
    const port = await this.#socket.bind();
    const pump = this.#options.clock.repeat(pumpPeriodMs, () => this.#pump());
    this.own('pump timer', () => pump.cancel());
    if (!this.isClosed) this.advanceTo('running');
    return port;
  }

  startTimeline(frameZeroMonotonicMs: number): void {
    this.#frameZeroMs = frameZeroMonotonicMs;
  }

  /** MIXER_INPUT_SOURCE_INVALID, MIXER_INPUT_SOURCE_LIMIT. */
  add(source: MixerSource): void {
    this.assertOpen();
    this.#assertPlayable(source);
    const { clock, ffmpegPath, decoderSandbox: sandbox, playoutDelayMs, frameRate, requestKeyframe } = this.#options;
    const logger = this.#options.logger.child({ sourceId: source.sourceId, participantId: source.participantId });
    const timing = this.#timingOf(source.participantId);
    if (source.kind === 'audio') {
      const audio = new AudioInput({ clock, logger, source, playoutDelayMs, frameRate, timing });
      this.#audios.set(source.sourceId, audio);
      this.#bySsrc.set(source.ssrc, audio);
      return;
    }
    const video = new VideoInput({
      clock,
      logger,
      source,
      ffmpegPath,
      sandbox,
      playoutDelayMs,
      timing,
      frameRate,
      requestKeyframe,
    });
    this.#videos.set(source.sourceId, video);
    this.#bySsrc.set(source.ssrc, video);
  }

  /** Its pictures and samples are gone at once, its decoder soon after. Unknown ids are ignored. */
  remove(sourceId: string): void {
    const input = this.#videos.get(sourceId) ?? this.#audios.get(sourceId);
    if (input === undefined) return;
    this.#videos.delete(sourceId);
    this.#audios.delete(sourceId);
    this.#bySsrc.delete(input.source.ssrc);
    const ending = input.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  requestSize(sourceId: string, size: TileSize | undefined): void {
    this.#videos.get(sourceId)?.requestSize(size);
  }

  videoOf(participantId: string, content: VideoContent = 'camera'): VideoSource | undefined {
    let newest: VideoSource | undefined;
    for (const video of this.#videos.values()) {
      if (video.participantId !== participantId || video.source.content !== content) continue;
      // While a camera is replaced by another, the old one goes on until the new one has a picture.
      if (newest?.latest() === undefined || video.latest() !== undefined) newest = video;
    }
    return newest;
  }

  mixAudioOf(
    participantId: string,
    content: AudioContent,
    target: Float32Array,
    firstSample: number,
    sampleCount: number,
  ): void {
    if (this.#frameZeroMs === undefined) return;
    const firstLocalSample = Math.round(this.#frameZeroMs * samplesPerMs) + firstSample;
    for (const audio of this.#audios.values()) {
      if (audio.source.participantId !== participantId || audio.source.content !== content) continue;
      // The timer may be behind after a stall; the samples are needed now.
      audio.pump(this.#options.clock.nowMs());
      audio.mixInto(target, firstLocalSample, sampleCount);
    }
  }

  stats(): MixerStats['sources'] {
    return this.#inputs().map((input) => input.stats());
  }

  socketCounts(): RtpSocketCounts & { readonly unknownSsrcPacketCount: number } {
    return { ...this.#socket.counts(), unknownSsrcPacketCount: this.#unknownSsrcPacketCount };
  }

  decoderPidOf(sourceId: string): number | undefined {
    return this.#videos.get(sourceId)?.decoderPid;
  }

  protected override onReleaseFailed(name: string, error: unknown): void {
    this.#options.logger.error({ name, error }, 'release failed');
  }

  #inputs(): RtpInput[] {
    return [...this.#videos.values(), ...this.#audios.values()];
  }

  #receive(packet: RtpPacket, arrivalMs: number): void {
    const input = this.#bySsrc.get(packet.ssrc);
    if (input?.source.payloadType !== packet.payloadType) this.#unknownSsrcPacketCount++;
    else input.receive(packet, arrivalMs);
  }

  #report(report: SenderReport, arrivalMs: number, origin: string): void {
    const input = this.#bySsrc.get(report.ssrc);
    if (input === undefined) return;
    const senderClock = this.#senderClocks.of(origin);
    input.report(report, senderClock.observe(report.ntpMs, arrivalMs), senderClock);
  }

  /** Shared with what the participant sends already. */
  #timingOf(participantId: string): ParticipantTiming {
    const sibling = this.#inputs().find(({ source }) => source.participantId === participantId);
    return sibling?.timing ?? new ParticipantTiming(this.#options.playoutDelayMs);
  }

  #pump(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const video of this.#videos.values()) video.pump(nowMs);
    for (const audio of this.#audios.values()) audio.pump(nowMs);
  }

  #assertPlayable(source: MixerSource): void {
    const isKnown = this.#videos.has(source.sourceId) || this.#audios.has(source.sourceId);
    const isAudio = source.kind === 'audio' && source.codec === 'opus' && source.clockRateHz === 48_000;
    const isVideo = source.kind === 'video' && source.codec !== 'opus' && source.clockRateHz === 90_000;
    if (isKnown || this.#bySsrc.has(source.ssrc) || (!isAudio && !isVideo)) {
      throw mixerInputError('MIXER_INPUT_SOURCE_INVALID', { details: { ...source } });
    }
    if (this.#bySsrc.size >= maxSources) throw mixerInputError('MIXER_INPUT_SOURCE_LIMIT');
  }
}
