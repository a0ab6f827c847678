/** The workers of this machine, one slot per port; tells which are up and passes on their deaths. */
import { availableParallelism } from 'node:os';
import { setLogEventListeners } from 'mediasoup';
import { type Clock } from '../core/clock.ts';
import { Lifecycle } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { type CounterMetric, type GaugeMetric, type Metrics } from '../core/metrics.ts';
import { TypedEmitter } from '../core/typed-emitter.ts';
import { listenAddresses, type SfuConfig } from './config.ts';
import { startWorker } from './worker-process.ts';
import { WorkerSlot } from './worker-slot.ts';

type WorkerPoolEvents = {
  workerUp: [workerIndex: number];
  workerDied: [workerIndex: number];
};

export class WorkerPool extends Lifecycle {
  readonly events = new TypedEmitter<WorkerPoolEvents>();
  readonly slots: readonly WorkerSlot[];
  readonly #upGauge: GaugeMetric;
  readonly #deathCounter: CounterMetric;
  readonly #logger: Logger;

  constructor(options: { config: SfuConfig; clock: Clock; logger: Logger; metrics: Metrics }) {
    super({ clock: options.clock });
    const { config, clock, logger, metrics } = options;
    this.#logger = logger;
    this.#upGauge = metrics.gauge({ name: 'rostrum_sfu_workers_up', help: 'Media workers that run.' });
    this.#deathCounter = metrics.counter({ name: 'rostrum_sfu_worker_deaths_total', help: 'Media workers that died.' });
    const cpuGauge = metrics.gauge({
      name: 'rostrum_sfu_worker_cpu_ratio',
      help: 'Share of one core a media worker uses.',
      labels: ['worker'],
    });
    const addresses = listenAddresses(config);
    const workerCount = config.workerCount === 0 ? Math.max(2, availableParallelism()) : config.workerCount;
    this.slots = Array.from({ length: workerCount }, (_, workerIndex) => {
      const port = config.basePort + workerIndex;
      return new WorkerSlot({
        workerIndex,
        port,
        clock,
        logger,
        start: () => startWorker({ config, port, addresses, clock }),
        listener: {
          workerUp: () => this.#handleUp(workerIndex),
          workerDied: () => this.#handleDied(workerIndex),
          workerCpuRatio: (_slot, ratio) => cpuGauge.set(ratio, { worker: String(workerIndex) }),
        },
      });
    });
    for (const slot of this.slots) this.own(`worker ${slot.workerIndex}`, (reason) => slot.close(reason));
  }

  /** Starts every worker; when one cannot start, the others are ended again. @throws what `startWorker` throws */
  async start(): Promise<void> {
    this.advanceTo('starting');
    setLogEventListeners({
      onwarn: (namespace, log) => this.#logger.debug({ namespace, log }, 'mediasoup warning'),
      onerror: (namespace, log, error) => this.#logger.warn({ namespace, log, error }, 'mediasoup error'),
    });
    const starts = await Promise.allSettled(this.slots.map((slot) => slot.start()));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed !== undefined) {
      await this.close('a worker did not start');
      throw failed.reason;
    }
    this.advanceTo('running');
  }

  get upSlots(): readonly WorkerSlot[] {
    return this.slots.filter((slot) => slot.isUp);
  }

  #handleUp(workerIndex: number): void {
    this.#upGauge.set(this.upSlots.length);
    this.events.emit('workerUp', workerIndex);
  }

  #handleDied(workerIndex: number): void {
    this.#deathCounter.inc();
    this.#upGauge.set(this.upSlots.length);
    this.events.emit('workerDied', workerIndex);
  }
}
