/** The whole signaling path on real sockets and real workers: HTTP server, socket.io, ingest, SFU. */
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, type Socket as NetSocket } from 'node:net';
import { promisify } from 'node:util';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import { AppStageMedia } from '../../src/app/stage-media.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Metrics } from '../../src/core/metrics.ts';
import { IngestService } from '../../src/ingest/index.ts';
import { type SfuCascade } from '../../src/sfu-cascade/index.ts';
import {
  createSignalingServer,
  signalingConfigSchema,
  type CaptionDesk,
  type ConversationStore,
  type Grant,
  type ProgramDirector,
  type SignalingConfig,
  type StageMedia,
  type WebinarDirectory,
} from '../../src/signaling/index.ts';
import {
  protocolVersion,
  type StageReplies,
  type StageReply,
  type StageRequest,
  type StageRequestName,
} from '../../src/signaling/protocol/index.ts';
import { memoryConversations } from './memory-conversations.ts';
import { memoryPolicies } from './memory-policies.ts';
import { quietProgram } from './quiet-program.ts';
import { startTestSfu } from './mediasoup-worker.ts';
import { createStageTokens } from './stage-tokens.ts';
import { waitFor } from './wait-for.ts';

export interface ClientOptions {
  readonly namespace?: string;
  readonly options?: Partial<ManagerOptions & SocketOptions>;
}

export async function startStageServer(
  overrides: {
    clock?: Clock;
    config?: Partial<SignalingConfig>;
    clientAddressOf?: (request: IncomingMessage) => string;
    directory?: Partial<WebinarDirectory>;
    program?: ProgramDirector;
    captions?: CaptionDesk;
    conversations?: ConversationStore;
    media?: (real: StageMedia) => StageMedia;
  } = {},
) {
  const metrics = new Metrics();
  const clock = overrides.clock ?? systemClock;
  const sfu: SfuCascade = await startTestSfu({ metrics });
  const ingest = new IngestService({ routers: sfu, clock, logger: silentLogger, metrics });
  const realMedia = new AppStageMedia({ ingest, sfu, isInterpreter: () => false });
  const media = overrides.media?.(realMedia) ?? realMedia;
  const tokens = await createStageTokens();
  const heard: string[] = [];
  const httpServer = createServer((_request, response) => response.writeHead(404).end());
  const signaling = createSignalingServer({
    httpServer,
    clock,
    logger: silentLogger,
    metrics,
    tokens: { ...tokens.verifier, ...tokens.audienceVerifier },
    media,
    directory: {
      describe: async (webinarId) => ({ webinarId, title: 'Test', state: 'idle', isPrivate: true }),
      setLive: async (_webinarId, live) => (live ? 'starting' : 'ending'),
      ...overrides.directory,
    },
    program: overrides.program ?? quietProgram,
    policies: memoryPolicies(),
    conversations: overrides.conversations ?? memoryConversations(),
    conversationListener: { recorded: () => undefined },
    inviter: {
      inviteToStage: ({ webinarId, displayName }) =>
        tokens.issue({ webinarId, role: 'panelist', displayName, waits: true }),
    },
    captions: overrides.captions ?? { addCaptions: async () => ({ cues: [] }) },
    iceServers: { iceServersFor: (peerId) => [{ urls: ['turn:127.0.0.1'], username: peerId, credential: 'c' }] },
    listener: {
      peerJoined: (peer) => void heard.push(`peerJoined ${peer.displayName}`),
      peerLeft: () => void heard.push('peerLeft'),
      orderChanged: (_webinarId, peerIds) => void heard.push(`orderChanged ${peerIds.length}`),
      producerAdded: (_peer, producer) => void heard.push(`producerAdded ${producer.source}`),
      producerPaused: (_peer, producer) => void heard.push(`producerPaused ${producer.source}`),
      producerResumed: (_peer, producer) => void heard.push(`producerResumed ${producer.source}`),
      producerClosed: (_peer, producer) => void heard.push(`producerClosed ${producer.source}`),
    },
    config: { ...signalingConfigSchema.parse({}), ...overrides.config },
    ...(overrides.clientAddressOf === undefined ? {} : { clientAddressOf: overrides.clientAddressOf }),
  });
  realMedia.forwardNotices(signaling);
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;

  function open(token: string | undefined, { namespace = '/stage', options = {} }: ClientOptions = {}): StageClient {
    const socket = io(`${url}${namespace}`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      ...(token === undefined ? {} : { auth: { token } }),
      ...options,
    });
    onTestFinished(() => void socket.disconnect());
    return new StageClient(socket);
  }

  return {
    url,
    sfu,
    ingest,
    signaling,
    metrics,
    tokens,
    heard,
    open,
    /** A connected client with a valid token of this grant. */
    async connect(grant: Partial<Omit<Grant, 'grantId'>> = {}): Promise<StageClient> {
      const token = await tokens.issue({ webinarId: 'w', role: 'panelist', displayName: 'Ann', ...grant });
      const client = open(token);
      await client.connected();
      return client;
    },
    /** As `connect`, and on stage. */
    async join(grant: Partial<Omit<Grant, 'grantId'>> = {}) {
      const client = await this.connect(grant);
      return { client, joined: await client.ok('join', { protocolVersion }) };
    },
    /** TCP connections that are open on the server's side. */
    connectionCount: () => promisify(httpServer.getConnections.bind(httpServer))(),
    async close(): Promise<void> {
      await signaling.close('test over');
      await ingest.close('test over');
      await sfu.close('test over');
      await new Promise((resolve) => httpServer.close(resolve));
    },
  };
}

