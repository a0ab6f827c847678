/**
 * Who is on the stage of one webinar or waits for it, and what they send. Pure state; places are reserved before a join
 * is complete.
 */
import { signalingError } from './errors.ts';
import { signalingLimits } from './limits.ts';
import {
  type MediaSource,
  type PeerInfo,
  type Permission,
  type Place,
  type ProducerInfo,
  type Readiness,
  type Role,
  type WaitingPeer,
} from './protocol/index.ts';

/** Delivers events and ends the connection of one peer. */
export interface RoomMember<Connection> {
  readonly peerId: string;
  readonly displayName: string;
  readonly title?: string | undefined;
  readonly role: Role;
  readonly permissions: readonly Permission[];
  readonly place: Place;
  /** In the green room, as they tell of themselves. */
  readonly readiness?: Readiness | undefined;
  /** Their connection is lost, and their place kept for a while. */
  readonly isAway?: boolean | undefined;
  /** An interpreter's language channel. */
  readonly audioChannelId?: string | undefined;
  readonly connection: Connection;
  /** Of the invitation. */
  readonly grantId: string;
  /** See stage-policy.ts. Told to no client. */
  readonly personKey: string;
  /** Whose place this is: who joins with the same one takes it over. Told to no client. */
  readonly identity?: string | undefined;
}

/** What a host can change of a member. */
export type MemberStanding = Partial<Pick<RoomMember<unknown>, 'role' | 'permissions'>>;
/** What changes of a member where they are. */
type MemberChange = MemberStanding & Partial<Pick<RoomMember<unknown>, 'readiness' | 'isAway'>>;

/** Whether people on stage are told of a member. */
export function isSeen({ role, place }: Pick<RoomMember<unknown>, 'role' | 'place'>): boolean {
  return role !== 'captioner' && place === 'stage';
}

interface HeldProducer {
  readonly transportId: string;
  info: ProducerInfo;
}

interface HeldPeer<Connection> {
  member: RoomMember<Connection>;
  readonly producers: Map<string, HeldProducer>;
}

export class Room<Connection> {
  readonly webinarId: string;
  readonly #maxPeers: number;
  /** First on stage to last. */
  #peers = new Map<string, HeldPeer<Connection>>();
  readonly #reservedCounts: Record<Place, number> = { stage: 0, greenRoom: 0 };
  activeSpeakerPeerId: string | null = null;
  /** As the policy of the webinar says. */
  isGreenRoomOn = false;

  constructor(webinarId: string, maxPeers: number) {
    this.webinarId = webinarId;
    this.#maxPeers = maxPeers;
  }

  get isEmpty(): boolean {
    return this.#peers.size === 0 && this.#reservedCounts.stage + this.#reservedCounts.greenRoom === 0;
  }

