/** One place for a worker: its port, its process, and the replacement when the process dies. */
import { type types } from 'mediasoup';
import { type Clock, type Timer } from '../core/clock.ts';
import { type RostrumError, toRostrumError } from '../core/errors.ts';
import { Lifecycle } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { sfuLimits } from './limits.ts';
import { endWorker, killWorker, type RunningWorker } from './worker-process.ts';
import { WorkerWatchdog } from './worker-watchdog.ts';

export interface WorkerSlotListener {
  /** A worker runs here (the first one, or a replacement). */
  workerUp(slot: WorkerSlot): void;
  /** The worker's process is gone, and with it every router and transport on it. */
  workerDied(slot: WorkerSlot): void;
  /** Share of one core the worker used in the last second. */
  workerCpuRatio(slot: WorkerSlot, ratio: number): void;
}

export class WorkerSlot extends Lifecycle {
  readonly workerIndex: number;
  readonly port: number;
  readonly #start: () => Promise<RunningWorker>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listener: WorkerSlotListener;
  #running: RunningWorker | undefined;
  #watchdog: WorkerWatchdog | undefined;
  #upSinceMs = 0;
  #nextBackoffMs: number = sfuLimits.restartBackoffFirstMs;
  #restartTimer: Timer | undefined;
  #restarting: Promise<void> = Promise.resolve();

  constructor(options: {
    workerIndex: number;
    port: number;
    start: () => Promise<RunningWorker>;
    clock: Clock;
    logger: Logger;
    listener: WorkerSlotListener;
  }) {
    super({ clock: options.clock });
    this.workerIndex = options.workerIndex;
    this.port = options.port;
    this.#start = options.start;
    this.#clock = options.clock;
    this.#logger = options.logger.child({ workerIndex: options.workerIndex });
    this.#listener = options.listener;
    this.own('worker', () => this.#end());
  }

  get isUp(): boolean {
    return this.#running?.worker.closed === false && !this.isClosed;
  }

  get pid(): number | undefined {
    return this.#running?.worker.pid;
  }

  get webRtcServer(): types.WebRtcServer | undefined {
    return this.#running?.webRtcServer;
  }

  get worker(): types.Worker | undefined {
    return this.#running?.worker;
  }

  /** First start; later ones happen by themselves. @throws what `startWorker` throws */
  async start(): Promise<void> {
    this.advanceTo('starting');
    await this.#launch();
    this.advanceTo('running');
  }

  async #launch(): Promise<void> {
    const running = await this.#start();
    if (this.isClosed) {
      await endWorker(running.worker, this.#clock);
      return;
    }
    if (running.worker.died) throw toRostrumError(new Error('worker died while it started'));
    this.#running = running;
    this.#upSinceMs = this.#clock.nowMs();
    running.worker.on('died', (error) => this.#handleDied(error));
    this.#watchdog = new WorkerWatchdog({
      worker: running.worker,
      clock: this.#clock,
      onHung: () => this.#handleHung(running.worker),
      onCpuRatio: (ratio) => this.#listener.workerCpuRatio(this, ratio),
    });
    this.#logger.info({ pid: running.worker.pid, port: this.port }, 'media worker up');
    this.#listener.workerUp(this);
  }

  #handleHung(worker: types.Worker): void {
    this.#logger.error({ pid: worker.pid }, 'media worker hangs, killing it');
    killWorker(worker);
  }

  #handleDied(error: Error): void {
    this.#watchdog?.stop();
    this.#running = undefined;
    if (this.isClosed) return;
    this.#logger.error({ error }, 'media worker died');
    if (this.#clock.nowMs() - this.#upSinceMs >= sfuLimits.stableRunMs)
      this.#nextBackoffMs = sfuLimits.restartBackoffFirstMs;
    this.#scheduleRestart();
    this.#listener.workerDied(this);
  }

  #scheduleRestart(): void {
    const delayMs = this.#nextBackoffMs;
    this.#nextBackoffMs = Math.min(delayMs * 2, sfuLimits.restartBackoffMaxMs);
    this.#restartTimer = this.#clock.schedule(delayMs, () => {
      this.#restarting = this.#launch().catch((thrown: unknown) => this.#handleRestartFailed(toRostrumError(thrown)));
    });
  }

  #handleRestartFailed(error: RostrumError): void {
    if (this.isClosed) return;
    this.#logger.error({ code: error.code, error, retryMs: this.#nextBackoffMs }, 'media worker did not restart');
    this.#scheduleRestart();
  }

  async #end(): Promise<void> {
    this.#watchdog?.stop();
    this.#restartTimer?.cancel();
    await this.#restarting;
    const worker = this.#running?.worker;
    this.#running = undefined;
    if (worker !== undefined) await endWorker(worker, this.#clock);
  }
}
