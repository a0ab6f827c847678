/** The one place that starts a long-lived FFmpeg with pipes, and the only one that ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Readable, type Writable } from 'node:stream';
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { innerPids } from './child-processes.ts';
import { ffmpegError } from './errors.ts';
import { noSandbox, type Sandbox, sandboxedCommand } from './sandbox.ts';
import { hasSeccompFilter, seccompFilter } from './sandbox-seccomp.ts';
import { StderrRing } from './stderr-ring.ts';

export interface FfmpegChildOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ffmpegPath: string;
  /** Full argument list; `pipe:N` in it means descriptor N below. */
  readonly args: readonly string[];
  /** Descriptors FFmpeg reads from, e.g. [0] or [3, 4]. Without 0 its stdin is empty. */
  readonly inputFds: readonly number[];
  /** Descriptors FFmpeg writes to, e.g. [1, 3]. All of them must be read all the time, or FFmpeg blocks. */
  readonly outputFds: readonly number[];
  /** What shuts it in; nothing by default. */
  readonly sandbox?: Sandbox;
}

export interface FfmpegExit {
  /** Exit status; null when a signal ended it or it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** FFMPEG_SPAWN_FAILED when it never started. */
  readonly spawnError: Error | undefined;
  /** True when `stop` or `kill` had been called before. */
  readonly isExpected: boolean;
  readonly stderrTail: readonly string[];
}

/** What `stop` waits after closing the inputs, before the first SIGTERM. */
export const defaultEndDeadlineMs = 3000;
const secondTermAfterMs = 2000;
const killAfterMs = 1000;
/** Output pipes nobody reads hold back the 'close' event; after exit they get this long. */
const drainAfterExitMs = 1000;

export class FfmpegChild {
  /** Settles once, when the process is gone and its pipes are closed. Never rejects. */
  readonly exited: Promise<FfmpegExit>;
  readonly #options: FfmpegChildOptions;
  readonly #process: ChildProcess | undefined;
  readonly #stderr = new StderrRing();
  readonly #settle: (exit: FfmpegExit) => void;
  #isGone = false;
  #isStopping = false;
  #spawnError: Error | undefined;

  /** Never throws for a process that cannot start: `exited` tells. */
  constructor(options: FfmpegChildOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<FfmpegExit>();
    this.exited = promise;
    this.#settle = resolve;
    this.#process = this.#spawn();
    if (this.#process !== undefined) this.#watch(this.#process);
  }

  /** Undefined when it did not start. In a full sandbox this is bubblewrap, which lives exactly as long as FFmpeg. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** True from the moment the process is known to be gone. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** The pipe FFmpeg reads as `pipe:fd`. Its errors are handled here; watch `exited` for the consequence. */
  input(fd: number): Writable {
    return this.#stream(fd, this.#options.inputFds) as Writable;
  }

  /** The pipe FFmpeg writes as `pipe:fd`. */
  output(fd: number): Readable {
    return this.#stream(fd, this.#options.outputFds) as Readable;
  }

  /** The last lines of standard error, oldest first. */
  stderrTail(): readonly string[] {
    return this.#stderr.lines();
  }

  /**
   * Ends it in order: close every input, after `endDeadlineMs` SIGTERM, 2 s later SIGTERM again (one signal does
   * not stop an FFmpeg that blocks on I/O), 1 s later SIGKILL. Idempotent; resolves when it is gone.
   */
  async stop(endDeadlineMs = defaultEndDeadlineMs): Promise<FfmpegExit> {
    if (!this.#isStopping && !this.#isGone) {
      this.#isStopping = true;
      for (const fd of this.#options.inputFds) this.#endInput(fd);
      this.#escalate(endDeadlineMs);
    }
    return this.exited;
  }

  /** SIGKILL at once, for a decoder whose pictures nobody wants any more. */
  async kill(): Promise<FfmpegExit> {
    this.#isStopping = true;
    if (!this.#isGone) {
      this.#signal('SIGKILL');
      const timer = this.#options.clock.schedule(killAfterMs, () => this.#process?.kill('SIGKILL'));
      void this.exited.then(() => timer.cancel());
    }
    return this.exited;
  }

  #spawn(): ChildProcess | undefined {
    const { ffmpegPath, inputFds, outputFds, sandbox = noSandbox } = this.#options;
    const filterFd = Math.max(3, ...[...inputFds, ...outputFds].map((fd) => fd + 1));
    const filter = hasSeccompFilter(process.arch) ? seccompFilter(process.arch) : undefined;
    const { file, args, takesFilter } = sandboxedCommand({
      sandbox,
      program: ffmpegPath,
      args: this.#options.args,
      isRoot: process.getuid?.() === 0,
      filterFd: filter === undefined ? undefined : filterFd,
    });
    const pipes = [2, ...inputFds, ...outputFds, ...(takesFilter ? [filterFd] : [])];
    const stdio = Array.from({ length: Math.max(...pipes) + 1 }, (_, fd) => (pipes.includes(fd) ? 'pipe' : 'ignore'));
    try {
      // Own process group: a Ctrl-C at the terminal must not end it before its inputs are closed in order.
      // Own small environment: a process that parses bytes from outside has no business with our secrets.
      const child = spawn(file, args, { stdio, detached: true, windowsHide: true, env: childEnvironment() });
      if (takesFilter) this.#giveFilter(child.stdio[filterFd] as Writable | null | undefined, filter!);
      return child;
    } catch (cause) {
      this.#spawnError = ffmpegError('FFMPEG_SPAWN_FAILED', { cause, details: { ffmpegPath } });
      this.#gone(null, null);
      return undefined;
    }
  }

  #giveFilter(pipe: Writable | null | undefined, filter: Uint8Array): void {
    // Without a filter bubblewrap starts nothing: what the pipe has to say against it shows in `exited`.
    pipe?.on('error', (error) => this.#options.logger.debug({ error }, 'system call filter was not read'));
    pipe?.end(filter);
  }

  /**
   * For the program itself when it has a wrapper that waits for it: the wrapper then reaps it and ends with it. The other
   * way round every decoder that is ended would leave a zombie where nobody reaps orphans, as in most containers.
   */
  #signal(name: 'SIGTERM' | 'SIGKILL'): void {
    const pid = this.pid;
    const inner = pid === undefined ? [] : innerPids(pid);
    for (const one of inner) {
      try {
        process.kill(one, name);
      } catch (error) {
        this.#options.logger.debug({ error, pid: one }, 'ffmpeg was gone before the signal');
      }
    }
    if (inner.length === 0) this.#process?.kill(name);
  }

