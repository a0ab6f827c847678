/** The socket.io server: which origins may connect, how many from one address, and the two namespaces behind it. */
import { type IncomingMessage, type Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { type Clock } from '../core/clock.ts';
import { type RostrumError } from '../core/errors.ts';
import { Lifecycle } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { type CounterMetric, type GaugeMetric, type HistogramMetric, type Metrics } from '../core/metrics.ts';
import { AudienceConnection } from './audience/audience-connection.ts';
import { AudienceHub } from './audience/audience-hub.ts';
import { type BroadcastGroup } from './audience/audience-room.ts';
import { type SignalingConfig } from './config.ts';
import { ConnectionCounter } from './connection-counter.ts';
import { signalingError } from './errors.ts';
import { signalingLimits } from './limits.ts';
import { OpenSockets } from './open-sockets.ts';
import { isOriginAllowed } from './origin-policy.ts';
import { StagePolicies } from './people/stage-policies.ts';
import {
  type AudienceGrant,
  type AudienceTokenVerifier,
  type CaptionDesk,
  type ConversationListener,
  type ConversationStore,
  type Grant,
  type IceServerProvider,
  type PeerRef,
  type ProgramDirector,
  type StageInviter,
  type StageListener,
  type StageMedia,
  type StagePolicyStore,
  type TokenVerifier,
  type WebinarDirectory,
} from './ports.ts';
import { type AudienceStats, type ProgramState, type StageResume, type WebinarState } from './protocol/index.ts';
import { type ClientSocket } from './request-channel.ts';
import { StageSessions } from './sessions/stage-sessions.ts';
import { serveNamespace } from './serve-namespace.ts';
import { StageConnection } from './stage-connection.ts';
import { StageHub } from './stage-hub.ts';

export interface SignalingOptions {
  readonly httpServer?: HttpServer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tokens: TokenVerifier & AudienceTokenVerifier;
  readonly media: StageMedia;
  readonly directory: WebinarDirectory;
  readonly program: ProgramDirector;
  readonly policies: StagePolicyStore;
  readonly captions: CaptionDesk;
  readonly iceServers: IceServerProvider;
  readonly listener: StageListener;
  readonly conversations: ConversationStore;
  readonly conversationListener: ConversationListener;
  readonly inviter: StageInviter;
  readonly config: SignalingConfig;
  /** Whom a connection counts against; the socket's address by default. */
  readonly clientAddressOf?: (request: IncomingMessage) => string;
}

export class SignalingServer extends Lifecycle {
  readonly #options: SignalingOptions;
  readonly #logger: Logger;
  readonly #hub: StageHub;
  readonly #audience: AudienceHub;
  readonly #policies: StagePolicies;
  readonly #sessions = new StageSessions();
  readonly #io: Server;
  readonly #sockets = new OpenSockets();
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
    this.#policies = new StagePolicies(options.policies, (webinarId, policy) =>
      this.#audience.policyChanged(webinarId, policy),
    );
    this.#perIp = new ConnectionCounter(config.maxConnectionsPerIp + config.maxAudienceConnectionsPerIp);
    this.#connectionGauge = metrics.gauge({
      name: 'rostrum_signaling_connections',
      help: 'Open connections to stage and audience.',
    });
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
    this.#audience = new AudienceHub({
      store: options.conversations,
      listener: options.conversationListener,
      clock: options.clock,
      logger: this.#logger,
      metrics,
      broadcast: (webinarId, to, event, payload) => {
        const rooms = to === 'everybody' ? (['viewers', 'backstage'] as const) : [to];
        this.#io
          .of('/audience')
          .to(rooms.map((group) => audienceRoomName(webinarId, group)))
          .emit(event, payload);
      },
    });
    this.#serve();
    this.own('connections', () => this.#end());
    if (options.httpServer !== undefined) this.attach(options.httpServer);
  }

  /** Serves `/stage` on this HTTP server, which stays its owner's. */
  attach(httpServer: HttpServer): void {
    this.#io.attach(httpServer);
    this.#io.engine.on('connection', (connection: { request: IncomingMessage; once: EngineOnce; close(): void }) => {
      this.#sockets.add(connection.request.socket);
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

  /** What others want of a peer's camera. */
  notifyLayersWanted(peer: PeerRef, producerId: string, spatialLayer: number | null): void {
    this.#hub.layersWanted(peer, producerId, spatialLayer);
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
    io.use((_socket, next) => {
      this.#refusedCounter.inc({ code: 'SIGNALING_NAMESPACE_REFUSED' });
      const { code, message } = signalingError('SIGNALING_NAMESPACE_REFUSED').toReply();
      next(Object.assign(new Error(code), { data: { code, message } }));
    });
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

  #serve(): void {
    const { tokens, config, clock } = this.#options;
    const shared = {
      addressOf: (request: IncomingMessage) => this.#clientAddressOf(request),
      onRefused: (code: string) => this.#refusedCounter.inc({ code }),
      clock,
      logger: this.#logger,
    };
    serveNamespace<Grant>({
      ...shared,
      namespace: this.#io.of('/stage'),
      verify: (token) => tokens.verify(token),
      perAddress: new ConnectionCounter(config.maxConnectionsPerIp),
      maxConnections: Infinity,
      open: (_socket, client, grant, resume) => this.#openStage(client, grant, resume),
    });
    serveNamespace<AudienceGrant>({
      ...shared,
      namespace: this.#io.of('/audience'),
      verify: (token) => tokens.verifyAudience(token),
      perAddress: new ConnectionCounter(config.maxAudienceConnectionsPerIp),
      maxConnections: config.maxAudienceConnections,
      open: (socket, client, grant) => this.#openAudience(socket, client, grant),
    });
  }

  #openStage(client: ClientSocket, grant: Grant, resume: StageResume | undefined): StageConnection {
    const services = {
      ...this.#options,
      logger: this.#logger,
      hub: this.#hub,
      policies: this.#policies,
      sessions: this.#sessions,
      awaitEnd: (work: Promise<void>) => this.#awaitEnd(work),
      onAnswered: (request: string, outcome: string, durationMs: number) => this.#count(request, outcome, durationMs),
    };
    return new StageConnection(client, grant, services, resume);
  }

  #openAudience(socket: Socket, client: ClientSocket, grant: AudienceGrant): AudienceConnection {
    return new AudienceConnection(client, grant, {
      clock: this.#options.clock,
      logger: this.#logger,
      inviter: this.#options.inviter,
      policies: this.#policies,
      enter: (webinarId, connection) => this.#audience.enter(webinarId, connection),
      leave: (webinarId, connection) => this.#audience.leave(webinarId, connection),
      listenAs: (group) => void socket.join(audienceRoomName(grant.webinarId, group)),
      // Told apart from requests of the stage with the same name.
      onAnswered: (request, outcome, durationMs) => this.#count(`audience.${request}`, outcome, durationMs),
    });
  }

  #count(request: string, outcome: string, durationMs: number): void {
    this.#requestCounter.inc({ request, outcome });
    this.#requestHistogram.observe(durationMs / 1000, { request });
  }

  #awaitEnd(leaving: Promise<void>): void {
    const ended = leaving.finally(() => this.#leaving.delete(ended));
    this.#leaving.add(ended);
  }

  async #end(): Promise<void> {
    const reason = signalingError('SIGNALING_CLOSED').toReply();
    this.#hub.removeAll(reason);
    this.#audience.removeAll(reason);
    // Not `io.close()`: it would end the HTTP server too, which is not ours.
    (this.#io.engine as { close(): void } | undefined)?.close();
    await this.#sockets.end(signalingLimits.goodbyeDeadlineMs, this.#options.clock);
    // Those who were away and might have come back.
    this.#sessions.endAll();
    await Promise.all(this.#leaving);
    this.#audience.close();
  }
}

/** Ids hold no slash. */
function audienceRoomName(webinarId: string, group: Exclude<BroadcastGroup, 'everybody'>): string {
  return `${webinarId}/${group}`;
}

type EngineOnce = (event: 'close', listener: () => void) => void;

export function createSignalingServer(options: SignalingOptions): SignalingServer {
  return new SignalingServer(options);
}
