/** TURN for panelists behind strict firewalls: runs Debian's coturn beside the SFU and hands out its credentials. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { type Clock } from '../../core/clock.ts';
import { interfaceAddresses } from '../../core/interface-address.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric, type Metrics } from '../../core/metrics.ts';
import { pause } from '../../core/pause.ts';
import { probePort } from '../../core/port-probe.ts';
import { renderCoturnConfig } from './coturn-config.ts';
import { CoturnProcess } from './coturn-process.ts';
import { processError, processErrorCatalog } from './errors.ts';
import { endOrphan, noteChild } from './orphan.ts';
import { answersStunBinding } from './stun-probe.ts';
import { type TurnConfig } from './turn-config.ts';
import { createTurnCredentials } from './turn-credentials.ts';
import { createTurnLog } from './turn-log.ts';

export { turnConfigSchema, type TurnConfig } from './turn-config.ts';

/** In the words of RTCIceServer. */
export interface TurnIceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

export interface TurnServer {
  /** True while the server answers. */
  readonly isReady: boolean;
  readonly pid: number | undefined;
  /** Resolves at the first verdict: ready, or off with the reason in the log. Never rejects. */
  start(): Promise<void>;
  /** Credentials for ten minutes; empty while no TURN runs. `opaqueId` must not say who the person is. */
  iceServersFor(opaqueId: string): readonly TurnIceServer[];
  /** Idempotent; resolves when the process is gone. */
  close(reason: string): Promise<void>;
}

export interface TurnServerOptions {
  readonly config: TurnConfig;
  /** Every address the SFU is reached at; the server relays to these and to nothing else. */
  readonly sfuAddresses: readonly string[];
  /** Configuration and pid files go into `turn/` below it; nobody else may run on it. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** `turnserver` on PATH by default. */
  readonly program?: string;
}

const anyIp = '0.0.0.0';
const configName = 'turnserver.conf';
/** Says who was started; coturn's own pid file has no start time, and a pid may be somebody else's by now. */
const childNoteName = 'turnserver.child';
const readyDeadlineMs = 5000;
const firstRestartDelayMs = 500;
const maxRestartDelayMs = 30_000;
/** A life this long was a good one: the next restart is quick again. */
const stableAfterMs = 60_000;

export function createTurnServer(options: TurnServerOptions): TurnServer {
  return new CoturnServer(options);
}

class CoturnServer extends Lifecycle implements TurnServer {
  readonly #options: TurnServerOptions;
  readonly #logger: Logger;
  readonly #secret: string;
  /** Address of a real interface: relays from it, and clients are told it unless another one is announced. */
  readonly #relayIp: string | undefined;
  readonly #restarts: CounterMetric | undefined;
  readonly #abort = new AbortController();
  #process: CoturnProcess | undefined;
  #isReady = false;

  constructor(options: TurnServerOptions) {
    super({ clock: options.clock });
    this.#options = options;
    this.#logger = options.logger.child({ component: 'turn' });
    this.#secret = options.config.secret ?? randomBytes(32).toString('base64url');
    const { listenIp } = options.config;
    this.#relayIp = listenIp === undefined || listenIp === anyIp ? interfaceAddresses()[0] : listenIp;
    this.#restarts = options.metrics?.counter({
      name: 'rostrum_turn_restarts_total',
      help: 'How often the TURN server was started again after it ended.',
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<void> {
    this.assertOpen();
    this.advanceTo('starting');
    const offReason = this.#offReason();
    if (offReason !== undefined) {
      this.#logger.info({ reason: offReason }, 'TURN is off');
      this.advanceTo('running');
      return;
    }
    const first = Promise.withResolvers<void>();
    // A folder that cannot be written must neither hold up the start nor go unsaid.
    const supervision = this.#supervise(first.resolve).catch((error: unknown) => {
      this.#isReady = false;
      this.#logger.error({ error }, 'TURN is off: its supervision failed');
      first.resolve();
    });
    this.own('turnserver', async () => {
      this.#abort.abort();
      await this.#process?.end();
      await supervision;
      // The first one holds the secret.
      for (const name of [configName, 'turnserver.pid', childNoteName]) rmSync(this.#file(name), { force: true });
    });
    await first.promise;
    if (!this.isClosed) this.advanceTo('running');
  }

