/** All rooms of this server: who is where, who hears what, and the news for the rest of the system. */
import { type Logger } from '../core/logger.ts';
import { type GaugeMetric, type Metrics } from '../core/metrics.ts';
import { signalingError } from './errors.ts';
import { type PeerRef, type StageListener } from './ports.ts';
import {
  type AudienceStats,
  type ProducerInfo,
  type ProgramState,
  type Readiness,
  type StageEventName,
  type StageEvents,
  type WebinarState,
} from './protocol/index.ts';
import { type RemovalReason } from './request-channel.ts';
import { describeMember, isSeen, Room, type MemberStanding, type RoomMember } from './room.ts';

/** The way to one client. */
export interface StageLink {
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
    room.add(member);
    this.#peerGauge.set(++this.#peerCount);
    if (isSeen(member)) this.#announce(room, member);
    else if (member.place === 'greenRoom') this.tellGreenRoom(room);
    const { peerId, role, place } = member;
    this.#logger.info({ webinarId: room.webinarId, peerId, role, place }, 'peer joined');
  }

  /**
   * From the green room: the others are told of the person, who is told of everybody. What they send is announced by
   * `announceProducers`, when it is there for the others.
   */
  enterStage(room: StageRoom, peerId: string, program: ProgramState): void {
    room.moveTo(peerId, 'stage');
    const member = room.member(peerId);
    if (member === undefined) return;
    this.#announce(room, member);
    const peers = room.peers(peerId);
    const { activeSpeakerPeerId } = room;
    member.connection.send('placeChanged', { place: 'stage', peers, activeSpeakerPeerId, program });
    this.tellGreenRoom(room);
  }

  announceProducers(room: StageRoom, peerId: string): void {
    for (const producer of room.producersOf(peerId)) this.#announceAdded(room, peerId, producer);
  }

  /** To the green room, with nothing of what they sent. */
  leaveStage(room: StageRoom, peerId: string, program: ProgramState): void {
    for (const { producerId } of room.producersOf(peerId)) this.closeProducer(room, peerId, producerId);
    this.#announceLeft(room, peerId);
    room.moveTo(peerId, 'greenRoom');
    const member = room.member(peerId);
    member?.connection.send('placeChanged', { place: 'greenRoom', peers: [], activeSpeakerPeerId: null, program });
    this.tellGreenRoom(room);
  }

  /** Everybody on stage hears of another role or other permissions. */
  setStanding(room: StageRoom, peerId: string, standing: MemberStanding): void {
    const member = room.change(peerId, standing);
    if (member === undefined) return;
    const { role, permissions } = member;
    if (isSeen(member)) this.broadcast(room, 'peerChanged', { peerId, role, permissions });
    else member.connection.send('peerChanged', { peerId, role, permissions });
    // Who may admit now has to know who waits.
    if (permissions.includes('admit') || member.place === 'greenRoom') this.tellGreenRoom(room);
  }

  /** What somebody who waits tells of themselves, for those who can let them in. */
  setReadiness(room: StageRoom, peerId: string, readiness: Readiness): void {
    // Let in meanwhile.
    if (room.member(peerId)?.place !== 'greenRoom') return;
    room.change(peerId, { readiness });
    this.tellGreenRoom(room);
  }

  /** The others are told that somebody's connection is lost, or that they are back. */
  setAway(room: StageRoom, peerId: string, isAway: boolean): void {
    const member = room.change(peerId, { isAway });
    if (member !== undefined && isSeen(member)) this.broadcast(room, 'peerAway', { peerId, isAway }, peerId);
  }

  setOrder(room: StageRoom, peerIds: readonly string[]): void {
    const order = room.setOrder(peerIds);
    this.broadcast(room, 'orderChanged', { peerIds: order });
    this.#tell('orderChanged', (listener) => listener.orderChanged(room.webinarId, order));
  }

  /** Those who can let people in hear who waits. */
  tellGreenRoom(room: StageRoom): void {
    const greenRoom = { isOn: room.isGreenRoomOn, waiting: room.waiting() };
    for (const { permissions, connection } of room.members())
      if (permissions.includes('admit')) connection.send('greenRoomChanged', { greenRoom });
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
    if (member === undefined || producers === undefined) return;
    const peer: PeerRef = { webinarId: room.webinarId, peerId };
    this.#peerGauge.set(--this.#peerCount);
    if (isSeen(member)) {
      for (const producer of producers)
        this.#tell('producerClosed', (listener) => listener.producerClosed(peer, producer));
      this.#announceLeft(room, peerId);
    } else if (member.place === 'greenRoom') this.tellGreenRoom(room);
    this.#logger.info({ ...peer }, 'peer left');
    this.dropIfEmpty(room);
  }

  addProducer(room: StageRoom, peerId: string, transportId: string, producer: ProducerInfo): void {
    room.addProducer(peerId, transportId, producer);
    if (isOnStage(room, peerId)) this.#announceAdded(room, peerId, producer);
  }

  setProducerPaused(room: StageRoom, peerId: string, producerId: string, paused: boolean): void {
    const producer = room.setProducerPaused(peerId, producerId, paused);
    if (producer === undefined || !isOnStage(room, peerId)) return;
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

  layersWanted({ webinarId, peerId }: PeerRef, producerId: string, spatialLayer: number | null): void {
    this.#rooms.get(webinarId)?.member(peerId)?.connection.send('layersWanted', { producerId, spatialLayer });
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

  /** Those who run the event only: how many watch is theirs to tell. */
  audience(webinarId: string, audience: AudienceStats): void {
    for (const { permissions, connection } of this.#rooms.get(webinarId)?.members() ?? [])
      if (permissions.includes('record')) connection.send('audienceChanged', { audience });
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
    for (const { place, connection } of room.members(exceptPeerId))
      if (place === 'stage' || event === 'webinarState') connection.send(event, payload);
  }

  #announce(room: StageRoom, member: RoomMember<StageLink>): void {
    const peer = describeMember(member);
    this.broadcast(room, 'peerJoined', { peer: { ...peer, producers: [] } }, member.peerId);
    this.#tell('peerJoined', (listener) => listener.peerJoined({ webinarId: room.webinarId, ...peer }));
  }

  #announceLeft(room: StageRoom, peerId: string): void {
    this.broadcast(room, 'peerLeft', { peerId }, peerId);
    this.#tell('peerLeft', (listener) => listener.peerLeft({ webinarId: room.webinarId, peerId }));
  }

  #announceAdded(room: StageRoom, peerId: string, producer: ProducerInfo): void {
    this.broadcast(room, 'producerAdded', { peerId, producer }, peerId);
    const peer = { webinarId: room.webinarId, peerId };
    this.#tell('producerAdded', (listener) => listener.producerAdded(peer, producer));
  }

  #announceClosed(room: StageRoom, peerId: string, producer: ProducerInfo): void {
    if (!isOnStage(room, peerId)) return;
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

function isOnStage(room: StageRoom, peerId: string): boolean {
  const member = room.member(peerId);
  return member !== undefined && isSeen(member);
}
