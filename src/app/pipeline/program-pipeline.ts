/** One live event: owns its program, its mixer and its feed from the SFU, and passes everything between them. */
import { type Clock } from '../../core/clock.ts';
import { toRostrumError } from '../../core/errors.ts';
import { Lifecycle, withDeadline } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { type Metrics } from '../../core/metrics.ts';
import { createProgram, type DvrStore, type HlsConfig, type HlsOrigin, type Program } from '../../hls/index.ts';
import {
  createMixerSupervisor,
  type MixerConfig,
  type MixerProcess,
  type MixerSupervisor,
  type ProgramEvent,
  type RunPlace,
  type Sandbox,
} from '../../mixer/index.ts';
import { type SfuCascade } from '../../sfu-cascade/index.ts';
import { type ProgramControl } from '../program/program-control.ts';
import { LiveCaptions } from '../timed-text/live-captions.ts';
import { LiveMarks } from '../timed-text/live-marks.ts';
import { type TimedTextDesk } from '../timed-text/timed-text-desk.ts';
import { type LiveSession } from '../webinars/webinar-service.ts';
import { type StageRoster } from '../webinars/stage-roster.ts';
import { MixerFeed } from './mixer-feed.ts';
import {
  type CaptionChannel,
  captionRenditions,
  type LanguageChannel,
  mixerRenditions,
  programRenditions,
} from './renditions.ts';
import { type SessionRecording } from './session-recording.ts';

/** From go-live to the first segment, which lets players in. */
const playableDeadlineMs = 25_000;

