/** The whole server as its users start it: `node src/main.ts` in its own data folder, watched, and gone for sure at the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomId } from '../../src/core/ids.ts';
import { freePortRange } from './free-port.ts';
import { type ProcessInfo, assertNoneLeft, hasRole, isRunning, killAll, processTree } from './processes.ts';
import { waitFor } from './wait-for.ts';

export interface RostrumServerOptions {
  /** Added to the environment, over everything that is chosen here. `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Kept at the end when given: for starting a second life on the same data. A temporary one by default. */
  readonly dataDir?: string;
  readonly readyDeadlineMs?: number;
  /** Module to run; src/main.ts by default. */
  readonly entryPath?: string;
  /** Behind the module: `--role origin`. */
  readonly args?: readonly string[];
}

export interface RostrumServer {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything it printed so far. */
  log(): string;
  /** Running processes of that role or program below the server, or the server itself: `mixer`, `recorder`, `ffmpeg`, `mediasoup-worker`. */
  pidsOf(role: string): number[];
  /** SIGTERM, then after the deadline SIGKILL and an error. @throws Error when it did not end by itself or left a process */
  stop(deadlineMs?: number): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGKILL for the server and all its descendants at once. */
  killTree(): Promise<void>;
  /** For afterEach: kills what still runs and removes the temporary folder. */
  dispose(): Promise<void>;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));
const logTailLength = 8000;
/** One per worker: at least two, one per core. */
export const sfuPortCount = Math.max(2, availableParallelism());

/** @throws Error with the end of the log when /readyz does not answer 200 in time or the server exits */
export async function startRostrumServer(options: RostrumServerOptions = {}): Promise<RostrumServer> {
  const directory = mkdtempSync(path.join(tmpdir(), 'rostrum-server-'));
  const dataDir = options.dataDir ?? path.join(directory, 'data');
  const apiKey = options.env?.ROSTRUM_API_KEY ?? `test-key-${randomId()}`;
  const httpPort = options.env?.ROSTRUM_HTTP_PORT ?? String(await freePortRange(1));
  const logFile = path.join(directory, 'server.log');
  const logFd = openSync(logFile, 'a');
  const child = spawn(
    process.execPath,
    [options.entryPath ?? path.join(repository, 'src/main.ts'), ...(options.args ?? [])],
    {
      cwd: repository,
      stdio: ['ignore', logFd, logFd],
      env: {
        ...withoutRostrum(process.env),
        ROSTRUM_HTTP_HOST: '127.0.0.1',
        // What this machine can encode is not what these tests are about, and seconds of a busy one.
        ROSTRUM_MIXER_ADMISSION: 'skip',
        // One size: a third of the work, and a viewer whose picture can be read at once.
        ROSTRUM_MIXER_LADDER: '1280x720:2500000',
        ROSTRUM_SFU_BASE_PORT: String(await freePortRange(sfuPortCount)),
        ROSTRUM_TURN_PORT: String(await freePortRange(1)),
        ...options.env,
        ROSTRUM_HTTP_PORT: httpPort,
        ROSTRUM_DATA_DIR: dataDir,
        ROSTRUM_API_KEY: apiKey,
      },
    },
  );
  closeSync(logFd);
  const server = new ServerUnderTest({ child, directory, dataDir, apiKey, httpPort, logFile });
  try {
    await server.becomesReady(options.readyDeadlineMs ?? 30_000);
  } catch (error) {
    const log = server.log().slice(-logTailLength);
    await server.dispose();
    throw new Error(`${(error as Error).message}\n--- log of the server ---\n${log}`);
  }
  return server;
}

interface ServerParts {
  readonly child: ChildProcess;
  readonly directory: string;
  readonly dataDir: string;
  readonly apiKey: string;
  readonly httpPort: string;
  readonly logFile: string;
}

class ServerUnderTest implements RostrumServer {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly dataDir: string;
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #logFile: string;
  readonly #exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Every process ever seen below the server: a child outlives its parent under another parent. */
  readonly #seenPids = new Set<number>();
  #lastLog: string | undefined;

  constructor(parts: ServerParts) {
    this.#child = parts.child;
    this.#directory = parts.directory;
    this.#logFile = parts.logFile;
    this.baseUrl = `http://127.0.0.1:${parts.httpPort}`;
    this.apiKey = parts.apiKey;
    this.dataDir = parts.dataDir;
    this.#exited = new Promise((resolve) => {
      parts.child.once('exit', (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  log(): string {
    return this.#lastLog ?? readFileSync(this.#logFile, 'utf8');
  }

  async becomesReady(deadlineMs: number): Promise<void> {
    const ready = waitFor('GET /readyz to answer 200', () => this.#probeReady(), { deadlineMs, intervalMs: 100 });
    const ended = this.#exited.then(({ code, signal }) => {
      throw new Error(`The server ended while starting: exit ${code ?? signal}`);
    });
    // The one that loses must not end the test run later.
    ready.catch(() => undefined);
    ended.catch(() => undefined);
    await Promise.race([ready, ended]);
  }

  pidsOf(role: string): number[] {
    return this.#tree()
      .filter((info) => hasRole(info, role))
      .map((info) => info.pid);
  }

  async stop(deadlineMs = 15_000) {
    this.#tree();
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), deadlineMs);
    const startedAtMs = performance.now();
    const exit = await this.#exited;
    clearTimeout(timer);
    if (performance.now() - startedAtMs >= deadlineMs) {
      await this.killTree();
      throw new Error(`The server did not end within ${deadlineMs} ms.\n${this.log().slice(-logTailLength)}`);
    }
    await assertNoneLeft([...this.#seenPids]);
    return exit;
  }

  async killTree(): Promise<void> {
    this.#tree();
    const pids = [...this.#seenPids].filter(isRunning);
    killAll(pids);
    await assertNoneLeft(pids);
  }

  async dispose(): Promise<void> {
    await this.killTree();
    this.#lastLog ??= readFileSync(this.#logFile, 'utf8');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #tree(): ProcessInfo[] {
    const tree = processTree(this.pid);
    for (const info of tree) this.#seenPids.add(info.pid);
    return tree;
  }

  async #probeReady(): Promise<boolean> {
    this.#tree();
    const response = await fetch(`${this.baseUrl}/readyz`, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`/readyz answers ${response.status}`);
    return true;
  }
}

/** A developer's own settings must not change what a test means. */
function withoutRostrum(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('ROSTRUM_')));
}
