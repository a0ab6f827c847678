/**
 * One connection to `/stage`: the join or the return to a place that was kept, what the person may ask for where they
 * are, and what becomes of the place when the connection goes.
 */
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
  type ResumeEvents,
  type StageReplies,
  type StageRequest,
  type StageRequestName,
  type StageResume,
} from './protocol/index.ts';
import {
  RequestChannel,
  type ChannelServices,
  type ClientSocket,
  type RemovalReason,
  type RequestRules,
} from './request-channel.ts';
import { PeerSession, type SessionCarrier } from './sessions/peer-session.ts';
import { type HeldSession, type StageSessions } from './sessions/stage-sessions.ts';
import { stageHandlers } from './stage-handlers.ts';
import { describeShown, stageStateFor } from './stage-state.ts';

export interface ConnectionServices extends HandlerServices, ChannelServices {
  readonly sessions: StageSessions;
  /** Work that has to end before the server does. */
  readonly awaitEnd: (work: Promise<void>) => void;
}

type State = 'new' | 'joining' | 'joined' | 'gone';

const rules: RequestRules<StageRequestName, RequestClass> = {
  schemas: stageRequestSchemas,
  classes: requestClasses,
  bucketSpecs,
  deadlineMsOf: (name) => (name === 'setLive' ? signalingLimits.setLiveDeadlineMs : signalingLimits.requestDeadlineMs),
};

export class StageConnection implements SessionCarrier {
  readonly #channel: RequestChannel<StageRequestName, RequestClass>;
  readonly #grant: Grant;
  readonly #services: ConnectionServices;
  readonly #logger: Logger;
  readonly #joinTimer: Timer;
  #state: State = 'new';
  #isLeaving = false;
  #held: HeldSession | undefined;

  /** @param resume the place that was left without a word, if there was one */
  constructor(socket: ClientSocket, grant: Grant, services: ConnectionServices, resume?: StageResume) {
    this.#grant = grant;
    this.#services = services;
    this.#logger = services.logger.child({ webinarId: grant.webinarId, grantId: grant.grantId });
    this.#channel = new RequestChannel({
      ...services,
      logger: this.#logger,
      socket,
      rules,
      handle: (name, request) => this.#handle(name, request),
      replies: () => this.#held?.session.replies,
      onSent: (name, code) => {
        this.#isLeaving ||= name === 'leave' && code === undefined;
        // A join that hangs may still succeed, and would leave a peer behind that nobody knows of.
        if (this.#isLeaving || (name === 'join' && code === 'CORE_DEADLINE')) this.#channel.disconnect();
      },
    });
    this.#joinTimer = services.clock.schedule(signalingLimits.joinTimeoutMs, () =>
      this.remove(signalingError('SIGNALING_JOIN_TIMEOUT').toReply()),
    );
    if (resume !== undefined) this.#resume(resume);
  }

  sendNumbered(event: string, payload: unknown, number: number): void {
    this.#channel.send(event, payload, number);
  }

  remove(reason: RemovalReason): void {
    this.#channel.remove(reason);
  }

  disconnect(): void {
    this.#channel.disconnect();
  }

  /** One incoming event with all its arguments. Never throws. */
  receive(name: string, args: readonly unknown[]): void {
    this.#channel.receive(name, args);
  }

  /**
   * The socket is gone: the place is kept for a while, unless somebody wanted it to end. Idempotent.
   * @param isWanted the client ended it itself
   */
  handleDisconnect(isWanted: boolean): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#channel.close();
    this.#joinTimer.cancel();
    const session = this.#held?.session;
    if (session?.isCarriedBy(this) !== true) return;
    if (isWanted || this.#isLeaving || this.#channel.wasRemoved) session.end();
    else session.detach(this);
  }

  #resume(resume: StageResume): void {
    const held = this.#services.sessions.find(resume, this.#grant.grantId);
    if (held === undefined) return this.#answerResume('sessionLost', {});
    this.#joinTimer.cancel();
    this.#held = held;
    this.#state = 'joined';
    const missed = held.session.attach(this, resume.lastNumber);
    if (missed === undefined) return void this.#sendSnapshot(held);
    for (const { name, payload, number } of missed) this.sendNumbered(name, payload, number);
    this.#answerResume('resumed', { number: held.session.number });
  }

  /** Never rejects: who gets no snapshot is told to start over. */
  async #sendSnapshot({ session, peer: { room, ref } }: HeldSession): Promise<void> {
    try {
      const shown = await describeShown(ref.webinarId, this.#services);
      const member = room.member(ref.peerId);
      if (member === undefined || !session.isCarriedBy(this)) return;
      this.#answerResume('snapshot', { ...stageStateFor(room, member, shown), number: session.number });
    } catch (error) {
      this.#logger.warn({ error }, 'no snapshot for a peer who came back');
      this.#channel.disconnect();
    }
  }

  #answerResume<Name extends keyof ResumeEvents>(event: Name, payload: ResumeEvents[Name]): void {
    this.#channel.send(event, payload);
  }

  async #handle(name: StageRequestName, request: unknown): Promise<unknown> {
    if (!stageRoles.includes(this.#grant.role))
      throw signalingError('SIGNALING_ROLE_FORBIDDEN', { details: { role: this.#grant.role } });
    if (name === 'join') return this.#join(request as StageRequest<'join'>);
    if (this.#state !== 'joined' || this.#held === undefined) throw signalingError('SIGNALING_NOT_JOINED');
    const { peer } = this.#held;
    assertAllowed(peer, name);
    // The connection ends after the answer, and with it the peer.
    if (name === 'leave') return {};
    // The schema of this very name made the request.
    return stageHandlers[name](peer, request as never, this.#services);
  }

  async #join(request: StageRequest<'join'>): Promise<StageReplies['join']> {
    if (this.#state !== 'new') throw signalingError('SIGNALING_ALREADY_JOINED');
    this.#state = 'joining';
    const { sessions, clock, hub } = this.#services;
    const session = new PeerSession(this, {
      clock,
      onAway: (isAway) => this.#held && hub.setAway(this.#held.peer.room, this.#held.peer.ref.peerId, isAway),
      onGone: () => this.#held && this.#services.awaitEnd(this.#release(this.#held)),
    });
    try {
      const joiner = { grant: this.#grant, link: session, isConnected: () => this.#channel.isOpen };
      const { peer, reply } = await join(joiner, request, this.#services);
      this.#joinTimer.cancel();
      this.#held = { session, peer, grantId: this.#grant.grantId };
      sessions.add(this.#held);
      // Gone or removed before the join was answered.
      if (this.#channel.isOpen) this.#state = 'joined';
      else session.end();
      return { ...reply, session: { sessionId: session.sessionId, epoch: sessions.epoch } };
    } catch (error) {
      if (this.#state === 'joining') this.#state = 'new';
      throw error;
    }
  }

  /** Takes the peer off the stage. Never rejects. */
  async #release({ session, peer }: HeldSession): Promise<void> {
    const { sessions, hub, media } = this.#services;
    sessions.delete(session);
    hub.leave(peer.room, peer.ref.peerId);
    try {
      await media.releasePeer(peer.ref);
    } catch (error) {
      this.#logger.error({ error }, 'peer not released');
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
