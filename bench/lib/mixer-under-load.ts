/** A real mixer process under its real supervisor, fed by replayed RTP, as a live event would run it. */
import { launchMixer } from '../../src/app/roles/launch.ts';
import { audioRenditionId, mixerRenditions, videoRenditionId } from '../../src/app/pipeline/renditions.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createLogger } from '../../src/core/logger.ts';
import { Metrics } from '../../src/core/metrics.ts';
import {
  absoluteProgram,
  chooseSandbox,
  createMixerSupervisor,
  ladderOf,
  type MixerConfig,
  type MixerEvent,
  type MixerSource,
  type MixerStats,
  type MixerSupervisor,
  type Sandbox,
} from '../../src/mixer/index.ts';
import { hasRole, processTree } from '../../test/support/processes.ts';
import { type JudgedLayout, ProgramTail } from './program-judge.ts';
import { type ReplayStream, type RtpReplay, startRtpReplay } from './rtp-replay.ts';
import { opusPacketMs, syntheticCamera, type SyntheticPanelist } from './synthetic-panelist.ts';

/** The GOP of 2 s segments. */
const segmentSec = 2;
const startTimeSec = 10;
const logger = createLogger({ level: 'error', role: 'bench' });

export interface MixerUnderLoadOptions {
  readonly people: readonly SyntheticPanelist[];
  readonly config: MixerConfig;
  /** Spotlight by default. */
  readonly layout?: JudgedLayout;
  readonly decoders: { readonly ffmpegPath: string; readonly sandbox: Sandbox };
}

/** What decoders run in on this machine, chosen as a server does. @throws MIXER_SANDBOX_UNAVAILABLE */
export async function prepareDecoders(config: MixerConfig): Promise<MixerUnderLoadOptions['decoders']> {
  const ffmpegPath = await absoluteProgram(config.ffmpegPath);
  const options = { mode: config.sandbox, ffmpegPath, clock: systemClock, logger, metrics: new Metrics() };
  return { ffmpegPath, sandbox: await chooseSandbox(options) };
}

const cameraSuffix = '-camera';

/** True for the sources of pictures among all that the mixer tells of. */
export function isCamera(sourceId: string): boolean {
  return sourceId.endsWith(cameraSuffix);
}

