/** One connection to `/audience`: who it is, the join with what was missed, and what they may ask for. */
import { type Timer } from '../../core/clock.ts';
import { signalingError } from '../errors.ts';
import { personKeyOf, standingOf } from '../people/stage-policy.ts';
import { type StagePolicy } from '../people/policy-schema.ts';
import { type StagePolicies } from '../people/stage-policies.ts';
import { type AudienceGrant, type StageInviter } from '../ports.ts';
import {
  audiencePermissions,
  audienceRequestSchemas,
  protocolVersion,
  type AudienceEventName,
  type AudienceEvents,
  type AudienceReplies,
  type AudienceRequest,
  type AudienceRequestName,
  type Author,
  type Permission,
  type Role,
} from '../protocol/index.ts';
import {
  RequestChannel,
  type ChannelServices,
  type ClientSocket,
  type RemovalReason,
  type RequestRules,
} from '../request-channel.ts';
import { audienceHandlers, type AudiencePerson } from './audience-handlers.ts';
import { type AudienceMember, type AudienceRoom, type BroadcastGroup } from './audience-room.ts';
import { audienceBuckets, audienceClasses, audienceLimits, type AudienceRequestClass } from './limits.ts';

export interface AudienceConnectionServices extends ChannelServices {
  readonly policies: StagePolicies;
  readonly inviter: StageInviter;
  readonly enter: (webinarId: string, member: AudienceConnection) => Promise<AudienceRoom>;
  readonly leave: (webinarId: string, member: AudienceConnection) => void;
  /** What this connection is told from now on. */
  readonly listenAs: (group: Exclude<BroadcastGroup, 'everybody'>) => void;
}

const rules: RequestRules<AudienceRequestName, AudienceRequestClass> = {
  schemas: audienceRequestSchemas,
  classes: audienceClasses,
  bucketSpecs: audienceBuckets,
  deadlineMsOf: () => audienceLimits.requestDeadlineMs,
};

interface Identity {
  readonly personId: string;
  readonly role: Role;
  readonly permissions: readonly Permission[];
}

export class AudienceConnection implements AudienceMember {
  readonly #channel: RequestChannel<AudienceRequestName, AudienceRequestClass>;
  readonly #grant: AudienceGrant;
  readonly #services: AudienceConnectionServices;
  readonly #joinTimer: Timer;
  #identity: Identity;
  #name: string | undefined;
  #clientId: string | undefined;
  #room: AudienceRoom | undefined;
  #isJoining = false;

