/** One life of the turnserver program: spawned, drained, ended for sure. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Clock } from '../../core/clock.ts';

const termGraceMs = 2000;

export interface CoturnExit {
  readonly isNotInstalled: boolean;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class CoturnProcess {
  /** Resolves when it has ended, for whatever reason; never rejects. */
  readonly exited: Promise<CoturnExit>;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  #hasExited = false;

  constructor(options: { program: string; configFile: string; clock: Clock; onLine: (line: string) => void }) {
    this.#clock = options.clock;
    this.#child = spawn(options.program, ['-c', options.configFile], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', options.onLine);
    }
    const { promise, resolve } = Promise.withResolvers<CoturnExit>();
    this.exited = promise;
    this.#child.once('error', (error: NodeJS.ErrnoException) => {
      if (this.#child.pid !== undefined) return;
      this.#hasExited = true;
      options.onLine(`ERROR: ${error.message}`);
      resolve({ isNotInstalled: error.code === 'ENOENT', code: null, signal: null });
    });
    this.#child.once('exit', (code, signal) => {
      this.#hasExited = true;
      resolve({ isNotInstalled: false, code, signal });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** SIGTERM, then SIGKILL. Resolves when it has ended. */
  async end(): Promise<CoturnExit> {
    if (!this.#hasExited) this.#child.kill('SIGTERM');
    const kill = this.#clock.schedule(termGraceMs, () => this.#child.kill('SIGKILL'));
    try {
      return await this.exited;
    } finally {
      kill.cancel();
    }
  }
}
