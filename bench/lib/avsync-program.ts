/** The way of a panelist's media in a live event, without browsers: RTP, real SFU workers, a real mixer process, its fragments. */
import { launchMixer } from '../../src/app/roles/launch.ts';
import { MixerFeed } from '../../src/app/pipeline/mixer-feed.ts';
import { audioRenditionId, mixerRenditions, videoRenditionId } from '../../src/app/pipeline/renditions.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createLogger } from '../../src/core/logger.ts';
import { Metrics } from '../../src/core/metrics.ts';
import {
  createMixerSupervisor,
  ladderOf,
  type MixerStats,
  type MixerSupervisor,
  mixerConfigSchema,
} from '../../src/mixer/index.ts';
import { type SfuCascade } from '../../src/sfu-cascade/index.ts';
import { type Skew, SyncMeter } from '../../test/support/av-sync/index.ts';

/** One small rung: what is measured does not depend on size, and the machine has other things to do. */
const config = mixerConfigSchema.parse({ ladder: '640x360:600000' });
const segmentSec = 2;
const startTimeSec = 10;
/** Program time of the first frame. */
export const programStartMs = startTimeSec * 1000;
export const { playoutDelayMs, frameRate } = config;

export interface AvSyncProgramOptions {
  readonly sfu: SfuCascade;
  readonly webinarId: string;
  readonly peerId: string;
  /** As `SyncMeter` gives it. */
  readonly onSound?: (samples: Float32Array, startMs: number) => void;
  /** Every 5 s. */
  readonly onStats?: (stats: MixerStats) => void;
}

export class AvSyncProgram {
  readonly #meter: SyncMeter;
  readonly #mixer: MixerSupervisor;
  readonly #feed: MixerFeed;
  readonly #ended = Promise.withResolvers<never>();
  #lastStats: MixerStats | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: AvSyncProgramOptions) {
    const { sfu, webinarId, peerId, onSound, onStats } = options;
    this.#meter = new SyncMeter({
      video: videoRenditionId(ladderOf(config)[0]!),
      audio: audioRenditionId('main'),
      frameRate,
      ...(onSound && { onSound }),
    });
    process.env.ROSTRUM_LOG_LEVEL ??= 'error';
    const logger = createLogger({ level: 'error', role: 'bench' });
    this.#mixer = createMixerSupervisor({
      launch: () => launchMixer({ clock: systemClock, logger }),
      clock: systemClock,
      logger,
      metrics: new Metrics(),
      program: {
        webinarId,
        title: 'Lip sync bench',
        canvas: { width: config.width, height: config.height, frameRate },
        ...mixerRenditions(config),
        gopFrameCount: segmentSec * frameRate,
        rtpListenIp: '127.0.0.1',
        playoutDelayMs,
        ffmpegPath: config.ffmpegPath,
      },
      nextRun: () => ({ runIndex: 0, startTimeSec }),
      onEvent: (event) => {
        if (event.type === 'listening') this.#feed.attach({ ip: '127.0.0.1', port: event.rtpPort });
        else if (event.type === 'init' || event.type === 'fragment') this.#meter.push(event);
        else if (event.type === 'stats') {
          this.#lastStats = event.stats;
          onStats?.(event.stats);
        }
      },
      // A second run would have another time line.
      onRunEnded: (_, cause) => this.#ended.reject(new Error(`The run ended: ${cause}`)),
      onProcessGone: () => undefined,
    });
    // Met by whoever waits for it.
    this.#ended.promise.catch(() => undefined);
    this.#feed = new MixerFeed({ webinarId, sfu, mixer: this.#mixer, logger });
    const person = { participantId: peerId, displayName: 'Flash and beep', isMicrophoneOn: true, isCameraOn: true };
    this.#mixer.send({ type: 'setParticipants', participants: [person] });
    this.#mixer.start();
  }

  /** Rejects when the program ends by itself. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** Totals of the last 5 s mark. */
  get lastStats(): MixerStats | undefined {
    return this.#lastStats;
  }

  /** Of everything published so far. */
  skews(): Promise<Skew[]> {
    return this.#meter.skews();
  }

  /** Idempotent; resolves when the process is gone and everything was published. */
  close(): Promise<void> {
    this.#feed.close();
    this.#closing ??= this.#mixer.stop('the bench is over');
    return this.#closing;
  }
}
