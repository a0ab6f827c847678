/** Who is on the stage of one webinar and what they send. Pure state; places are reserved before a join is complete. */
import { signalingError } from './errors.ts';
import { type PeerInfo, type ProducerInfo, type Role } from './protocol/index.ts';

/** Delivers events and ends the connection of one peer. */
export interface RoomMember<Connection> {
  readonly peerId: string;
  readonly displayName: string;
  readonly title?: string | undefined;
  readonly role: Role;
  /** An interpreter's language channel. */
  readonly audioChannelId?: string | undefined;
  readonly connection: Connection;
  /** Whose place this is: who joins with the same one takes it over. Told to no client. */
  readonly identity?: string | undefined;
}

/** Whether others are told of a member. */
export function isSeen({ role }: Pick<RoomMember<unknown>, 'role'>): boolean {
  return role !== 'captioner';
}

interface HeldProducer {
  readonly transportId: string;
  info: ProducerInfo;
}

interface HeldPeer<Connection> {
  readonly member: RoomMember<Connection>;
  readonly producers: Map<string, HeldProducer>;
}

export class Room<Connection> {
  readonly webinarId: string;
  readonly #maxPeers: number;
  readonly #peers = new Map<string, HeldPeer<Connection>>();
  #reservedCount = 0;
  activeSpeakerPeerId: string | null = null;

  constructor(webinarId: string, maxPeers: number) {
    this.webinarId = webinarId;
    this.#maxPeers = maxPeers;
  }

  get isEmpty(): boolean {
    return this.#peers.size === 0 && this.#reservedCount === 0;
  }

  /** Takes a place while a join is under way; give it back with the function returned. @throws SIGNALING_WEBINAR_FULL */
  reserve(): () => void {
    if (this.#peers.size + this.#reservedCount >= this.#maxPeers)
      throw signalingError('SIGNALING_WEBINAR_FULL', { details: { maxPeers: this.#maxPeers } });
    this.#reservedCount++;
    let isHeld = true;
    return () => {
      if (isHeld) this.#reservedCount--;
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
        peerId: member.peerId,
        displayName: member.displayName,
        ...(member.title && { title: member.title }),
        role: member.role,
        ...(member.audioChannelId && { audioChannelId: member.audioChannelId }),
        producers: [...producers.values()].map(({ info }) => info),
      }));
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

  hasProducer(producerId: string): boolean {
    return [...this.#peers.values()].some(({ producers }) => producers.has(producerId));
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
