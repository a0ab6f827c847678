/** A role of Rostrum (mixer, recorder) in its own child process: messages both ways, a known end. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { TypedEmitter } from '../../core/typed-emitter.ts';
import { closeRequest } from './close-request.ts';
import { SendBacklog } from './send-backlog.ts';

export interface ProcessExit {
  /** Exit code; null when a signal ended it or it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RoleProcessOptions {
  /** Goes to the entry point as `--role <role>`, and is so visible in the process list. */
  readonly role: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Further arguments after `--role <role>`. */
  readonly args?: readonly string[];
  /** The whole environment of the child; the parent's by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Node and V8 flags of the child, besides the parent's. */
  readonly nodeFlags?: readonly string[];
  /** Module to run; src/main.ts by default. */
  readonly entryPath?: string;
  /** Bytes handed to the channel and not yet written, beyond which `send` refuses. 64 MiB by default. */
  readonly maxBacklogBytes?: number;
  /** How long the child has between SIGTERM and SIGKILL, ms. 2000 by default. */
  readonly termGraceMs?: number;
}

export interface RoleProcess {
  readonly role: string;
  /** Undefined when the process could not be started. */
  readonly pid: number | undefined;
  /** False when the message was refused: backlog full, or the child is gone or closing. */
  send(message: object): boolean;
  /** Messages from the child, in order; they crossed a process border and must be validated by shape. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Once, when the process has ended and its last message was delivered; at once when that is so already. */
  onExit(listener: (exit: ProcessExit) => void): () => void;
  kill(signal: NodeJS.Signals): void;
  /**
   * Asks the child to leave (its ParentChannel.onDisconnect), after `deadlineMs` SIGTERM, then SIGKILL.
   * Idempotent; resolves when the process has ended, never rejects.
   */
  close(deadlineMs: number): Promise<ProcessExit>;
}

type Events = { message: [message: unknown]; exit: [exit: ProcessExit] };

/** Only a grandchild that inherited the channel could keep it open longer. */
const channelEndDeadlineMs = 1000;
const defaultEntryPath = fileURLToPath(new URL('../../main.ts', import.meta.url));

/** Starts the child at once; a failure to start shows as `onExit` with neither code nor signal. */
export function createRoleProcess(options: RoleProcessOptions): RoleProcess {
  return new ForkedRoleProcess(options);
}

class ForkedRoleProcess implements RoleProcess {
  readonly role: string;
  readonly #child: ChildProcess;
  readonly #backlog: SendBacklog;
  readonly #events: TypedEmitter<Events>;
  readonly #clock: Clock;
  readonly #termGraceMs: number;
  #exit: ProcessExit | undefined;
  #closing: Promise<ProcessExit> | undefined;

  constructor(options: RoleProcessOptions) {
    this.role = options.role;
    this.#clock = options.clock;
    this.#termGraceMs = options.termGraceMs ?? 2000;
    const logger = options.logger.child({ childRole: options.role });
    this.#events = new TypedEmitter((event, error) => logger.error({ event, error }, 'Listener failed'));
    this.#child = fork(options.entryPath ?? defaultEntryPath, ['--role', options.role, ...(options.args ?? [])], {
      serialization: 'advanced',
      execArgv: [...process.execArgv, ...(options.nodeFlags ?? [])],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: options.env ?? process.env,
    });
    this.#backlog = new SendBacklog(
      (message, written) => {
        this.#child.send(message, written);
      },
      options.maxBacklogBytes ?? 64 * 1024 * 1024,
    );
    this.#child.on('message', (message) => this.#events.emit('message', message));
    this.#child.once('disconnect', () => this.#backlog.close());
    this.#child.on('error', (error) => {
      logger.error({ error, pid: this.pid }, 'Child process failed');
      // Without a pid it never started, and no exit event will come.
      if (this.pid === undefined) this.#ended({ code: null, signal: null });
    });
    this.#child.once('exit', (code, signal) => this.#whenChannelIsEmpty(() => this.#ended({ code, signal })));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: object): boolean {
    return this.#child.connected && this.#backlog.send(message);
  }

  onMessage(listener: (message: unknown) => void): () => void {
    return this.#events.on('message', listener);
  }

  onExit(listener: (exit: ProcessExit) => void): () => void {
    if (this.#exit === undefined) return this.#events.once('exit', listener);
    listener(this.#exit);
    return () => undefined;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#exit === undefined) this.#child.kill(signal);
  }

  close(deadlineMs: number): Promise<ProcessExit> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<ProcessExit> {
    const { promise, resolve } = Promise.withResolvers<ProcessExit>();
    this.onExit(resolve);
    if (this.#exit !== undefined) return promise;
    this.#backlog.close();
    // Behind everything sent so far; a child that does not read it meets the deadline below.
    if (this.#child.connected) this.#child.send(closeRequest, () => undefined);
    const term = this.#clock.schedule(deadlineMs, () => this.kill('SIGTERM'));
    const kill = this.#clock.schedule(deadlineMs + this.#termGraceMs, () => this.kill('SIGKILL'));
    const exit = await promise;
    term.cancel();
    kill.cancel();
    return exit;
  }

  /** The exit is often seen before the last messages; the channel's end comes after them. */
  #whenChannelIsEmpty(callback: () => void): void {
    if (!this.#child.connected) {
      callback();
      return;
    }
    const guard = this.#clock.schedule(channelEndDeadlineMs, callback);
    this.#child.once('disconnect', () => {
      guard.cancel();
      callback();
    });
  }

  #ended(exit: ProcessExit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    this.#backlog.close();
    this.#events.emit('exit', exit);
  }
}
