/** A real mixer process on the air, the panelists of a script in front of it, and everything it says and writes. */
import { once } from 'node:events';
import { createSocket, type Socket } from 'node:dgram';
import { systemClock, type Timer } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { chooseSandbox } from '../../../src/mixer/index.ts';
import {
  type MixerEvent,
  type MixerParticipant,
  type MixerRunOptions,
  type MixerSource,
} from '../../../src/mixer/ports.ts';
import { EventLog } from '../mixer/event-log.ts';
import { type ForkedMixer, forkMixer } from '../mixer/fork-mixer.ts';
import { testRunOptions } from '../mixer/run-options.ts';
import { waitFor } from '../wait-for.ts';
import { type Clip, gopFrameCount, opusPacketMs } from './clip.ts';
import { Network } from './network.ts';
import { RtpStream } from './rtp-stream.ts';

export const acceptanceCanvas = { width: 640, height: 360, frameRate: 30 } as const;
export const videoId = 'video-360p';
export const audioId = 'audio-main';
export const playoutDelayMs = 350;

export interface JoinOptions {
  readonly isMicrophoneOn?: boolean;
  readonly isCameraOn?: boolean;
  /** Of the camera; RTP begins anywhere. */
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
}

export interface Panelist {
  readonly id: string;
  readonly clip: Clip;
  readonly network: Network;
  camera: RtpStream;
  microphone: RtpStream;
  readonly sourceIds: Set<string>;
}

export type MediaEvent = Extract<MixerEvent, { type: 'init' | 'fragment' }>;

const turnMs = 4;

export class LiveProgram {
  readonly log = new EventLog();
  readonly mixer: ForkedMixer;
  /** When a keyframe of each source was asked for, monotonic ms. */
  readonly keyframeRequestsMs = new Map<string, number[]>();
  readonly #socket: Socket;
  readonly #timer: Timer;
  readonly #panelists = new Map<string, Panelist>();
  readonly #participants = new Map<string, MixerParticipant>();
  /** All that ever were: packets of those that are gone may still be under way. */
  readonly #streams = new Set<RtpStream>();
  readonly #cameraOf = new Map<string, RtpStream>();
  readonly #onMedia: ((event: MediaEvent) => void) | undefined;
  /** The largest picture. */
  #videoId: string = videoId;
  #frameRate: number = acceptanceCanvas.frameRate;
  #frameCount = 0;
  #lastFrameMs: number | undefined;
  #longestOutputGapMs = 0;
  #rtpPort = 0;
  #nextSsrc = 1000;