  iceServersFor(opaqueId: string): readonly TurnIceServer[] {
    if (!this.#isReady) return [];
    const { config, clock } = this.#options;
    const host = `${config.announcedAddress ?? this.#relayIp}:${config.port}`;
    const urls = [`turn:${host}?transport=udp`, `turn:${host}?transport=tcp`];
    return [{ urls, ...createTurnCredentials(this.#secret, opaqueId, clock.wallMs()) }];
  }

  #offReason(): string | undefined {
    if (!this.#options.config.enabled) return 'ROSTRUM_TURN_ENABLED is false';
    if (this.#relayIp === undefined) return 'this machine has no address beside loopback';
    if (this.#options.sfuAddresses.every((address) => isIP(address) === 0)) return 'the SFU has no address to relay to';
    return undefined;
  }

  async #supervise(onVerdict: () => void): Promise<void> {
    const { clock } = this.#options;
    let restartDelayMs = firstRestartDelayMs;
    await this.#endOrphan();
    while (!this.#abort.signal.aborted) {
      const startedAtMs = clock.nowMs();
      const isWorthRestarting = await this.#runOnce(onVerdict);
      onVerdict();
      if (!isWorthRestarting || this.#abort.signal.aborted) return;
      if (clock.nowMs() - startedAtMs >= stableAfterMs) restartDelayMs = firstRestartDelayMs;
      await pause(clock, restartDelayMs, this.#abort.signal);
      restartDelayMs = Math.min(maxRestartDelayMs, restartDelayMs * 2);
      if (!this.#abort.signal.aborted) this.#restarts?.inc();
    }
  }

  /** A server that was killed leaves its coturn on the port, with a secret nobody knows any more. */
  async #endOrphan(): Promise<void> {
    const { clock } = this.#options;
    const orphan = await endOrphan({
      noteFile: this.#file(childNoteName),
      argument: this.#file(configName),
      clock,
    });
    if (orphan?.isGone === true) this.#logger.info({ pid: orphan.pid }, 'ended the TURN server of an earlier run');
    else if (orphan !== undefined)
      this.#logger.warn({ pid: orphan.pid }, 'the TURN server of an earlier run could not be ended');
  }

  /** Runs the program until it ends. False when trying again makes no sense. */
  async #runOnce(onReady: () => void): Promise<boolean> {
    const { clock, config } = this.#options;
    const ip = config.listenIp ?? this.#relayIp!;
    // So that a stranger's answer is not mistaken for our server's.
    const problem = await probePort(ip, config.port);
    if (problem !== undefined) {
      const { protocol, cause } = problem;
      const error = processError('TURN_PORT_IN_USE', { cause, details: { ip, port: config.port, protocol } });
      this.#logger.warn({ error: error.toReply() }, 'TURN is off');
      return true;
    }
    if (this.#abort.signal.aborted) return false;
    const onLine = createTurnLog({ logger: this.#logger, clock, secret: this.#secret });
    const turnserver = new CoturnProcess({
      program: this.#options.program ?? 'turnserver',
      configFile: this.#writeConfig(),
      clock,
      onLine,
    });
    this.#process = turnserver;
    noteChild(this.#file(childNoteName), turnserver.pid);
    const ended = new AbortController();
    void turnserver.exited.then(() => ended.abort());
    const isUp = await this.#becomesReady(AbortSignal.any([this.#abort.signal, ended.signal]));
    if (isUp && !this.#abort.signal.aborted) {
      this.#isReady = true;
      this.#logger.info({ pid: turnserver.pid, ip, port: config.port }, 'TURN server is ready');
      onReady();
      await turnserver.exited;
    }
    this.#isReady = false;
    const exit = await turnserver.end();
    if (this.#abort.signal.aborted) return false;
    if (exit.isNotInstalled) {
      this.#logger.info({ fix: processErrorCatalog.TURN_NOT_INSTALLED.fix }, 'TURN is off: coturn is not installed');
      return false;
    }
    const error = isUp ? undefined : processError('TURN_NOT_READY').toReply();
    this.#logger.warn({ error, code: exit.code, signal: exit.signal }, 'TURN server ended; it is started again');
    return true;
  }

  #becomesReady(signal: AbortSignal): Promise<boolean> {
    const { clock, config } = this.#options;
    return answersStunBinding({ ip: this.#relayIp!, port: config.port, deadlineMs: readyDeadlineMs, clock, signal });
  }

  #writeConfig(): string {
    const { config, sfuAddresses } = this.#options;
    mkdirSync(this.#file(''), { recursive: true, mode: 0o700 });
    const text = renderCoturnConfig({
      ...config,
      listenIp: config.listenIp ?? this.#relayIp!,
      relayIp: this.#relayIp!,
      secret: this.#secret,
      sfuAddresses: sfuAddresses.filter((address) => isIP(address) !== 0),
      pidFile: this.#file('turnserver.pid'),
      runAsUser: unprivilegedUser(),
    });
    const file = this.#file(configName);
    // A mode is honoured only when the file is made.
    rmSync(file, { force: true });
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    return file;
  }

  #file(name: string): string {
    return path.resolve(this.#options.dataDir, 'turn', name);
  }
}

/** Debian's package makes this user; a parser of the internet's packets should not stay root. */
function unprivilegedUser(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/etc/passwd')) return undefined;
  return readFileSync('/etc/passwd', 'utf8').includes('\nturnserver:') ? 'turnserver' : undefined;
}