export class MixerUnderLoad {
  readonly tail: ProgramTail;
  readonly #people: readonly SyntheticPanelist[];
  readonly #layout: JudgedLayout;
  readonly #mixer: MixerSupervisor;
  readonly #statsWaiters: PromiseWithResolvers<MixerStats>[] = [];
  #replay: RtpReplay | undefined;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor({ people, config, layout = 'spotlight', decoders }: MixerUnderLoadOptions) {
    this.#people = people;
    this.#layout = layout;
    this.tail = new ProgramTail({
      video: ladderOf(config).map(videoRenditionId),
      audio: audioRenditionId('main'),
    });
    // Reaches the mixer in its environment; its log would stand in the middle of the report.
    process.env.ROSTRUM_LOG_LEVEL ??= 'error';
    this.#mixer = createMixerSupervisor({
      launch: () => launchMixer({ clock: systemClock, logger }),
      clock: systemClock,
      logger,
      metrics: new Metrics(),
      program: {
        webinarId: 'mixer-bench',
        title: 'Mixer bench',
        canvas: { width: config.width, height: config.height, frameRate: config.frameRate },
        ...mixerRenditions(config),
        gopFrameCount: segmentSec * config.frameRate,
        rtpListenIp: '127.0.0.1',
        playoutDelayMs: config.playoutDelayMs,
        ffmpegPath: decoders.ffmpegPath,
        decoderSandbox: decoders.sandbox,
      },
      nextRun: () => ({ runIndex: 0, startTimeSec }),
      onEvent: (event) => this.#onEvent(event),
      onRunEnded: (_, cause) => this.#onEnded(cause),
      onProcessGone: () => undefined,
    });
  }

  /** Puts everybody on stage and starts the program; the first panelist speaks. */
  start(): void {
    this.#mixer.send({
      type: 'setParticipants',
      participants: this.#people.map(({ identity }) => ({
        participantId: `panelist-${identity}`,
        displayName: `Panelist ${identity}`,
        isMicrophoneOn: true,
        isCameraOn: true,
      })),
    });
    this.#mixer.send({ type: 'setLayout', requestId: 'bench', layout: { mode: 'fixed', name: this.#layout } });
    this.#mixer.send({ type: 'setSpeaker', participantId: `panelist-${this.#people[0]!.identity}` });
    this.#mixer.start();
  }

  /** The mixer process; decoders and the encoder are below it. @throws Error when it does not run */
  get pid(): number {
    const mixer = processTree(process.pid).find((info) => hasRole(info, 'mixer'));
    if (mixer === undefined) throw new Error('There is no mixer process.');
    return mixer.pid;
  }

  /** The next totals that the mixer tells; it does so every 5 s. @throws Error when it ends before */
  nextStats(): Promise<MixerStats> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const waiter = Promise.withResolvers<MixerStats>();
    this.#statsWaiters.push(waiter);
    return waiter.promise;
  }

  /** Idempotent; resolves when the process is gone. Whoever still waits for totals gets an error. */
  close(): Promise<void> {
    this.#closing ??= this.#close(new Error('The mixer was closed.'));
    return this.#closing;
  }

  async #close(cause: Error): Promise<void> {
    this.#failure = cause;
    this.#replay?.close();
    for (const waiter of this.#statsWaiters.splice(0)) waiter.reject(cause);
    await this.#mixer.stop('the bench is over');
  }

  #onEvent(event: MixerEvent): void {
    if (event.type === 'listening') this.#feed(event.rtpPort);
    else if (event.type === 'init' || event.type === 'fragment') this.tail.push(event);
    else if (event.type === 'stats') for (const waiter of this.#statsWaiters.splice(0)) waiter.resolve(event.stats);
  }

  #feed(rtpPort: number): void {
    const streams = this.#people.flatMap((person, index) => this.#streams(person, index));
    for (const { source } of streams) this.#mixer.send({ type: 'addSource', source });
    this.#replay = startRtpReplay(
      rtpPort,
      streams.map(({ stream }) => stream),
    );
  }

  #streams(person: SyntheticPanelist, index: number): { source: MixerSource; stream: ReplayStream }[] {
    const participantId = `panelist-${person.identity}`;
    const video = { ssrc: 1000 + index, payloadType: 96 };
    const audio = { ssrc: 2000 + index, payloadType: 111 };
    const unitMs = 1000 / syntheticCamera.frameRate;
    const startMs = (unitMs * index) / this.#people.length;
    return [
      {
        source: {
          ...{
            sourceId: `${participantId}${cameraSuffix}`,
            participantId,
            kind: 'video',
            content: 'camera',
            codec: 'VP8',
            clockRateHz: 90_000,
          },
          ...video,
        },
        stream: { ...video, units: person.videoUnits, unitMs, unitTicks: 90_000 / syntheticCamera.frameRate, startMs },
      },
      {
        source: {
          ...{
            sourceId: `${participantId}-microphone`,
            participantId,
            kind: 'audio',
            content: 'microphone',
            codec: 'opus',
            clockRateHz: 48_000,
          },
          ...audio,
        },
        stream: { ...audio, units: person.audioUnits, unitMs: opusPacketMs, unitTicks: 48 * opusPacketMs, startMs },
      },
    ];
  }

  /** A successor would measure a start, not a program. */
  #onEnded(cause: string): void {
    this.#closing ??= this.#close(new Error(`The mixer ended: ${cause}`));
    // Met again by whoever closes it.
    this.#closing.catch(() => undefined);
  }
}
