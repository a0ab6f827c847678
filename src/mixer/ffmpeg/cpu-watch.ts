/** Notices a process that computes without end. */
import { type Clock } from '../../core/clock.ts';
import { cpuTimeMs } from './child-processes.ts';

export interface CpuWatchOptions {
  readonly clock: Clock;
  readonly pid: number;
  /** Called once; the watch is over then. */
  readonly onRunaway: () => void;
  /** CPU time used so far, in ms; undefined when the process is gone. /proc by default. */
  readonly cpuTimeMs?: (pid: number) => number | undefined;
}

/**
 * A decoder has one thread, so it can never use more than a core; a 1080p camera takes a third of one. All but a whole
 * core for so long is no camera that anybody could send in real time.
 */
export const runawayCores = 0.95;
/** Turns in a row. */
export const runawayTurnCount = 10;
const turnMs = 1000;

export class CpuWatch {
  readonly #options: CpuWatchOptions;
  readonly #timer: { cancel(): void };
  #lastCpuMs: number | undefined;
  #lastAtMs: number;
  #busyTurnCount = 0;

  constructor(options: CpuWatchOptions) {
    this.#options = options;
    this.#lastAtMs = options.clock.nowMs();
    this.#timer = options.clock.repeat(turnMs, () => this.#turn());
  }

  stop(): void {
    this.#timer.cancel();
  }

  #turn(): void {
    const { clock, pid, onRunaway, cpuTimeMs: read = cpuTimeMs } = this.#options;
    const cpuMs = read(pid);
    const atMs = clock.nowMs();
    const elapsedMs = atMs - this.#lastAtMs;
    const isBusy =
      cpuMs !== undefined && this.#lastCpuMs !== undefined && cpuMs - this.#lastCpuMs >= runawayCores * elapsedMs;
    this.#lastCpuMs = cpuMs;
    this.#lastAtMs = atMs;
    this.#busyTurnCount = isBusy ? this.#busyTurnCount + 1 : 0;
    if (this.#busyTurnCount < runawayTurnCount) return;
    this.stop();
    onRunaway();
  }
}