  /**
   * Takes a place while a join is under way; give it back with the function returned.
   * @throws SIGNALING_WEBINAR_FULL, SIGNALING_GREEN_ROOM_FULL
   */
  reserve(place: Place): () => void {
    const takenCount = this.members().filter((member) => member.place === place).length + this.#reservedCounts[place];
    if (place === 'stage' && takenCount >= this.#maxPeers)
      throw signalingError('SIGNALING_WEBINAR_FULL', { details: { maxPeers: this.#maxPeers } });
    if (place === 'greenRoom' && takenCount >= signalingLimits.maxWaiting)
      throw signalingError('SIGNALING_GREEN_ROOM_FULL');
    this.#reservedCounts[place]++;
    let isHeld = true;
    return () => {
      if (isHeld) this.#reservedCounts[place]--;
      isHeld = false;
    };
  }

  add(member: RoomMember<Connection>): void {
    this.#peers.set(member.peerId, { member, producers: new Map() });
  }

  /** The producers it had; undefined when it was not there. */
  remove(peerId: string): readonly ProducerInfo[] | undefined {
    const peer = this.#peers.get(peerId);
    if (!this.#peers.delete(peerId)) return undefined;
    if (this.activeSpeakerPeerId === peerId) this.activeSpeakerPeerId = null;
    return [...(peer?.producers.values() ?? [])].map(({ info }) => info);
  }

  member(peerId: string): RoomMember<Connection> | undefined {
    return this.#peers.get(peerId)?.member;
  }

  /** @throws SIGNALING_PEER_UNKNOWN */
  memberAt(peerId: string, place: Place): RoomMember<Connection> {
    const member = this.member(peerId);
    if (member?.place !== place) throw signalingError('SIGNALING_PEER_UNKNOWN', { details: { peerId } });
    return member;
  }

  /** @returns the member as it is now; undefined when it is gone. */
  change(peerId: string, change: MemberChange): RoomMember<Connection> | undefined {
    const held = this.#peers.get(peerId);
    if (held !== undefined) held.member = { ...held.member, ...change };
    return held?.member;
  }

  /** To the end of those who are there. */
  moveTo(peerId: string, place: Place): void {
    const held = this.#peers.get(peerId);
    if (held === undefined) return;
    this.#peers.delete(peerId);
    this.#peers.set(peerId, { ...held, member: { ...held.member, place } });
  }

  /** Who is named comes first, in that order. @returns everybody who is seen, first to last. */
  setOrder(peerIds: readonly string[]): readonly string[] {
    const named = new Set(peerIds.filter((peerId) => this.#peers.has(peerId)));
    const order = [...named, ...[...this.#peers.keys()].filter((peerId) => !named.has(peerId))];
    this.#peers = new Map(order.map((peerId) => [peerId, this.#peers.get(peerId)!]));
    return this.peers().map(({ peerId }) => peerId);
  }

  withIdentity(identity: string): readonly RoomMember<Connection>[] {
    return this.members().filter((member) => member.identity === identity);
  }

  members(exceptPeerId?: string): readonly RoomMember<Connection>[] {
    return [...this.#peers.values()].map(({ member }) => member).filter(({ peerId }) => peerId !== exceptPeerId);
  }

  /** Those who are seen, in join order. */
  peers(exceptPeerId?: string): readonly PeerInfo[] {
    return [...this.#peers.values()]
      .filter(({ member }) => member.peerId !== exceptPeerId && isSeen(member))
      .map(({ member, producers }) => ({
        ...describeMember(member),
        producers: [...producers.values()].map(({ info }) => info),
      }));
  }

  /** Who is in the green room, in order of arrival. */
  waiting(): readonly WaitingPeer[] {
    return this.members()
      .filter(({ place }) => place === 'greenRoom')
      .map(({ peerId, displayName, title, readiness }) => {
        return { peerId, displayName, ...(title && { title }), ...(readiness && { readiness }) };
      });
  }

  addProducer(peerId: string, transportId: string, info: ProducerInfo): void {
    this.#peers.get(peerId)?.producers.set(info.producerId, { transportId, info });
  }

  /** A producer of one peer. @throws MEDIA_NOT_FOUND */
  ownProducer(peerId: string, producerId: string): ProducerInfo {
    const held = this.#peers.get(peerId)?.producers.get(producerId);
    if (held === undefined) throw signalingError('MEDIA_NOT_FOUND', { details: { producerId } });
    return held.info;
  }

  /** What one peer sends of some sources. */
  producersOf(peerId: string, sources?: readonly MediaSource[]): readonly ProducerInfo[] {
    const infos = [...(this.#peers.get(peerId)?.producers.values() ?? [])].map(({ info }) => info);
    return sources === undefined ? infos : infos.filter(({ source }) => sources.includes(source));
  }

  /** Whether it is somebody's on stage. */
  hasProducer(producerId: string): boolean {
    return [...this.#peers.values()].some(({ member, producers }) => isSeen(member) && producers.has(producerId));
  }

  /** The changed producer; undefined when it is gone or was in that state already. */
  setProducerPaused(peerId: string, producerId: string, paused: boolean): ProducerInfo | undefined {
    const held = this.#peers.get(peerId)?.producers.get(producerId);
    if (held === undefined || held.info.paused === paused) return undefined;
    held.info = { ...held.info, paused };
    return held.info;
  }

  removeProducer(peerId: string, producerId: string): ProducerInfo | undefined {
    const producers = this.#peers.get(peerId)?.producers;
    const info = producers?.get(producerId)?.info;
    producers?.delete(producerId);
    return info;
  }

  /** Those that went over one transport, removed. */
  removeProducersOf(peerId: string, transportId: string): readonly ProducerInfo[] {
    const producers = this.#peers.get(peerId)?.producers ?? new Map<string, HeldProducer>();
    const gone = [...producers.values()].filter((held) => held.transportId === transportId);
    for (const { info } of gone) producers.delete(info.producerId);
    return gone.map(({ info }) => info);
  }
}

/** As others are told of them, without what they send. */
export function describeMember(member: RoomMember<unknown>): Omit<PeerInfo, 'producers'> {
  const { peerId, displayName, title, role, permissions, audioChannelId, isAway } = member;
  const optional = {
    ...(title && { title }),
    ...(audioChannelId && { audioChannelId }),
    ...(isAway && { isAway }),
  };
  return { peerId, displayName, role, permissions, ...optional };
}
