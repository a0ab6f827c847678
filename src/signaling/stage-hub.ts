/** All rooms of this server: who is where, who hears what, and the news for the rest of the system. */
import { type Logger } from '../core/logger.ts';
import { type GaugeMetric, type Metrics } from '../core/metrics.ts';
import { signalingError } from './errors.ts';
import { type PeerRef, type StageListener } from './ports.ts';
import {
  type AudienceStats,
  type ProducerInfo,
  type ProgramState,
  type StageEventName,
  type StageEvents,
  type WebinarState,
} from './protocol/index.ts';
import { isSeen, Room, type RoomMember } from './room.ts';

/** Why a connection is ended, as the client is told. */
export interface RemovalReason {
  readonly code: string;
  readonly message: string;
}

/** The way to one client. */
export interface StageLink {
  readonly isOpen: boolean;
  send<Name extends StageEventName>(event: Name, payload: StageEvents[Name]): void;
  /** Tells the client why, then ends the connection. Idempotent. */
  remove(reason: RemovalReason): void;
}

export type StageRoom = Room<StageLink>;

export class StageHub {
  readonly #rooms = new Map<string, StageRoom>();
  readonly #maxPeers: number;
  readonly #listener: StageListener;
  readonly #logger: Logger;
  readonly #peerGauge: GaugeMetric;
  #peerCount = 0;