  #watch(child: ChildProcess): void {
    child.on('error', (cause) => {
      if (child.pid !== undefined) {
        this.#options.logger.warn({ error: cause }, 'ffmpeg process error');
        return;
      }
      this.#spawnError = ffmpegError('FFMPEG_SPAWN_FAILED', {
        cause,
        details: { ffmpegPath: this.#options.ffmpegPath },
      });
      this.#gone(null, null);
    });
    this.#pipes().forEach((stream, fd) => {
      // Without a listener an EPIPE would end the whole mixer. The exit that goes with it is reported by `exited`.
      stream?.on('error', (error) => this.#options.logger.debug({ error, fd }, 'ffmpeg pipe error'));
    });
    child.stderr?.on('data', (bytes: Buffer) => this.#stderr.push(bytes));
    child.once('exit', (code, signal) => {
      const timer = this.#options.clock.schedule(drainAfterExitMs, () => this.#destroyPipes());
      child.once('close', () => {
        timer.cancel();
        this.#gone(code, signal);
      });
    });
  }

  #gone(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#destroyPipes();
    this.#settle({
      code,
      signal,
      spawnError: this.#spawnError,
      isExpected: this.#isStopping,
      stderrTail: this.#stderr.lines(),
    });
  }

  #escalate(endDeadlineMs: number): void {
    const { clock, logger } = this.#options;
    const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
      logger.warn({ pid: this.pid, signal: name }, 'ffmpeg did not end by itself');
      this.#signal(name);
    };
    let timer = clock.schedule(endDeadlineMs, () => {
      signal('SIGTERM');
      timer = clock.schedule(secondTermAfterMs, () => {
        signal('SIGTERM');
        timer = clock.schedule(killAfterMs, () => signal('SIGKILL'));
      });
    });
    void this.exited.then(() => timer.cancel());
  }

  #endInput(fd: number): void {
    const stream = this.#pipes()[fd] as Writable | null | undefined;
    if (stream !== null && stream !== undefined && !stream.destroyed && !stream.writableEnded) stream.end();
  }

  #destroyPipes(): void {
    for (const stream of this.#pipes()) stream?.destroy();
  }

  /** Node leaves `stdio` unset when it ran out of file descriptors. */
  #pipes(): readonly (Readable | Writable | null | undefined)[] {
    return (this.#process as { stdio?: ChildProcess['stdio'] } | undefined)?.stdio ?? [];
  }

  #stream(fd: number, declared: readonly number[]): Readable | Writable {
    const stream = this.#pipes()[fd];
    if (!declared.includes(fd)) throw ffmpegError('FFMPEG_PIPE_UNKNOWN', { details: { fd } });
    if (stream === undefined || stream === null) {
      throw this.#spawnError ?? ffmpegError('FFMPEG_PIPE_UNKNOWN', { details: { fd } });
    }
    return stream;
  }
}

function childEnvironment(): Record<string, string> {
  const kept = ['PATH', 'LD_LIBRARY_PATH', 'TMPDIR'];
  const entries = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(entries), LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' };
}
