/** Asks a worker for its resource usage every second: a process that lives but answers no more is as good as dead. */
import { type types } from 'mediasoup';
import { type Clock, type Timer } from '../core/clock.ts';
import { sfuLimits } from './limits.ts';

export class WorkerWatchdog {
  readonly #worker: types.Worker;
  readonly #onHung: () => void;
  readonly #onCpuRatio: (ratio: number) => void;
  readonly #timer: Timer;
  readonly #clock: Clock;
  #unansweredTickCount = 0;
  #isAsking = false;
  #last: { readonly cpuMs: number; readonly atMs: number } | undefined;

  /**
   * `onHung` is called once, after `workerHungMs` without an answer. Time is counted in ticks of our own event loop, so
   * that a pause of this process is not held against the worker. `onCpuRatio`: share of one core since the last answer.
   */
  constructor(options: {
    worker: types.Worker;
    clock: Clock;
    onHung: () => void;
    onCpuRatio: (ratio: number) => void;
  }) {
    this.#worker = options.worker;
    this.#clock = options.clock;
    this.#onHung = options.onHung;
    this.#onCpuRatio = options.onCpuRatio;
    this.#timer = options.clock.repeat(sfuLimits.workerProbeIntervalMs, () => this.#tick());
  }

  stop(): void {
    this.#timer.cancel();
  }

  #tick(): void {
    if (!this.#isAsking) {
      void this.#ask();
      return;
    }
    this.#unansweredTickCount++;
    if (this.#unansweredTickCount * sfuLimits.workerProbeIntervalMs < sfuLimits.workerHungMs) return;
    this.stop();
    this.#onHung();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      const usage = await this.#worker.getResourceUsage();
      this.#report(usage.ru_utime + usage.ru_stime);
    } catch {
      // The worker ended meanwhile: its `died` event says so, and stops this.
    } finally {
      this.#isAsking = false;
      this.#unansweredTickCount = 0;
    }
  }

  #report(cpuMs: number): void {
    const atMs = this.#clock.nowMs();
    const elapsedMs = this.#last === undefined ? 0 : atMs - this.#last.atMs;
    if (this.#last !== undefined && elapsedMs > 0) this.#onCpuRatio((cpuMs - this.#last.cpuMs) / elapsedMs);
    this.#last = { cpuMs, atMs };
  }
}