export type TestStage = Awaited<ReturnType<typeof startStageServer>>;

export class StageClient {
  readonly socket: Socket;
  /** `number` as the server counts what it tells a peer. */
  readonly events: { name: string; payload: unknown; number: number | undefined }[] = [];
  disconnectReason: string | undefined;
  connectError: (Error & { data?: { code?: string } }) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((name: string, payload: unknown, number?: number) => this.events.push({ name, payload, number }));
    socket.on('disconnect', (reason) => (this.disconnectReason = reason));
    socket.on('connect_error', (error) => (this.connectError = error));
  }

  async connected(): Promise<void> {
    await waitFor('connection', () => this.socket.connected, { intervalMs: 5 });
  }

  /** True when let in, false when refused. */
  async settled(): Promise<boolean> {
    await waitFor('an answer', () => this.socket.connected || this.connectError !== undefined, { intervalMs: 5 });
    return this.socket.connected;
  }

  /** The code of the refusal. */
  async refused(): Promise<string | undefined> {
    const error = await waitFor('refusal', () => this.connectError, { intervalMs: 5 });
    return error.data?.code;
  }

  async gone(): Promise<string> {
    return waitFor('disconnect', () => this.disconnectReason, { intervalMs: 5 });
  }

  /** As when the network takes the connection away: neither side says a word. */
  cut(): void {
    this.socket.io.engine.close();
  }

  /** As when the network takes nothing any more: what the server sends waits. */
  stopReading(): void {
    const { transport } = this.socket.io.engine as unknown as { transport: { ws: { _socket: NetSocket } } };
    const { _socket: under } = transport.ws;
    under.pause();
    onTestFinished(() => void under.destroy());
  }

  /** Whatever the server answers to whatever is sent. */
  raw(name: string, ...args: unknown[]): Promise<StageReply> {
    return this.socket.timeout(15_000).emitWithAck(name, ...args) as Promise<StageReply>;
  }

  async ok<Name extends StageRequestName>(name: Name, payload: StageRequest<Name>): Promise<StageReplies[Name]> {
    const reply = await this.raw(name, payload);
    if (!reply.ok) throw new Error(`${name} refused: ${reply.error.code} ${reply.error.message}`);
    return reply.data as StageReplies[Name];
  }

  /** The code of the error reply; fails when the request was accepted. */
  async fails(name: string, payload: unknown): Promise<string> {
    const reply = await this.raw(name, payload);
    if (reply.ok) throw new Error(`${name} was accepted`);
    return reply.error.code;
  }

  async event(name: string): Promise<unknown> {
    const found = await waitFor(`event ${name}`, () => this.events.find((event) => event.name === name), {
      intervalMs: 5,
    });
    return found.payload;
  }
}
