/** The socket.io server: who may connect, from where, how many; hands every connection to its StageConnection. */
import { type IncomingMessage, type Server as HttpServer } from 'node:http';
import { Server, type ExtendedError, type Socket } from 'socket.io';
import { type Clock } from '../core/clock.ts';
import { type RostrumError, toRostrumError } from '../core/errors.ts';
import { Lifecycle, withDeadline } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { type CounterMetric, type GaugeMetric, type HistogramMetric, type Metrics } from '../core/metrics.ts';
import { type SignalingConfig } from './config.ts';
import { ConnectionCounter } from './connection-counter.ts';
import { signalingError } from './errors.ts';
import { signalingLimits } from './limits.ts';
import { isOriginAllowed } from './origin-policy.ts';
import {
  type Grant,
  type CaptionDesk,
  type IceServerProvider,
  type PeerRef,
  type ProgramDirector,
  type StageListener,
  type StageMedia,
  type TokenVerifier,
  type WebinarDirectory,
} from './ports.ts';
import { type AudienceStats, stageAuthSchema, type ProgramState, type WebinarState } from './protocol/index.ts';
import { StageConnection, type ConnectionServices } from './stage-connection.ts';
import { StageHub } from './stage-hub.ts';

export interface SignalingOptions {
  readonly httpServer?: HttpServer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tokens: TokenVerifier;
  readonly media: StageMedia;
  readonly directory: WebinarDirectory;
  readonly program: ProgramDirector;
  readonly captions: CaptionDesk;
  readonly iceServers: IceServerProvider;
  readonly listener: StageListener;
  readonly config: SignalingConfig;
  /** Whom a connection counts against; the socket's address by default. */
  readonly clientAddressOf?: (request: IncomingMessage) => string;
}

export class SignalingServer extends Lifecycle {
  readonly #options: SignalingOptions;
  readonly #logger: Logger;
  readonly #hub: StageHub;
  readonly #io: Server;
  readonly #perIp: ConnectionCounter;
  readonly #connectionGauge: GaugeMetric;
  readonly #refusedCounter: CounterMetric;
  readonly #requestCounter: CounterMetric;
  readonly #requestHistogram: HistogramMetric;
  readonly #leaving = new Set<Promise<void>>();
  #connectionCount = 0;

