/** One connection to `/stage`: the join, what the person may ask for where they are, and the clean-up when it goes. */
import { type Timer } from '../core/clock.ts';
import { type Logger } from '../core/logger.ts';
import { signalingError } from './errors.ts';
import { type HandlerServices, type JoinedPeer } from './handler.ts';
import { join } from './join.ts';
import { bucketSpecs, requestClasses, signalingLimits, type RequestClass } from './limits.ts';
import { type Grant } from './ports.ts';
import {
  greenRoomRequests,
  requiredPermissions,
  stageRequestSchemas,
  stageRoles,
  type StageEventName,
  type StageEvents,
  type StageRequest,
  type StageRequestName,
} from './protocol/index.ts';
import {
  RequestChannel,
  type ChannelServices,
  type ClientSocket,
  type RemovalReason,
  type RequestRules,
} from './request-channel.ts';
import { stageHandlers } from './stage-handlers.ts';
import { type StageLink } from './stage-hub.ts';

export interface ConnectionServices extends HandlerServices, ChannelServices {}

type State = 'new' | 'joining' | 'joined' | 'gone';

const rules: RequestRules<StageRequestName, RequestClass> = {
  schemas: stageRequestSchemas,
  classes: requestClasses,
  bucketSpecs,
  deadlineMsOf: (name) => (name === 'setLive' ? signalingLimits.setLiveDeadlineMs : signalingLimits.requestDeadlineMs),
};

export class StageConnection implements StageLink {
  readonly #channel: RequestChannel<StageRequestName, RequestClass>;
  readonly #grant: Grant;
  readonly #services: ConnectionServices;
  readonly #logger: Logger;
  readonly #joinTimer: Timer;
  #state: State = 'new';
  #peer: JoinedPeer | undefined;

  constructor(socket: ClientSocket, grant: Grant, services: ConnectionServices) {
    this.#grant = grant;
    this.#services = services;
    this.#logger = services.logger.child({ webinarId: grant.webinarId, grantId: grant.grantId });
    this.#channel = new RequestChannel({
      ...services,
      logger: this.#logger,
      socket,
      rules,
      handle: (name, request) => this.#handle(name, request),
      onSent: (name, code) => {
        const isOver = name === 'leave' && code === undefined;
        // A join that hangs may still succeed, and would leave a peer behind that nobody knows of.
        if (isOver || (name === 'join' && code === 'CORE_DEADLINE')) this.#channel.disconnect();
      },
    });
    this.#joinTimer = services.clock.schedule(signalingLimits.joinTimeoutMs, () =>
      this.remove(signalingError('SIGNALING_JOIN_TIMEOUT').toReply()),
    );
  }

  get isOpen(): boolean {
    return this.#channel.isOpen;
  }

  send<Name extends StageEventName>(event: Name, payload: StageEvents[Name]): void {
    this.#channel.send(event, payload);
  }

  remove(reason: RemovalReason): void {
    this.#channel.remove(reason);
  }

  /** One incoming event with all its arguments. Never throws. */
  receive(name: string, args: readonly unknown[]): void {
    this.#channel.receive(name, args);
  }

  /** The socket is gone: takes the peer off the stage. Idempotent. */
  async handleDisconnect(): Promise<void> {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#channel.close();
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

  async #handle(name: StageRequestName, request: unknown): Promise<unknown> {
    if (!stageRoles.includes(this.#grant.role))
      throw signalingError('SIGNALING_ROLE_FORBIDDEN', { details: { role: this.#grant.role } });
    if (name === 'join') return this.#join(request as StageRequest<'join'>);
    if (this.#state !== 'joined' || this.#peer === undefined) throw signalingError('SIGNALING_NOT_JOINED');
    assertAllowed(this.#peer, name);
    // The connection ends after the answer, and with it the peer.
    if (name === 'leave') return {};
    // The schema of this very name made the request.
    return stageHandlers[name](this.#peer, request as never, this.#services);
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
}

/**
 * By what the person may do now: a host may have changed it since the join.
 * @throws SIGNALING_PEER_GONE, SIGNALING_NOT_ON_STAGE, SIGNALING_NOT_PERMITTED
 */
function assertAllowed({ ref, room }: JoinedPeer, name: StageRequestName): void {
  const member = room.member(ref.peerId);
  if (member === undefined) throw signalingError('SIGNALING_PEER_GONE');
  if (member.place === 'greenRoom' && !greenRoomRequests.has(name)) throw signalingError('SIGNALING_NOT_ON_STAGE');
  const permission = requiredPermissions[name];
  if (permission !== null && !member.permissions.includes(permission))
    throw signalingError('SIGNALING_NOT_PERMITTED', { details: { permission } });
}
