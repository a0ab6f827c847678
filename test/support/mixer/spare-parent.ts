/** A server's part that keeps a spare mixer, as a process of its own that a test can kill: prints the spare's process id. */
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { SpareMixer } from '../../../src/mixer/index.ts';
import { forkMixer } from './fork-mixer.ts';

const spare = new SpareMixer({
  clock: systemClock,
  logger: silentLogger,
  metrics: new Metrics(),
  launch: () => {
    const mixer = forkMixer();
    mixer.child.once('message', () => process.stdout.write(`${mixer.child.pid}\n`));
    return mixer;
  },
});
spare.start();