  constructor(options: SignalingOptions) {
    super({ clock: options.clock });
    const { metrics, config } = options;
    this.#options = options;
    this.#logger = options.logger.child({ component: 'signaling' });
    this.#perIp = new ConnectionCounter(config.maxConnectionsPerIp);
    this.#connectionGauge = metrics.gauge({ name: 'rostrum_signaling_connections', help: 'Open stage connections.' });
    this.#refusedCounter = metrics.counter({
      name: 'rostrum_signaling_connections_refused_total',
      help: 'Connections that were not let in.',
      labels: ['code'],
    });
    this.#requestCounter = metrics.counter({
      name: 'rostrum_signaling_requests_total',
      help: 'Requests answered.',
      labels: ['request', 'outcome'],
    });
    this.#requestHistogram = metrics.histogram({
      name: 'rostrum_signaling_request_duration_seconds',
      help: 'Time from a request to its answer.',
      labels: ['request'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    });
    this.#hub = new StageHub({
      maxPeers: config.maxPeersPerWebinar,
      listener: options.listener,
      logger: this.#logger,
      metrics,
    });
    this.#io = this.#createServer();
    this.own('connections', () => this.#end());
    if (options.httpServer !== undefined) this.attach(options.httpServer);
  }

  /** Serves `/stage` on this HTTP server, which stays its owner's. */
  attach(httpServer: HttpServer): void {
    this.#io.attach(httpServer);
    this.#io.engine.on('connection', (connection: { request: IncomingMessage; once: EngineOnce; close(): void }) => {
      const ip = this.#clientAddressOf(connection.request);
      if (!this.#perIp.take(ip)) {
        connection.close();
        return;
      }
      this.#connectionGauge.set(++this.#connectionCount);
      connection.once('close', () => {
        this.#perIp.release(ip);
        this.#connectionGauge.set(--this.#connectionCount);
      });
    });
    this.advanceTo('running');
  }

  broadcastWebinarState(webinarId: string, state: WebinarState, channelIds?: readonly string[]): void {
    this.#hub.webinarState(webinarId, state, channelIds);
  }

  /** What viewers see or what the host decided is another now. */
  broadcastProgram(webinarId: string, program: ProgramState): void {
    this.#hub.program(webinarId, program);
  }

  /** Who watches, for the hosts on stage. */
  tellAudience(webinarId: string, audience: AudienceStats): void {
    this.#hub.audience(webinarId, audience);
  }

  broadcastActiveSpeaker(webinarId: string, peerId: string | null): void {
    this.#hub.activeSpeaker(webinarId, peerId);
  }

  /** The transport ended on the server; its producers leave the roster and its owner is told to rebuild it. */
  notifyTransportClosed(peer: PeerRef, transportId: string, reason: string): void {
    this.#hub.transportClosed(peer, transportId, reason);
  }

  notifyConsumerClosed(peer: PeerRef, consumerId: string): void {
    this.#hub.consumerClosed(peer, consumerId);
  }

  #createServer(): Server {
    const io = new Server({
      transports: ['websocket'],
      serveClient: false,
      allowEIO3: false,
      maxHttpBufferSize: signalingLimits.maxMessageBytes,
      connectTimeout: signalingLimits.connectTimeoutMs,
      pingInterval: signalingLimits.pingIntervalMs,
      pingTimeout: signalingLimits.pingTimeoutMs,
      perMessageDeflate: false,
      httpCompression: false,
      allowRequest: (request, callback) => {
        const error = this.#refusal(request);
        if (error !== undefined) this.#refusedCounter.inc({ code: error.code });
        callback(error?.code ?? null, error === undefined);
      },
    });
    // Anybody may connect to the default namespace unless it is refused; nothing is behind it.
    io.use((_socket, next) => next(this.#refuse(signalingError('SIGNALING_NAMESPACE_REFUSED'))));
    const stage = io.of('/stage');
    stage.use((socket, next) => {
      this.#authenticate(socket).then(
        () => next(),
        (thrown: unknown) => next(this.#refuse(toRostrumError(thrown))),
      );
    });
    stage.on('connection', (socket) => this.#accept(socket));
    return io;
  }

  /** Before the upgrade: no state is kept for what is refused here. */
  #refusal(request: IncomingMessage): RostrumError | undefined {
    if (this.isClosed) return signalingError('SIGNALING_CLOSED');
    const { origin, host } = request.headers;
    if (!isOriginAllowed(origin, host, this.#options.config.allowedOrigins))
      return signalingError('SIGNALING_ORIGIN_REFUSED');
    if (this.#perIp.isFull(this.#clientAddressOf(request))) return signalingError('SIGNALING_CONNECTION_LIMIT');
    return undefined;
  }

  #clientAddressOf(request: IncomingMessage): string {
    return this.#options.clientAddressOf?.(request) ?? request.socket.remoteAddress ?? 'unknown';
  }

  async #authenticate(socket: Socket): Promise<void> {
    const auth = stageAuthSchema.safeParse(socket.handshake.auth);
    if (!auth.success) throw signalingError('SIGNALING_AUTH_MISSING');
    const { tokens, clock } = this.#options;
    const verifying = tokens.verify(auth.data.token);
    const grant = await withDeadline(verifying, signalingLimits.tokenDeadlineMs, clock, 'checking a token');
    (socket.data as { grant?: Grant }).grant = grant;
  }

  #refuse(error: RostrumError): ExtendedError {
    this.#refusedCounter.inc({ code: error.code });
    if (error.fault === 'internal') this.#logger.error({ code: error.code, error }, 'connection refused');
    const { code, message } = error.toReply();
    return Object.assign(new Error(code), { data: { code, message } });
  }

  #accept(socket: Socket): void {
    const { grant } = socket.data as { grant: Grant };
    const services: ConnectionServices = {
      ...this.#options,
      logger: this.#logger,
      hub: this.#hub,
      onAnswered: (request, outcome, durationMs) => {
        this.#requestCounter.inc({ request, outcome });
        this.#requestHistogram.observe(durationMs / 1000, { request });
      },
    };
    // Packets made since the transport last took any: what a slow network leaves waiting.
    let bufferedPacketCount = 0;
    socket.conn.on('packetCreate', () => bufferedPacketCount++);
    socket.conn.on('flush', () => (bufferedPacketCount = 0));
    const connection = new StageConnection(
      {
        get isConnected() {
          return socket.connected;
        },
        get bufferedPacketCount() {
          return bufferedPacketCount;
        },
        send: (event, payload) => socket.emit(event, payload),
        disconnect: () => socket.disconnect(true),
      },
      grant,
      services,
    );
    socket.onAny((name: string, ...args: unknown[]) => connection.receive(name, args));
    socket.on('error', (error: Error) => this.#logger.debug({ error }, 'socket error'));
    socket.once('disconnect', () => {
      const leaving = connection.handleDisconnect().finally(() => this.#leaving.delete(leaving));
      this.#leaving.add(leaving);
    });
  }

  async #end(): Promise<void> {
    this.#hub.removeAll(signalingError('SIGNALING_CLOSED').toReply());
    this.#io.disconnectSockets(true);
    // Not `io.close()`: it would end the HTTP server too, which is not ours.
    (this.#io.engine as { close(): void } | undefined)?.close();
    await Promise.all(this.#leaving);
  }
}

type EngineOnce = (event: 'close', listener: () => void) => void;

export function createSignalingServer(options: SignalingOptions): SignalingServer {
  return new SignalingServer(options);
}
