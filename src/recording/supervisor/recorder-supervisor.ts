/** The server's side of the recorder process: numbers commands, keeps them until durable, restarts what died. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { type Metrics } from '../../core/metrics.ts';
import { TypedEmitter } from '../../core/typed-emitter.ts';
import { recorderEventSchema, type RecorderHandle } from '../channel.ts';
import { type FragmentMessage } from '../command-schema.ts';
import { maxInFlightBytes } from '../command-window.ts';
import { type RecorderEvent, type RecordingStart } from '../ports.ts';
import { retryDelayMs, type RetryPolicy } from '../retry.ts';
import { CommandBacklog, type UnnumberedCommand } from './command-backlog.ts';
import { createRecorderMetrics } from './recorder-metrics.ts';

const restartPolicy: RetryPolicy = { firstDelayMs: 200, maxDelayMs: 10_000 };
/** A process that lived this long was healthy: its death starts the backoff anew. */
const healthyAfterMs = 60_000;
/** Replaying a day of journal takes seconds; beyond this the process hangs. */
const readyDeadlineMs = 120_000;
/** An fsync on a busy disk takes seconds; beyond this the process hangs. */
const acknowledgeDeadlineMs = 60_000;
const exitDeadlineMs = 15_000;
/** Parts under way, beyond which fragments of the open one are not sent: some seconds of the largest picture. */
const maxBehindBytes = 4 << 20;

export interface RecorderSupervisorOptions {
  /** Starts a recorder process; the supervisor owns it. */
  readonly launch: () => RecorderHandle;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Media kept while the recorder is away; beyond it the oldest is lost (and counted), live is never held up. */
  readonly maxUnacknowledgedBytes: number;
  /** 0..1, for the restart backoff. */
  readonly random?: () => number;
}

type EventOf<Type extends RecorderEvent['type']> = Extract<RecorderEvent, { type: Type }>;

export type RecorderSupervisorEvents = {
  ready: [];
  progress: [EventOf<'progress'>];
  finished: [EventOf<'finished'>];
  failed: [EventOf<'failed'>];
  interrupted: [EventOf<'interrupted'>];
  resumed: [EventOf<'resumed'>];
  /** Media was dropped because the recorder was away too long. */
  mediaLost: [{ readonly sessionId: string; readonly partCount: number }];
  restarted: [{ readonly reason: string }];
};

export class RecorderSupervisor extends Lifecycle {
  readonly events = new TypedEmitter<RecorderSupervisorEvents>();
  readonly #options: RecorderSupervisorOptions;
  readonly #metrics: ReturnType<typeof createRecorderMetrics>;
  readonly #backlog: CommandBacklog;
  /** Sessions whose outcome was not heard yet. */
  readonly #sessions = new Map<string, { readonly start: RecordingStart; isEnded: boolean }>();
  #handle: RecorderHandle | undefined;
  #isReady = false;
  #restartCount = 0;
  #launchedAtMs = 0;
  #restartTimer: Timer | undefined;
  #watchdog: Timer | undefined;