export interface ProgramPipelineOptions {
  readonly webinarId: string;
  readonly sessionId: string;
  readonly title: string;
  /** What it is interpreted into. */
  readonly languages: readonly LanguageChannel[];
  readonly captions: readonly CaptionChannel[];
  readonly mixerConfig: MixerConfig;
  readonly decoderSandbox: Sandbox;
  readonly hlsConfig: HlsConfig;
  /** Of this session alone; the program clears it. */
  readonly dvrStore: DvrStore;
  readonly sfu: SfuCascade;
  /** Address that the SFU's plain RTP can reach the mixer at. */
  readonly rtpListenIp: string;
  readonly origin: HlsOrigin;
  readonly roster: StageRoster;
  readonly recording: SessionRecording;
  readonly control: ProgramControl;
  readonly timedText: TimedTextDesk;
  readonly launchMixer: () => MixerProcess;
  /** Brings the program to where viewers find it besides the origin. */
  readonly spreadProgram?: (program: Program) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export class ProgramPipeline extends Lifecycle implements LiveSession {
  readonly sessionId: string;
  readonly #options: ProgramPipelineOptions;
  readonly #logger: Logger;
  readonly #program: Program;
  readonly #mixer: MixerSupervisor;
  readonly #feed: MixerFeed;
  readonly #marks: LiveMarks;
  #nextRunIndex = 0;
  #refusedRunIndex: number | undefined;
  #isEnding = false;

  constructor(options: ProgramPipelineOptions) {
    super({ clock: options.clock, closeDeadlineMs: 30_000 });
    this.#options = options;
    this.sessionId = options.sessionId;
    this.#logger = options.logger.child({ webinarId: options.webinarId, sessionId: options.sessionId });
    this.#program = createProgram({
      webinarId: options.webinarId,
      sessionId: options.sessionId,
      renditions: programRenditions(options.mixerConfig, options.languages),
      captions: captionRenditions(options.captions),
      config: options.hlsConfig,
      isQuickStart: true,
      dvrStore: options.dvrStore,
      sink: options.recording,
      clock: options.clock,
      logger: this.#logger,
      metrics: options.metrics,
    });
    this.#marks = this.#createMarks();
    this.#mixer = this.#createMixer();
    this.#feed = new MixerFeed({
      webinarId: options.webinarId,
      sfu: options.sfu,
      mixer: this.#mixer,
      logger: this.#logger,
    });
  }

  /** Resolves when viewers can play. On failure everything is closed again. */
  async start(): Promise<void> {
    this.advanceTo('starting');
    const { origin, recording, control, timedText, roster, sfu, webinarId, mixerConfig, clock } = this.#options;
    this.own('program', () => this.#program.end());
    this.own('mixer', (reason) => this.#mixer.stop(reason));
    this.own('feed', () => this.#feed.close());
    recording.begin();
    origin.addProgram(this.#program);
    this.#options.spreadProgram?.(this.#program);
    this.own(
      'program control',
      await control.attach(webinarId, { canvas: mixerConfig, send: (command) => this.#mixer.send(command) }),
    );
    this.own('timed text', timedText.attach(webinarId, { captions: this.#createCaptions(), marks: this.#marks }));
    this.own(
      'roster',
      roster.watch(webinarId, (participants) => this.#mixer.send({ type: 'setParticipants', participants })),
    );
    this.own(
      'speaker',
      sfu.events.on('activeSpeaker', (id, participantId) => {
        if (id === webinarId) this.#mixer.send({ type: 'setSpeaker', participantId });
      }),
    );
    // Who speaks already is no change that anybody would report.
    this.#mixer.send({ type: 'setSpeaker', participantId: sfu.activeSpeaker(webinarId) });
    this.own(
      'presence',
      roster.onPresence(webinarId, (event) => recording.event(event)),
    );
    this.#mixer.start();
    try {
      await withDeadline(this.#program.playable, playableDeadlineMs, clock, 'the first segment of the program');
    } catch (error) {
      await this.close('start failed');
      origin.removeProgram(this.sessionId);
      throw error;
    }
    this.advanceTo('running');
  }

  /** Flushes the mixer, ends the playlists, hands the rest to the recorder. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.close('event ended');
  }

  protected override onReleaseFailed(name: string, error: unknown): void {
    this.#logger.error({ part: name, error }, 'pipeline part did not close cleanly');
  }

  #createCaptions(): LiveCaptions {
    const { captions, mixerConfig, recording, clock } = this.#options;
    return new LiveCaptions({
      channels: captions,
      program: this.#program,
      playoutDelayMs: mixerConfig.playoutDelayMs,
      clock,
      onCaption: (event) => recording.event(event),
    });
  }

  #createMarks(): LiveMarks {
    const { webinarId, mixerConfig, roster, recording, clock } = this.#options;
    return new LiveMarks({
      program: this.#program,
      playoutDelayMs: mixerConfig.playoutDelayMs,
      nameOf: (participantId) => roster.nameOf(webinarId, participantId),
      clock,
      logger: this.#logger,
      onMark: (event) => recording.event(event),
    });
  }

  #createMixer(): MixerSupervisor {
    const { mixerConfig, webinarId, title, rtpListenIp, launchMixer, clock, metrics } = this.#options;
    return createMixerSupervisor({
      launch: launchMixer,
      clock,
      logger: this.#logger,
      metrics,
      program: {
        webinarId,
        title,
        canvas: { width: mixerConfig.width, height: mixerConfig.height, frameRate: mixerConfig.frameRate },
        ...mixerRenditions(mixerConfig, this.#options.languages),
        // Two per segment: a viewer who joins waits for less, and the first segment can be half as long.
        gopFrameCount: Math.round((this.#program.timing.segmentSec * mixerConfig.frameRate) / 2),
        rtpListenIp,
        playoutDelayMs: mixerConfig.playoutDelayMs,
        ffmpegPath: mixerConfig.ffmpegPath,
        decoderSandbox: this.#options.decoderSandbox,
      },
      nextRun: () => ({ runIndex: this.#nextRunIndex++, startTimeSec: this.#program.nextRunStartSec() }),
      onEvent: (event, place) => this.#onMixerEvent(event, place),
      onRunEnded: (place, cause) => this.#onRunEnded(place, cause),
      onProcessGone: () => this.#feed.detach(),
    });
  }

  #onMixerEvent(event: ProgramEvent, place: RunPlace): void {
    // A run whose output was refused is being replaced; what its encoder still writes is not wanted.
    const isOutput = event.type === 'init' || event.type === 'fragment';
    if (isOutput && place.runIndex === this.#refusedRunIndex) return;
    try {
      this.#handle(event);
    } catch (thrown) {
      this.#refusedRunIndex = place.runIndex;
      const { code } = toRostrumError(thrown);
      this.#logger.error({ error: thrown, code, event: event.type, runIndex: place.runIndex }, 'mixer output refused');
      this.#mixer.replaceRun(code);
    }
  }

  #handle(event: ProgramEvent): void {
    switch (event.type) {
      case 'listening':
        this.#feed.attach({ ip: this.#options.rtpListenIp, port: event.rtpPort });
        break;
      case 'runStarted':
        this.#program.beginRun({
          runIndex: event.runIndex,
          startTimeSec: event.startTimeSec,
          frameZeroWallMs: event.frameZeroWallMs,
          renditionIds: event.renditionIds,
        });
        break;
      case 'init':
        this.#program.pushInit(event.renditionId, event.bytes);
        break;
      case 'fragment':
        this.#program.pushFragment(event.renditionId, event.bytes);
        break;
      case 'keyframeNeeded':
        this.#feed.requestKeyframe(event.sourceId);
        break;
      case 'tileSizeChanged':
        this.#feed.setTileHeight(event.sourceId, event.size?.height ?? null);
        break;
      case 'spotlightChanged':
        this.#marks.speakerChanged(event.participantId, event.atWallMs);
        this.#options.recording.event({
          type: 'speakerChanged',
          atMs: event.atWallMs,
          participantId: event.participantId,
        });
        break;
      case 'layoutApplied':
      case 'sceneApplied':
      case 'brandingApplied':
        this.#options.control.handle(this.#options.webinarId, event);
        this.#options.recording.programChanged(event);
        break;
      case 'stats':
        this.#logger.debug({ ...event.stats }, 'mixer stats');
        break;
      case 'runEnded':
        break;
      case 'stopped':
      case 'failed':
        this.#logger.info({ ...event }, 'mixer run over');
        break;
    }
  }

  #onRunEnded(place: RunPlace, cause: string): void {
    if (this.#isEnding) {
      // At once, and not when it is the program's turn to be released: viewers would be told of a last part first, and
      // ask again.
      this.#program.end();
      return;
    }
    this.#program.endRun(cause);
    if (this.isClosed) return;
    const { runIndex } = place;
    this.#options.recording.event({
      type: 'programInterrupted',
      atMs: this.#options.clock.wallMs(),
      runIndex,
      cause,
    });
    this.#logger.warn({ runIndex, cause }, 'program interrupted');
  }
}
