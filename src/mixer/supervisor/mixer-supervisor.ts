/** Keeps one program on air: starts mixer processes, watches them, replaces the dead, and hands their events on. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { type Metrics } from '../../core/metrics.ts';
import { type MixerCommand, type MixerRunOptions, type SceneCommand } from '../ports.ts';
import { backoffMs } from './backoff.ts';
import { type MixerProcess, type RunPlace } from './mixer-process-port.ts';
import { MixerMetrics } from './mixer-metrics.ts';
import { StageMemory } from './stage-memory.ts';
import { type ProgramEvent, SupervisedProcess } from './supervised-process.ts';

export interface MixerSupervisorOptions {
  readonly launch: () => MixerProcess;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Everything about the program that stays the same from run to run. */
  readonly program: Omit<MixerRunOptions, keyof RunPlace>;
  /** Asked before each run: for every process, and for every further encoder of one. */
  readonly nextRun: () => RunPlace;
  /** Every event of the process that runs now. `listening`: attach all sources anew, the port is another one. */
  readonly onEvent: (event: ProgramEvent, place: RunPlace) => void;
  /** Every event of this run was delivered. Called once per place that was asked for; the process may go on. */
  readonly onRunEnded: (place: RunPlace, cause: string) => void;
  /** The process is gone, and the port it listened on. Its run has ended before. */
  readonly onProcessGone: () => void;
}

export interface MixerSupervisor {
  start(): void;
  /** Changes what is on stage; kept for the successor where that makes sense. */
  send(command: SceneCommand): void;
  /** Ends the run, whose output is of no use, and has another encoder go on; the process is killed when that fails. */
  replaceRun(cause: string): void;
  /** Ends the program in order: resolves when the process is gone and everything was delivered. Idempotent. */
  stop(reason: string): Promise<void>;
}

/** A process that held this long clears the count of failures. */
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
  /** Of the run that is open. */
  #place: RunPlace | undefined;
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

  send(command: SceneCommand): void {
    if (this.isClosed) return;
    this.#memory.remember(command);
    this.#current?.send(command);
  }

  replaceRun(cause: string): void {
    if (this.#place !== undefined) this.#current?.endRun(this.#place.runIndex, cause);
  }

  async stop(reason: string): Promise<void> {
    await this.close(reason);
  }

  protected override onReleaseFailed(name: string, error: unknown): void {
    this.#options.logger.error({ error, name }, 'mixer supervisor could not release');
  }

  #launch(): void {
    const { launch, clock, logger, program, nextRun } = this.#options;
    const place = nextRun();
    this.#place = place;
    const startedAtMs = clock.nowMs();
    this.#metrics.processStarted();
    const supervised = new SupervisedProcess({
      process: launch(),
      clock,
      logger: logger.child({ webinarId: program.webinarId }),
      onEvent: (event) => this.#onEvent(event),
      onGone: (cause) => this.#onGone(cause, clock.nowMs() - startedAtMs),
    });
    this.#current = supervised;
    supervised.send({ type: 'start', options: { ...program, ...place } } satisfies MixerCommand);
    for (const command of this.#memory.replay()) supervised.send(command);
  }

  #onEvent(event: ProgramEvent): void {
    if (event.type === 'stats') this.#metrics.observe(event.stats);
    // After a run that was ended already, as by a program that closes, nothing has a place any more.
    if (this.#place === undefined) return;
    this.#options.onEvent(event, this.#place);
    if (event.type === 'runEnded') this.#onEncoderGone(event.cause);
  }

  /** The process goes on and waits for the place of its next encoder. */
  #onEncoderGone(cause: string): void {
    const { logger, nextRun } = this.#options;
    const endedIndex = this.#place?.runIndex;
    this.#endRun(cause);
    this.#metrics.encoderReplaced(cause);
    if (this.isClosed || this.#current === undefined || this.#current.isLeaving) return;
    const { runIndex, startTimeSec } = (this.#place = nextRun());
    logger.warn({ endedIndex, runIndex, cause }, 'mixer run ended, another encoder goes on');
    this.#current.send({ type: 'beginRun', runIndex, startTimeSec });
  }

  #onGone(cause: string, livedMs: number): void {
    const { clock, logger, onProcessGone } = this.#options;
    this.#current = undefined;
    this.#memory.forgetSources();
    const runIndex = this.#place?.runIndex;
    this.#endRun(cause);
    onProcessGone();
    if (this.isClosed) return;
    this.#failureCount = livedMs >= stableRunMs ? 1 : this.#failureCount + 1;
    const delayMs = backoffMs(this.#failureCount);
    logger.warn({ runIndex, cause, livedMs, delayMs }, 'mixer process ended, restarting');
    this.#metrics.restarts.inc();
    this.#restartTimer = clock.schedule(delayMs, () => this.#launch());
  }

  #endRun(cause: string): void {
    const place = this.#place;
    this.#place = undefined;
    if (place !== undefined) this.#options.onRunEnded(place, cause);
  }
}
