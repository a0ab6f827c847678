/** Turns the running totals a mixer reports into metrics of this process. */
import { type CounterMetric, type HistogramMetric, type Metrics } from '../../core/metrics.ts';
import { type MixerStats } from '../ports.ts';

type Total = 'frameCount' | 'lateTickCount' | 'repeatedFrameCount';

interface DecoderTotals {
  readonly misbehaved: number;
  readonly ended: number;
}

export class MixerMetrics {
  readonly restarts: CounterMetric;
  readonly #encoderRuns: CounterMetric;
  readonly #totals: Readonly<Record<Total, CounterMetric>>;
  readonly #backlog: HistogramMetric;
  readonly #decoderRestarts: CounterMetric;
  /** Of the sources in the last report, by their id. */
  #decoders = new Map<string, DecoderTotals>();
  #last: Readonly<Record<Total, number>> = { frameCount: 0, lateTickCount: 0, repeatedFrameCount: 0 };

  constructor(metrics: Metrics) {
    this.restarts = metrics.counter({
      name: 'rostrum_mixer_restarts_total',
      help: 'Mixer processes started to replace one that ended.',
    });
    this.#encoderRuns = metrics.counter({
      name: 'rostrum_mixer_encoders_replaced_total',
      help: 'Encoders replaced in a mixer process that went on, by cause; ladderRestored is no failure.',
      labels: ['cause'],
    });
    this.#totals = {
      frameCount: metrics.counter({ name: 'rostrum_mixer_frames_total', help: 'Program frames given to the encoder.' }),
      lateTickCount: metrics.counter({ name: 'rostrum_mixer_late_ticks_total', help: 'Ticks over 10 ms late.' }),
      repeatedFrameCount: metrics.counter({
        name: 'rostrum_mixer_repeated_frames_total',
        help: 'Program frames that showed the one before, because the encoder lagged.',
      }),
    };
    this.#decoderRestarts = metrics.counter({
      name: 'rostrum_mixer_decoder_restarts_total',
      help: 'Decoders started again, by cause: `ended` by itself or by a limit, `misbehaved` and was killed.',
      labels: ['cause'],
    });
    this.#backlog = metrics.histogram({
      name: 'rostrum_mixer_encoder_backlog_frames',
      help: 'Frames inside the encoder, every 5 s; 15 are half a second.',
      buckets: [3, 8, 15, 30, 60, 120],
    });
  }

  /** A new process counts from zero. */
  processStarted(): void {
    this.#decoders = new Map();
    this.#last = { frameCount: 0, lateTickCount: 0, repeatedFrameCount: 0 };
  }

  encoderReplaced(cause: string): void {
    this.#encoderRuns.inc({ cause });
  }

  observe(stats: MixerStats): void {
    for (const total of Object.keys(this.#totals) as Total[]) {
      this.#totals[total].inc({}, Math.max(0, stats[total] - this.#last[total]));
    }
    this.#last = stats;
    this.#observeDecoders(stats.sources);
    if (stats.encoderBacklogFrameCount !== undefined) this.#backlog.observe(stats.encoderBacklogFrameCount);
  }

  #observeDecoders(sources: MixerStats['sources']): void {
    const before = this.#decoders;
    this.#decoders = new Map();
    for (const { sourceId, decoderRestartCount, decoderMisbehaviourCount = 0 } of sources) {
      // The kill comes before the restart that it leads to.
      const now = { misbehaved: decoderMisbehaviourCount, ended: decoderRestartCount - decoderMisbehaviourCount };
      const last = before.get(sourceId) ?? { misbehaved: 0, ended: 0 };
      this.#decoders.set(sourceId, { misbehaved: now.misbehaved, ended: Math.max(now.ended, last.ended) });
      for (const cause of ['misbehaved', 'ended'] as const) {
        this.#decoderRestarts.inc({ cause }, Math.max(0, now[cause] - last[cause]));
      }
    }
  }
}
