/** Starts the session of a webinar that goes live: its recording, its program, and everywhere that the program goes. */
import { type Clock } from '../../core/clock.ts';
import { randomId } from '../../core/ids.ts';
import { type Logger } from '../../core/logger.ts';
import { type Metrics } from '../../core/metrics.ts';
import { type HlsOrigin, type HlsPush, type OriginFeed } from '../../hls/index.ts';
import { type Sandbox, type SpareMixer } from '../../mixer/index.ts';
import { type RecorderSupervisor } from '../../recording/index.ts';
import { type SfuCascade } from '../../sfu-cascade/index.ts';
import { type PlaybackGate } from '../auth/playback-gate.ts';
import { type Config } from '../config.ts';
import { type DvrStores } from '../dvr-stores.ts';
import { type ProgramControl } from '../program/program-control.ts';
import { type RecordingIndex } from '../store/recording-index.ts';
import { type WebinarRow } from '../store/schema.ts';
import { type TimedTextDesk } from '../timed-text/timed-text-desk.ts';
import { languageChannels, parseLanguages } from '../webinars/languages.ts';
import { type StageRoster } from '../webinars/stage-roster.ts';
import { ProgramPipeline } from './program-pipeline.ts';
import { captionChannels, captionRenditions, programRenditions } from './renditions.ts';
import { SessionRecording } from './session-recording.ts';

/** How FFmpeg is run on what panelists send. */
export interface Decoders {
  /** Absolute, as sandboxes need it. */
  readonly ffmpegPath: string;
  readonly sandbox: Sandbox;
}

export interface SessionStarterOptions {
  readonly config: Config;
  readonly sfu: SfuCascade;
  readonly origin: HlsOrigin;
  readonly push: HlsPush | undefined;
  readonly feed: OriginFeed;
  readonly gate: PlaybackGate;
  readonly dvrStores: DvrStores;
  readonly recorder: RecorderSupervisor;
  readonly roster: StageRoster;
  readonly index: RecordingIndex;
  readonly control: ProgramControl;
  readonly timedText: TimedTextDesk;
  readonly decoders: Decoders;
  readonly spareMixer: SpareMixer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export class SessionStarter {
  readonly #options: SessionStarterOptions;

  constructor(options: SessionStarterOptions) {
    this.#options = options;
  }

  /** Resolves when viewers can play. On failure everything is closed again. */
  async start(webinar: WebinarRow): Promise<ProgramPipeline> {
    const { config, push, feed, gate, decoders, spareMixer, dvrStores, recorder, clock } = this.#options;
    const { sfu, origin, roster, control, timedText, logger, metrics } = this.#options;
    const session = { webinarId: webinar.webinar_id, sessionId: randomId(), title: webinar.title };
    const languages = languageChannels(parseLanguages(webinar.languages));
    const captions = captionChannels(languageChannels(parseLanguages(webinar.captions)));
    await this.#enterInIndex(session);
    const recording = new SessionRecording({
      ...session,
      renditions: programRenditions(config.mixer, languages),
      captions: captionRenditions(captions),
      recorder,
      clock,
    });
    const pipeline = new ProgramPipeline({
      ...session,
      ...{ languages, captions, sfu, origin, roster, recording, control, timedText, clock, logger, metrics },
      mixerConfig: { ...config.mixer, ffmpegPath: decoders.ffmpegPath },
      decoderSandbox: decoders.sandbox,
      hlsConfig: config.hls,
      dvrStore: dvrStores.of(session.sessionId),
      rtpListenIp: config.sfu.internalIp,
      launchMixer: () => spareMixer.take(),
      spreadProgram: (program) => {
        push?.follow(program, () => !gate.isPrivate(program.webinarId));
        feed.follow(program);
      },
    });
    await pipeline.start();
    return pipeline;
  }

  /** Live outranks recording: what the index misses is found again in the store at the next start. */
  async #enterInIndex(session: { webinarId: string; sessionId: string; title: string }): Promise<void> {
    const { webinarId, sessionId, title } = session;
    const { index, clock, logger } = this.#options;
    const row = { recording_id: sessionId, webinar_id: webinarId, title, started_at_ms: clock.wallMs() };
    await index.add(row).catch((error: unknown) => logger.error({ error }, 'recording index could not be written'));
  }
}
