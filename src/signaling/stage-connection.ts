/**
 * One connection to `/stage`: takes whatever arrives, checks it (known, acknowledged, within rate, well-formed,
 * allowed), answers once, and cleans up when the socket goes. Nothing a client sends can throw out of here.
 */
import { type Clock, type Timer } from '../core/clock.ts';
import { type RostrumError, toRostrumError } from '../core/errors.ts';
import { withDeadline } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { signalingError } from './errors.ts';
import { join } from './join.ts';
import { bucketSpecs, requestClasses, signalingLimits, type RequestClass } from './limits.ts';
import { type Grant } from './ports.ts';
import {
  stageAllowedRoles,
  stageRequestSchemas,
  type StageEventName,
  type StageEvents,
  type StageReply,
  type StageRequest,
  type StageRequestName,
} from './protocol/index.ts';
import { RateLimiter } from './rate-limit.ts';
import { stageHandlers, type HandlerServices, type JoinedPeer } from './stage-handlers.ts';
import { type RemovalReason, type StageLink } from './stage-hub.ts';

/** What a connection needs of its socket. */
export interface StageSocket {
  readonly isConnected: boolean;
  /** Packets handed over that the network has not taken yet. */
  readonly bufferedPacketCount: number;
  send(event: string, payload: unknown): void;
  disconnect(): void;
}

export interface ConnectionServices extends HandlerServices {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once per request with how it ended: `ok` or the error code. */
  readonly onAnswered: (request: string, outcome: string, durationMs: number) => void;
}

type Ack = (reply: StageReply) => void;
type State = 'new' | 'joining' | 'joined' | 'gone';

export class StageConnection implements StageLink {
  readonly #socket: StageSocket;
  readonly #grant: Grant;
  readonly #services: ConnectionServices;
  readonly #logger: Logger;
  readonly #rates: RateLimiter<RequestClass>;
  readonly #joinTimer: Timer;
  #state: State = 'new';
  #peer: JoinedPeer | undefined;
  #pendingCount = 0;
  #violationCount = 0;
  #rateRefusalCount = 0;

