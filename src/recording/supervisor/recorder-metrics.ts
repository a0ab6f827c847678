/** What the server measures about its recorder. */
import { type Metrics } from '../../core/metrics.ts';

export function createRecorderMetrics(metrics: Metrics) {
  return {
    unacknowledgedBytes: metrics.gauge({
      name: 'rostrum_recorder_unacknowledged_bytes',
      help: 'Bytes handed to the recorder that are not durable yet.',
    }),
    lostParts: metrics.counter({
      name: 'rostrum_recorder_lost_parts_total',
      help: 'Parts dropped because the recorder was away too long.',
    }),
    restarts: metrics.counter({
      name: 'rostrum_recorder_restarts_total',
      help: 'Deaths of the recorder process.',
    }),
    finished: metrics.counter({
      name: 'rostrum_recordings_finished_total',
      help: 'Recordings complete in the object store.',
    }),
    failed: metrics.counter({
      name: 'rostrum_recordings_failed_total',
      help: 'Recordings that could not be finished; their spool is kept.',
      labels: ['code'],
    }),
    interrupted: metrics.counter({
      name: 'rostrum_recordings_interrupted_total',
      help: 'Times a recording lost media because its spool could not be written.',
      labels: ['code'],
    }),
  };
}