  private constructor(mixer: ForkedMixer, socket: Socket, onMedia: ((event: MediaEvent) => void) | undefined) {
    this.mixer = mixer;
    this.#onMedia = onMedia;
    this.#socket = socket;
    mixer.onEvent((event) => this.#onEvent(event));
    this.#timer = systemClock.repeat(turnMs, () => this.#turn());
  }

  /** @param onMedia takes what the mixer writes instead of the log, which keeps everything. */
  static async start(
    change: Partial<MixerRunOptions> = {},
    onMedia?: (event: MediaEvent) => void,
  ): Promise<LiveProgram> {
    const socket = createSocket({ type: 'udp4', sendBufferSize: 1 << 22 });
    const program = new LiveProgram(forkMixer(), socket, onMedia);
    const given = { mode: 'best-effort', ffmpegPath: 'ffmpeg', metrics: new Metrics() } as const;
    const decoderSandbox = await chooseSandbox({ ...given, clock: systemClock, logger: silentLogger });
    const { width, height } = acceptanceCanvas;
    program.#frameRate = change.canvas?.frameRate ?? acceptanceCanvas.frameRate;
    program.#videoId = change.video?.[0]?.renditionId ?? videoId;
    program.mixer.send({
      type: 'start',
      options: testRunOptions({
        canvas: acceptanceCanvas,
        video: [{ renditionId: videoId, width, height, bitsPerSec: 2_000_000 }],
        audio: [{ renditionId: audioId, bitsPerSec: 96_000, channelId: 'main' }],
        decoderSandbox,
        playoutDelayMs,
        ...change,
      }),
    });
    await program.log.until('the start', () => program.log.of('listening').length > 0, 30_000);
    program.#rtpPort = program.log.of('listening')[0]!.rtpPort;
    await waitFor('the first picture', () => program.frameCount > 0, { deadlineMs: 30_000 });
    return program;
  }

  get pid(): number {
    return this.mixer.child.pid!;
  }

  /** Frames of the program so far. */
  get frameCount(): number {
    return this.#frameCount;
  }

  /** Longest time without a picture of the program since the first, until now: as a viewer's buffer sees it. */
  get longestOutputGapMs(): number {
    const sinceLastMs = this.#lastFrameMs === undefined ? 0 : systemClock.nowMs() - this.#lastFrameMs;
    return Math.max(this.#longestOutputGapMs, sinceLastMs);
  }

  /** Share of pictures that showed the one before because the encoder lagged, as the mixer told last. */
  get repeatedRatio(): number {
    const stats = this.log.of('stats').at(-1)?.stats;
    return stats === undefined ? 0 : stats.repeatedFrameCount / stats.frameCount;
  }

  /** Of the first run. */
  get frameZeroWallMs(): number {
    return this.log.of('runStarted')[0]!.frameZeroWallMs;
  }

  /** When a media time is shown, by the run that goes on now. */
  wallMsOf(mediaSec: number): number {
    const { frameZeroWallMs, startTimeSec } = this.log.of('runStarted').at(-1)!;
    return frameZeroWallMs + (mediaSec - startTimeSec) * 1000;
  }

  /** The frame that is being composed now, going by the wall clock. */
  frameNow(): number {
    return ((systemClock.wallMs() - this.frameZeroWallMs) * this.#frameRate) / 1000;
  }

  /** Resolves when the program is `second` old. */
  async until(second: number): Promise<void> {
    const leftMs = second * 1000 - (systemClock.wallMs() - this.frameZeroWallMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    systemClock.schedule(Math.max(0, leftMs), resolve);
    await promise;
    this.assertOnAir();
  }

  /** @throws Error when the program failed, ended or, unless its media go elsewhere, changed its encoder */
  assertOnAir(): void {
    const ends = ['failed', 'stopped', ...(this.#onMedia === undefined ? ['runEnded'] : [])];
    const bad = this.log.events.find(({ type }) => ends.includes(type));
    if (bad !== undefined) throw new Error(`The program did not go on: ${JSON.stringify(bad)}`);
  }

  join(clip: Clip, options: JoinOptions = {}): Panelist {
    const { isMicrophoneOn = true, isCameraOn = true } = options;
    const id = `panelist-${clip.identity}`;
    const network = new Network(clip.identity + 1);
    const panelist: Panelist = {
      ...{ id, clip, network, sourceIds: new Set<string>() },
      camera: this.#stream(clip, 'video', network, options),
      microphone: this.#stream(clip, 'audio', network),
    };
    this.#panelists.set(id, panelist);
    this.#addSource(panelist, 'camera', panelist.camera);
    this.#addSource(panelist, 'microphone', panelist.microphone);
    this.change(panelist, { displayName: `Panelist ${clip.identity}`, isMicrophoneOn, isCameraOn });
    return panelist;
  }

  /** What signaling says of somebody; the packets stay as they are. */
  change(panelist: Panelist, change: Partial<MixerParticipant>): void {
    const before = this.#participants.get(panelist.id);
    const initial = { participantId: panelist.id, displayName: '', isMicrophoneOn: true, isCameraOn: true };
    this.#participants.set(panelist.id, { ...initial, ...before, ...change });
    this.#tellParticipants();
  }

  /** The producer of the camera is made anew: other SSRC, other consumer. */
  replaceCamera(panelist: Panelist, kind: 'camera' | 'screen' = 'camera', clip = panelist.clip): void {
    this.#removeSource(panelist, this.#sourceIdOf(panelist.camera));
    panelist.camera = this.#stream(clip, 'video', panelist.network);
    this.#addSource(panelist, kind, panelist.camera);
  }

  leave(panelist: Panelist): void {
    for (const sourceId of [...panelist.sourceIds]) this.#removeSource(panelist, sourceId);
    this.#panelists.delete(panelist.id);
    this.#participants.delete(panelist.id);
    this.#tellParticipants();
  }

  speak(panelist: Panelist | null): void {
    this.mixer.send({ type: 'setSpeaker', participantId: panelist?.id ?? null });
  }

  /** Ends it in order and resolves with the mixer's exit status. */
  async stop(): Promise<number | null> {
    const exited = once(this.mixer.child, 'exit');
    this.mixer.send({ type: 'stop' });
    const [code] = (await exited) as [number | null];
    await this.log.until('stopped', () => this.log.of('stopped').length > 0);
    this.close();
    return code;
  }

  /** Whatever became of it. Idempotent. */
  close(): void {
    this.#timer.cancel();
    for (const stream of this.#streams) stream.end();
    this.#panelists.clear();
    this.mixer.kill();
    try {
      this.#socket.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw error;
    }
  }

  #turn(): void {
    const nowMs = systemClock.nowMs();
    for (const { camera, microphone } of this.#panelists.values()) {
      camera.turn(nowMs);
      microphone.turn(nowMs);
    }
  }

  #onEvent(event: MixerEvent): void {
    if (event.type === 'alive') return;
    if (event.type === 'fragment' && event.renditionId === this.#videoId) this.#noteFrame(systemClock.nowMs());
    if (this.#onMedia !== undefined && (event.type === 'fragment' || event.type === 'init')) this.#onMedia(event);
    else this.log.push(event);
    if (event.type === 'runEnded') this.#beginRun(event.runIndex + 1);
    if (event.type === 'keyframeNeeded') this.#onKeyframeNeeded(event.sourceId);
  }

  #onKeyframeNeeded(sourceId: string): void {
    const timesMs = this.keyframeRequestsMs.get(sourceId) ?? [];
    this.keyframeRequestsMs.set(sourceId, timesMs);
    timesMs.push(systemClock.nowMs());
    this.#cameraOf.get(sourceId)?.requestKeyframe();
  }

  #noteFrame(nowMs: number): void {
    this.#frameCount++;
    this.#longestOutputGapMs = Math.max(this.#longestOutputGapMs, nowMs - (this.#lastFrameMs ?? nowMs));
    this.#lastFrameMs = nowMs;
  }

  /** The next place of the timeline, as the app gives it. */
  #beginRun(runIndex: number): void {
    const startTimeSec = 12 + Math.ceil((systemClock.wallMs() - this.frameZeroWallMs) / 1000);
    this.mixer.send({ type: 'beginRun', runIndex, startTimeSec });
  }

  #stream(clip: Clip, kind: 'audio' | 'video', network: Network, options: JoinOptions = {}): RtpStream {
    const isVideo = kind === 'video';
    const unitMs = isVideo ? 1000 / clip.frameRate : opusPacketMs;
    const { firstSequence, firstTimestamp } = options;
    const stream = new RtpStream({
      socket: this.#socket,
      port: this.#rtpPort,
      network,
      ssrc: this.#nextSsrc++,
      payloadType: isVideo ? 96 : 111,
      units: isVideo ? clip.videoUnits : clip.audioUnits,
      unitMs,
      unitTicks: unitMs * (isVideo ? 90 : 48),
      gopUnitCount: isVideo ? gopFrameCount : 1,
      ...(firstSequence !== undefined && { firstSequence }),
      ...(firstTimestamp !== undefined && { firstTimestamp }),
    });
    this.#streams.add(stream);
    return stream;
  }

  #sourceIdOf(stream: RtpStream): string {
    return `source-${stream.ssrc}`;
  }

  #addSource(panelist: Panelist, content: 'camera' | 'screen' | 'microphone', stream: RtpStream): void {
    const isVideo = content !== 'microphone';
    const sourceId = this.#sourceIdOf(stream);
    const source: MixerSource = {
      ...{ sourceId, participantId: panelist.id, content, ssrc: stream.ssrc },
      ...(isVideo
        ? { kind: 'video', codec: 'VP8', payloadType: 96, clockRateHz: 90_000 }
        : { kind: 'audio', codec: 'opus', payloadType: 111, clockRateHz: 48_000 }),
    };
    panelist.sourceIds.add(sourceId);
    if (isVideo) this.#cameraOf.set(sourceId, stream);
    this.mixer.send({ type: 'addSource', source });
  }

  #removeSource(panelist: Panelist, sourceId: string): void {
    panelist.sourceIds.delete(sourceId);
    this.#cameraOf.delete(sourceId);
    this.mixer.send({ type: 'removeSource', sourceId });
  }

  #tellParticipants(): void {
    this.mixer.send({ type: 'setParticipants', participants: [...this.#participants.values()] });
  }
}