  constructor(socket: StageSocket, grant: Grant, services: ConnectionServices) {
    this.#socket = socket;
    this.#grant = grant;
    this.#services = services;
    this.#logger = services.logger.child({ webinarId: grant.webinarId, grantId: grant.grantId });
    this.#rates = new RateLimiter(bucketSpecs, services.clock);
    this.#joinTimer = services.clock.schedule(signalingLimits.joinTimeoutMs, () =>
      this.remove(signalingError('SIGNALING_JOIN_TIMEOUT').toReply()),
    );
  }

  get isOpen(): boolean {
    return this.#state !== 'gone' && this.#socket.isConnected;
  }

  send<Name extends StageEventName>(event: Name, payload: StageEvents[Name]): void {
    if (!this.isOpen) return;
    if (this.#socket.bufferedPacketCount >= signalingLimits.maxBufferedPackets) {
      // Not through `remove`: what it would send waits in the same buffer. Later, so that a broadcast ends first.
      this.#logger.warn({}, 'slow connection removed');
      queueMicrotask(() => this.#socket.disconnect());
      return;
    }
    this.#socket.send(event, payload);
  }

  remove({ code, message }: RemovalReason): void {
    if (!this.isOpen) return;
    this.#logger.info({ code }, 'connection removed');
    this.#socket.send('removed', { code, message });
    this.#socket.disconnect();
  }

  /** One incoming event with all its arguments. Never throws. */
  receive(name: string, args: readonly unknown[]): void {
    if (!this.isOpen) return;
    const last = args.at(-1);
    if (typeof last !== 'function' || args.length !== 2) {
      this.#violate(name, typeof last === 'function' ? (last as Ack) : undefined);
      return;
    }
    const ack = last as Ack;
    if (!isRequestName(name)) {
      this.#violate(name, ack);
      return;
    }
    void this.#answer(name, args[0], ack);
  }

  /** The socket is gone: takes the peer off the stage. Idempotent. */
  async handleDisconnect(): Promise<void> {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#joinTimer.cancel();
    if (this.#peer !== undefined) await this.#release(this.#peer);
  }

  async #release(peer: JoinedPeer): Promise<void> {
    this.#services.hub.leave(peer.room, peer.ref.peerId);
    try {
      await this.#services.media.releasePeer(peer.ref);
    } catch (error) {
      this.#logger.error({ error }, 'peer not released');
    }
  }

  /** Runs one request and acknowledges it exactly once. Never rejects. */
  async #answer(name: StageRequestName, payload: unknown, ack: Ack): Promise<void> {
    const { clock } = this.#services;
    const startedMs = clock.nowMs();
    let outcome = 'ok';
    try {
      this.#checkRate(name);
      const data = await this.#run(name, payload);
      ack({ ok: true, data });
      if (name === 'leave') this.#socket.disconnect();
    } catch (thrown) {
      const error = toRostrumError(thrown);
      outcome = error.code;
      this.#logFailure(name, error);
      ack({ ok: false, error: error.toReply() });
      if (error.code === 'CORE_DEADLINE' && name === 'join') this.#socket.disconnect();
    }
    this.#services.onAnswered(name, outcome, clock.nowMs() - startedMs);
  }

  async #run(name: StageRequestName, payload: unknown): Promise<never> {
    if (this.#pendingCount >= signalingLimits.maxPendingRequests) throw signalingError('SIGNALING_BUSY');
    const request = parse(name, payload);
    if (!stageAllowedRoles[name].includes(this.#grant.role))
      throw signalingError('SIGNALING_ROLE_FORBIDDEN', { details: { role: this.#grant.role } });
    this.#pendingCount++;
    try {
      const work = this.#handle(name, request);
      const deadlineMs = name === 'setLive' ? signalingLimits.setLiveDeadlineMs : signalingLimits.requestDeadlineMs;
      return (await withDeadline(work, deadlineMs, this.#services.clock, name)) as never;
    } finally {
      this.#pendingCount--;
    }
  }

  async #handle(name: StageRequestName, request: unknown): Promise<unknown> {
    if (name === 'join') return this.#join(request as StageRequest<'join'>);
    if (this.#state !== 'joined' || this.#peer === undefined) throw signalingError('SIGNALING_NOT_JOINED');
    // The connection ends after the answer, and with it the peer.
    if (name === 'leave') return {};
    // The schema of this very name made the request.
    const handler = stageHandlers[name];
    return handler(this.#peer, request as never, this.#services);
  }

  async #join(request: StageRequest<'join'>) {
    if (this.#state !== 'new') throw signalingError('SIGNALING_ALREADY_JOINED');
    this.#state = 'joining';
    try {
      const { peer, reply } = await join(this, this.#grant, request, this.#services);
      this.#joinTimer.cancel();
      this.#peer = peer;
      if (!this.isOpen) await this.#release(peer);
      if (this.isOpen) this.#state = 'joined';
      return reply;
    } catch (error) {
      if (this.#state === 'joining') this.#state = 'new';
      throw error;
    }
  }

  #checkRate(name: StageRequestName): void {
    const retryAfterMs = this.#rates.take(requestClasses[name]);
    if (retryAfterMs === 0) return;
    if (++this.#rateRefusalCount >= signalingLimits.maxRateRefusals)
      this.remove(signalingError('SIGNALING_ABUSE').toReply());
    throw signalingError('SIGNALING_RATE_LIMITED', { details: { retryAfterMs } });
  }

  #violate(name: string, ack: Ack | undefined): void {
    const isKnown = isRequestName(name);
    const error = signalingError(isKnown ? 'SIGNALING_PAYLOAD_INVALID' : 'SIGNALING_REQUEST_UNKNOWN');
    ack?.({ ok: false, error: error.toReply() });
    this.#services.onAnswered(isKnown ? name : 'unknown', error.code, 0);
    if (++this.#violationCount >= signalingLimits.maxViolations)
      this.remove(signalingError('SIGNALING_ABUSE').toReply());
  }

  #logFailure(request: string, error: RostrumError): void {
    const fields = { request, code: error.code, peerId: this.#peer?.ref.peerId };
    if (error.fault === 'caller') this.#logger.debug(fields, 'request refused');
    else this.#logger.error({ ...fields, error }, 'request failed');
  }
}

function isRequestName(name: string): name is StageRequestName {
  return Object.hasOwn(stageRequestSchemas, name);
}

/** @throws SIGNALING_PAYLOAD_INVALID naming the fields, never their values */
function parse(name: StageRequestName, payload: unknown): unknown {
  const parsed = stageRequestSchemas[name].safeParse(payload);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, signalingLimits.maxReportedProblems)
    .map(({ path, code }) => ({ path: path.join('.').slice(0, 100), code }));
  throw signalingError('SIGNALING_PAYLOAD_INVALID', { details: { problems } });
}
