/** Keeps one program on air: starts mixer processes, watches them, replaces the dead, and hands their events on. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { type Metrics } from '../../core/metrics.ts';
import { type MixerCommand, type MixerEvent, type MixerRunOptions } from '../ports.ts';
import { backoffMs } from './backoff.ts';
import { type MixerProcess, type RunPlace } from './mixer-process-port.ts';
import { MixerMetrics } from './mixer-metrics.ts';
import { StageMemory } from './stage-memory.ts';
import { SupervisedProcess } from './supervised-process.ts';

export interface MixerSupervisorOptions {
  readonly launch: () => MixerProcess;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Everything about the program that stays the same from run to run. */
  readonly program: Omit<MixerRunOptions, keyof RunPlace>;
  /** Asked before each start. */
  readonly nextRun: () => RunPlace;
  /** Every event of the process that runs now. `listening`: attach all sources anew, the port is another one. */
  readonly onEvent: (event: MixerEvent, place: RunPlace) => void;
  /** The process of this run is gone and every event of it was delivered. Called once per place that was asked for. */
  readonly onRunEnded: (place: RunPlace, cause: string) => void;
}

export interface MixerSupervisor {
  start(): void;
  /** Changes what is on stage; kept for the successor where that makes sense. `start` and `stop` are not for here. */
  send(command: Exclude<MixerCommand, { type: 'start' | 'stop' }>): void;
  /** Replaces a process whose output is of no use; as if it had died of `cause`. */
  restart(cause: string): void;
  /** Ends the program in order: resolves when the process is gone and everything was delivered. Idempotent. */
  stop(reason: string): Promise<void>;
}

/** A run that held this long clears the count of failures. */
export const stableRunMs = 30_000;
/** What the last process gets to flush its encoder and leave. */
const stopDeadlineMs = 15_000;

export function createMixerSupervisor(options: MixerSupervisorOptions): MixerSupervisor {
  return new ProgramSupervisor(options);
}

class ProgramSupervisor extends Lifecycle implements MixerSupervisor {
  readonly #options: MixerSupervisorOptions;
  readonly #memory = new StageMemory();
  readonly #metrics: MixerMetrics;
  #current: SupervisedProcess | undefined;
  #restartTimer: Timer | undefined;
  #failureCount = 0;

  constructor(options: MixerSupervisorOptions) {
    super({ clock: options.clock, closeDeadlineMs: stopDeadlineMs + 1000 });
    this.#options = options;
    this.#metrics = new MixerMetrics(options.metrics);
    this.own('restart timer', () => this.#restartTimer?.cancel());
    this.own('process', () => this.#current?.stop(stopDeadlineMs));
  }

  start(): void {
    this.advanceTo('running');
    this.#launch();
  }

  send(command: Exclude<MixerCommand, { type: 'start' | 'stop' }>): void {
    if (this.isClosed) return;
    this.#memory.remember(command);
    this.#current?.send(command);
  }

  restart(cause: string): void {
    this.#current?.kill(cause);
  }

  async stop(reason: string): Promise<void> {
    await this.close(reason);
  }

  protected override onReleaseFailed(name: string, error: unknown): void {
    this.#options.logger.error({ error, name }, 'mixer supervisor could not release');
  }

  #launch(): void {
    const { launch, clock, program, nextRun, onEvent } = this.#options;
    const place = nextRun();
    const startedAtMs = clock.nowMs();
    this.#metrics.runStarted();
    const logger = this.#options.logger.child({ webinarId: program.webinarId, runIndex: place.runIndex });
    const supervised = new SupervisedProcess({
      process: launch(),
      clock,
      logger,
      onEvent: (event) => {
        if (event.type === 'stats') this.#metrics.observe(event.stats);
        onEvent(event, place);
      },
      onGone: (cause) => this.#onGone(place, cause, clock.nowMs() - startedAtMs),
    });
    this.#current = supervised;
    supervised.send({ type: 'start', options: { ...program, ...place } });
    for (const command of this.#memory.replay()) supervised.send(command);
  }

  #onGone(place: RunPlace, cause: string, livedMs: number): void {
    const { clock, logger, onRunEnded } = this.#options;
    this.#current = undefined;
    this.#memory.forgetSources();
    onRunEnded(place, cause);
    if (this.isClosed) return;
    this.#failureCount = livedMs >= stableRunMs ? 1 : this.#failureCount + 1;
    const delayMs = backoffMs(this.#failureCount);
    logger.warn({ runIndex: place.runIndex, cause, livedMs, delayMs }, 'mixer process ended, restarting');
    this.#metrics.restarts.inc();
    this.#restartTimer = clock.schedule(delayMs, () => this.#launch());
  }
}