  constructor(options: { maxPeers: number; listener: StageListener; logger: Logger; metrics: Metrics }) {
    this.#maxPeers = options.maxPeers;
    this.#listener = options.listener;
    this.#logger = options.logger;
    this.#peerGauge = options.metrics.gauge({
      name: 'rostrum_signaling_peers',
      help: 'Hosts, panelists and captioners joined.',
    });
  }

  /** The room of a webinar, made when it is first asked for; empty ones go in `dropIfEmpty`. */
  roomFor(webinarId: string): StageRoom {
    const room = this.#rooms.get(webinarId) ?? new Room<StageLink>(webinarId, this.#maxPeers);
    this.#rooms.set(webinarId, room);
    return room;
  }

  dropIfEmpty(room: StageRoom): void {
    if (room.isEmpty && this.#rooms.get(room.webinarId) === room) this.#rooms.delete(room.webinarId);
  }

  /** A member with the identity of somebody who is there takes their place; else one person would stand there twice. */
  admit(room: StageRoom, member: RoomMember<StageLink>): void {
    this.replace(room, member.identity);
    const { peerId, displayName, title, role, audioChannelId } = member;
    const peer = { peerId, displayName, role, ...(title && { title }), ...(audioChannelId && { audioChannelId }) };
    room.add(member);
    this.#peerGauge.set(++this.#peerCount);
    const { webinarId } = room;
    if (isSeen(member)) {
      this.broadcast(room, 'peerJoined', { peer: { ...peer, producers: [] } }, peerId);
      this.#tell('peerJoined', (listener) => listener.peerJoined({ webinarId, ...peer }));
    }
    this.#logger.info({ webinarId, peerId, role }, 'peer joined');
  }

  /** Takes whoever has that identity off the stage and tells them why. */
  replace(room: StageRoom, identity: string | undefined): void {
    if (identity === undefined) return;
    for (const { peerId, connection } of room.withIdentity(identity)) {
      connection.remove(signalingError('SIGNALING_REPLACED').toReply());
      // A connection that is dead without anybody knowing does not report its end by itself.
      this.leave(room, peerId);
    }
  }

  /** Takes a peer out, with its producers. Idempotent. */
  leave(room: StageRoom, peerId: string): void {
    const member = room.member(peerId);
    const producers = room.remove(peerId);
    if (producers === undefined) return;
    const peer: PeerRef = { webinarId: room.webinarId, peerId };
    this.#peerGauge.set(--this.#peerCount);
    for (const producer of producers)
      this.#tell('producerClosed', (listener) => listener.producerClosed(peer, producer));
    if (member !== undefined && isSeen(member)) {
      this.broadcast(room, 'peerLeft', { peerId });
      this.#tell('peerLeft', (listener) => listener.peerLeft(peer));
    }
    this.#logger.info({ ...peer }, 'peer left');
    this.dropIfEmpty(room);
  }

  addProducer(room: StageRoom, peerId: string, transportId: string, producer: ProducerInfo): void {
    room.addProducer(peerId, transportId, producer);
    this.broadcast(room, 'producerAdded', { peerId, producer }, peerId);
    const peer = { webinarId: room.webinarId, peerId };
    this.#tell('producerAdded', (listener) => listener.producerAdded(peer, producer));
  }

  setProducerPaused(room: StageRoom, peerId: string, producerId: string, paused: boolean): void {
    const producer = room.setProducerPaused(peerId, producerId, paused);
    if (producer === undefined) return;
    const event = paused ? 'producerPaused' : 'producerResumed';
    this.broadcast(room, event, { peerId, producerId }, peerId);
    this.#tell(event, (listener) => listener[event]({ webinarId: room.webinarId, peerId }, producer));
  }

  closeProducer(room: StageRoom, peerId: string, producerId: string): void {
    const producer = room.removeProducer(peerId, producerId);
    if (producer !== undefined) this.#announceClosed(room, peerId, producer);
  }

  /** A transport ended by itself: its producers are gone for everybody, and its owner has to rebuild it. */
  transportClosed(peer: PeerRef, transportId: string, reason: string): void {
    const room = this.#rooms.get(peer.webinarId);
    if (room === undefined) return;
    for (const producer of room.removeProducersOf(peer.peerId, transportId))
      this.#announceClosed(room, peer.peerId, producer);
    room.member(peer.peerId)?.connection.send('transportClosed', { transportId, reason });
  }

  consumerClosed(peer: PeerRef, consumerId: string): void {
    this.#rooms.get(peer.webinarId)?.member(peer.peerId)?.connection.send('consumerClosed', { consumerId });
  }

  webinarState(webinarId: string, state: WebinarState, channelIds?: readonly string[]): void {
    const room = this.#rooms.get(webinarId);
    if (room !== undefined) this.broadcast(room, 'webinarState', { state, ...(channelIds && { channelIds }) });
  }

  program(webinarId: string, program: ProgramState): void {
    const room = this.#rooms.get(webinarId);
    if (room !== undefined) this.broadcast(room, 'programChanged', { program });
  }

  /** Hosts only: how many watch is theirs to tell. */
  audience(webinarId: string, audience: AudienceStats): void {
    for (const member of this.#rooms.get(webinarId)?.members() ?? [])
      if (member.role === 'host') member.connection.send('audienceChanged', { audience });
  }

  activeSpeaker(webinarId: string, peerId: string | null): void {
    const room = this.#rooms.get(webinarId);
    if (room === undefined || room.activeSpeakerPeerId === peerId) return;
    room.activeSpeakerPeerId = peerId;
    this.broadcast(room, 'activeSpeaker', { peerId });
  }

  /** Ends every connection. */
  removeAll(reason: RemovalReason): void {
    for (const room of [...this.#rooms.values()]) for (const member of room.members()) member.connection.remove(reason);
  }

  broadcast<Name extends StageEventName>(
    room: StageRoom,
    event: Name,
    payload: StageEvents[Name],
    exceptPeerId?: string,
  ): void {
    for (const member of room.members(exceptPeerId)) member.connection.send(event, payload);
  }

  #announceClosed(room: StageRoom, peerId: string, producer: ProducerInfo): void {
    this.broadcast(room, 'producerClosed', { peerId, producerId: producer.producerId }, peerId);
    const peer = { webinarId: room.webinarId, peerId };
    this.#tell('producerClosed', (listener) => listener.producerClosed(peer, producer));
  }

  /** A listener that throws must not keep peers from hearing the rest. */
  #tell(event: string, call: (listener: StageListener) => void): void {
    try {
      call(this.#listener);
    } catch (error) {
      this.#logger.error({ event, error }, 'stage listener failed');
    }
  }
}