  constructor(options: RecorderSupervisorOptions) {
    super({ clock: options.clock, closeDeadlineMs: exitDeadlineMs + 5000 });
    this.#options = options;
    this.#metrics = createRecorderMetrics(options.metrics);
    const maxBytes = options.maxUnacknowledgedBytes;
    this.#backlog = new CommandBacklog({
      maxBytes,
      maxInFlightBytes: Math.min(maxInFlightBytes, Math.ceil(maxBytes / 2)),
    });
    this.own('process', () => this.#stopProcess());
    this.own('timers', () => {
      this.#restartTimer?.cancel();
      this.#watchdog?.cancel();
    });
  }

  start(): void {
    this.advanceTo('running');
    this.#launch();
  }

  get unacknowledgedBytes(): number {
    return this.#backlog.totalBytes;
  }

  /**
   * Hands a command over and returns at once; bytes in it must not be changed afterwards. A `begin` comes first; after
   * `end` nothing follows for the session, and `finished` or `failed` tells the outcome.
   */
  send(command: UnnumberedCommand): void {
    if (this.isClosed) return;
    if (command.type === 'begin') {
      if (this.#sessions.has(command.start.sessionId)) return;
      this.#sessions.set(command.start.sessionId, { start: command.start, isEnded: false });
    }
    const partCount = this.#backlog.push(command, this.#options.clock.wallMs());
    if (partCount > 0 && command.type !== 'begin') {
      this.#metrics.lostParts.inc({}, partCount);
      this.events.emit('mediaLost', { sessionId: command.sessionId, partCount });
    }
    this.#sendWaiting();
  }

  /**
   * Hands over media of the part that is still open: sent at once or not at all, and never again. Not while the recorder
   * is behind: what it has not made durable yet could not be followed by it.
   */
  offer(fragment: FragmentMessage): void {
    if (this.isClosed || !this.#isReady || this.#backlog.totalBytes > maxBehindBytes) return;
    this.#handle?.send(fragment);
  }

  #sendWaiting(): void {
    if (this.#isReady) {
      for (let command = this.#backlog.takeNext(); command !== undefined; command = this.#backlog.takeNext()) {
        this.#handle?.send(command);
      }
      if (this.#backlog.inFlightCount > 0 && this.#watchdog === undefined) {
        this.#watch(acknowledgeDeadlineMs, 'acknowledged nothing');
      }
    }
    this.#metrics.unacknowledgedBytes.set(this.#backlog.totalBytes);
  }

  #launch(): void {
    const handle = this.#options.launch();
    this.#handle = handle;
    this.#launchedAtMs = this.#options.clock.nowMs();
    handle.onExit(({ code, signal }) => this.#onExit(handle, signal ?? `exit code ${code ?? 'unknown'}`));
    handle.onMessage((message) => {
      if (handle === this.#handle) this.#onMessage(message);
    });
    this.#watch(readyDeadlineMs, 'did not get ready');
    handle.send({ type: 'hello', sessions: [...this.#sessions.values()] });
  }

  #onMessage(message: unknown): void {
    const event = recorderEventSchema.safeParse(message);
    if (event.success) this.#onEvent(event.data);
    else this.#options.logger.error({ problem: event.error.issues[0]?.message }, 'recorder sent an unknown message');
  }

  #onEvent(event: RecorderEvent): void {
    switch (event.type) {
      case 'ready':
        this.#unwatch();
        this.#isReady = true;
        this.#backlog.rewind();
        this.events.emit('ready');
        this.#sendWaiting();
        return;
      case 'acknowledged':
        this.#onAcknowledged(event.sequence);
        return;
      case 'finished':
        this.#sessions.delete(event.sessionId);
        this.#metrics.finished.inc();
        this.events.emit('finished', event);
        return;
      case 'failed':
        this.#sessions.delete(event.sessionId);
        this.#metrics.failed.inc({ code: event.code });
        this.events.emit('failed', event);
        return;
      case 'interrupted':
        this.#metrics.interrupted.inc({ code: event.code });
        this.events.emit('interrupted', event);
        return;
      case 'progress':
        this.events.emit('progress', event);
        return;
      case 'resumed':
        this.events.emit('resumed', event);
        return;
    }
  }

  #onAcknowledged(sequence: number): void {
    for (const command of this.#backlog.acknowledge(sequence)) {
      if (command.type !== 'end') continue;
      const session = this.#sessions.get(command.sessionId);
      if (session !== undefined) session.isEnded = true;
    }
    this.#unwatch();
    this.#sendWaiting();
  }

  #onExit(handle: RecorderHandle, reason: string): void {
    if (handle !== this.#handle) return;
    this.#handle = undefined;
    this.#isReady = false;
    this.#unwatch();
    this.#backlog.rewind();
    if (this.isClosed) return;
    const livedMs = this.#options.clock.nowMs() - this.#launchedAtMs;
    this.#restartCount = livedMs >= healthyAfterMs ? 1 : this.#restartCount + 1;
    const random = (this.#options.random ?? Math.random)();
    const delayMs = retryDelayMs(restartPolicy, this.#restartCount, random);
    this.#options.logger.error(
      { reason, livedMs: Math.round(livedMs), delayMs: Math.round(delayMs) },
      'recorder process died',
    );
    this.#metrics.restarts.inc();
    this.#restartTimer = this.#options.clock.schedule(delayMs, () => {
      this.events.emit('restarted', { reason });
      this.#launch();
    });
  }

  #watch(deadlineMs: number, what: string): void {
    this.#unwatch();
    this.#watchdog = this.#options.clock.schedule(deadlineMs, () => {
      this.#watchdog = undefined;
      this.#options.logger.error({ deadlineMs }, `recorder process ${what}, killing it`);
      this.#handle?.kill('SIGKILL');
    });
  }

  #unwatch(): void {
    this.#watchdog?.cancel();
    this.#watchdog = undefined;
  }

  /** The process flushes what it has and exits; unfinished recordings are finished at the next start. */
  async #stopProcess(): Promise<void> {
    await this.#handle?.close(exitDeadlineMs);
  }
}

export function createRecorderSupervisor(options: RecorderSupervisorOptions): RecorderSupervisor {
  return new RecorderSupervisor(options);
}
