/** Every bench there is. */
import { avsyncBench } from '../avsync.ts';
import { joinBench } from '../join.ts';
import { latencyBench } from '../latency.ts';
import { mixerBench } from '../mixer.ts';
import { originBench } from '../origin.ts';
import { recordingBench } from '../recording.ts';
import { sfuBench } from '../sfu.ts';
import { startBench } from '../start.ts';
import { type Bench } from './bench.ts';

export const benches: readonly Bench[] = [
  latencyBench,
  mixerBench,
  avsyncBench,
  startBench,
  joinBench,
  recordingBench,
  originBench,
  sfuBench,
];
