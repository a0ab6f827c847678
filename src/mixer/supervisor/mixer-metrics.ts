/** Turns the running totals a mixer reports into metrics of this process. */
import { type CounterMetric, type HistogramMetric, type Metrics } from '../../core/metrics.ts';
import { type MixerStats } from '../ports.ts';

type Total = 'frameCount' | 'lateTickCount' | 'repeatedFrameCount';

export class MixerMetrics {
  readonly restarts: CounterMetric;
  readonly #encoderRuns: CounterMetric;
  readonly #totals: Readonly<Record<Total, CounterMetric>>;
  readonly #backlog: HistogramMetric;
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
    this.#backlog = metrics.histogram({
      name: 'rostrum_mixer_encoder_backlog_frames',
      help: 'Frames inside the encoder, every 5 s; 15 are half a second.',
      buckets: [3, 8, 15, 30, 60, 120],
    });
  }

  /** A new process counts from zero. */
  processStarted(): void {
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
    if (stats.encoderBacklogFrameCount !== undefined) this.#backlog.observe(stats.encoderBacklogFrameCount);
  }
}