  constructor(socket: ClientSocket, grant: AudienceGrant, services: AudienceConnectionServices) {
    this.#grant = grant;
    this.#services = services;
    this.#name = grant.displayName;
    this.#identity = viewerIdentity(grant);
    this.#channel = new RequestChannel({
      ...services,
      logger: services.logger.child({ webinarId: grant.webinarId }),
      socket,
      rules,
      handle: (name, request) => this.#handle(name, request),
      onSent: (name, code) => {
        if (name === 'join' && code === 'CORE_DEADLINE') this.#channel.disconnect();
      },
    });
    this.#joinTimer = services.clock.schedule(audienceLimits.joinTimeoutMs, () =>
      this.remove(signalingError('SIGNALING_JOIN_TIMEOUT').toReply()),
    );
  }

  get author(): Author {
    const { personId, role } = this.#identity;
    return { personId, role, name: this.#name ?? 'Viewer' };
  }

  get isBackstage(): boolean {
    return this.#grant.stage !== undefined;
  }

  get canAdmit(): boolean {
    return this.#identity.permissions.includes('admit');
  }

  send<Name extends AudienceEventName>(event: Name, payload: AudienceEvents[Name]): void {
    this.#channel.send(event, payload);
  }

  remove(reason: RemovalReason): void {
    this.#channel.remove(reason);
  }

  receive(name: string, args: readonly unknown[]): void {
    this.#channel.receive(name, args);
  }

  /** The socket is gone. Idempotent. */
  handleDisconnect(): void {
    this.#channel.close();
    this.#joinTimer.cancel();
    if (this.#room !== undefined) this.#services.leave(this.#grant.webinarId, this);
    this.#room = undefined;
  }

  /** A host decided something about people on stage: perhaps about this one. */
  follow(policy: StagePolicy): void {
    if (this.#grant.stage === undefined || this.#room === undefined) return;
    const before = this.#identity;
    const { isRemoved, identity } = this.#standing(policy);
    if (isRemoved) return this.remove(signalingError('SIGNALING_REMOVED').toReply());
    if (JSON.stringify(before) === JSON.stringify(identity)) return;
    this.#identity = identity;
    this.send('permissionsChanged', { role: identity.role, permissions: identity.permissions });
    if (this.canAdmit) this.send('hands', { hands: this.#room.hands });
  }

  async #handle(name: AudienceRequestName, request: unknown): Promise<unknown> {
    if (name === 'join') return this.#join(request as AudienceRequest<'join'>);
    const room = this.#room;
    if (room === undefined) throw signalingError('SIGNALING_NOT_JOINED');
    if (name === 'setName') return { name: this.#setName((request as AudienceRequest<'setName'>).displayName) };
    const permission = audiencePermissions[name];
    if (permission !== undefined && !this.#identity.permissions.includes(permission))
      throw signalingError('SIGNALING_NOT_PERMITTED', { details: { permission } });
    // The schema of this very name made the request.
    return audienceHandlers[name](this.#person(room), request as never, this.#services);
  }

  #person(room: AudienceRoom): AudiencePerson {
    const { author, isBackstage } = this;
    return { room, webinarId: this.#grant.webinarId, author, hasName: this.#name !== undefined, isBackstage };
  }

  /** The name of an invitation stays; a stage link is for whoever it was given to, who may say theirs. */
  #setName(displayName: string): string {
    const isFixed = this.#grant.viewerId !== undefined && this.#grant.displayName !== undefined;
    if (!isFixed) this.#name = displayName;
    return this.#name ?? displayName;
  }

  async #join(request: AudienceRequest<'join'>): Promise<AudienceReplies['join']> {
    if (request.protocolVersion !== protocolVersion)
      throw signalingError('SIGNALING_VERSION_UNSUPPORTED', { details: { supported: protocolVersion } });
    if (this.#isJoining) throw signalingError('SIGNALING_ALREADY_JOINED');
    this.#isJoining = true;
    const { policies, enter, leave, listenAs } = this.#services;
    const { webinarId, stage } = this.#grant;
    try {
      this.#clientId = request.clientId;
      if (stage !== undefined) {
        const { isRemoved, identity } = this.#standing(await policies.read(webinarId));
        if (isRemoved) throw signalingError('SIGNALING_REMOVED');
        this.#identity = identity;
      }
      if (request.displayName !== undefined) this.#setName(request.displayName);
      const room = await enter(webinarId, this);
      if (!this.#channel.isOpen) {
        leave(webinarId, this);
        throw signalingError('SIGNALING_PEER_GONE');
      }
      this.#room = room;
      this.#joinTimer.cancel();
      // In the same turn as the reply is made: nothing is missed and nothing comes twice.
      listenAs(this.isBackstage ? 'backstage' : 'viewers');
      return this.#welcome(room, request.after);
    } catch (error) {
      this.#isJoining = false;
      throw error;
    }
  }

  #welcome(room: AudienceRoom, after: AudienceRequest<'join'>['after']): AudienceReplies['join'] {
    const { personId, role, permissions } = this.#identity;
    const { conversation } = room.log;
    const missed = room.missedBy(this, after);
    const isHandRaised = room.hand(personId) !== undefined;
    return {
      personId,
      role,
      permissions,
      ...(this.#name !== undefined && { name: this.#name }),
      epoch: room.epoch,
      number: conversation.number,
      ...(missed === undefined && { snapshot: room.snapshotFor(this) }),
      missed: missed ?? [],
      own: { ...conversation.ownVotes(personId), isHandRaised, isSilenced: conversation.isSilenced(personId) },
      ...(this.canAdmit && { hands: room.hands }),
    };
  }

  #standing(policy: StagePolicy): { isRemoved: boolean; identity: Identity } {
    const { stage } = this.#grant;
    if (stage === undefined) return { isRemoved: false, identity: this.#identity };
    const personId = personKeyOf(stage.grantId, this.#clientId);
    const { isRemoved, role, permissions } = standingOf(policy, stage, personId);
    return { isRemoved, identity: { personId, role, permissions } };
  }
}

/** Hashed, so that the id in a pass is not given away to everybody. */
function viewerIdentity({ viewerId, stage }: AudienceGrant): Identity {
  const personId = personKeyOf(viewerId ?? stage?.grantId ?? '', undefined);
  return { personId, role: stage?.role ?? 'viewer', permissions: [] };
}
