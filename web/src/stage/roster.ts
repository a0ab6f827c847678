/** Who is on stage and what they send: a reducer over the join reply and the server's events. Pure. */
import type {
  AudienceStats,
  GreenRoom,
  MediaSource,
  PeerInfo,
  Permission,
  Place,
  ProducerInfo,
  ProgramState,
  StageEventName,
  StageEvents,
  StageReplies,
  StageSnapshot,
  WebinarState,
} from '../../../src/signaling/protocol/index.ts';

export interface Roster {
  readonly selfPeerId: string | undefined;
  readonly role: PeerInfo['role'] | undefined;
  readonly permissions: readonly Permission[];
  readonly place: Place;
  /** Who waits; undefined for those who let nobody in. */
  readonly greenRoom: GreenRoom | undefined;
  /** One's own language channel, as an interpreter. */
  readonly audioChannelId: string | undefined;
  /** One's own role or company. */
  readonly personTitle: string | undefined;
  /** The webinar's. */
  readonly title: string;
  /** Only an invitation opens its viewer page; true until a join tells. */
  readonly isPrivate: boolean;
  readonly webinarState: WebinarState;
  /** Language channels of the running event; undefined while there is none. */
  readonly channelIds: readonly string[] | undefined;
  /** Everyone but oneself, in the order of the stage: by arrival, until a host changes it. */
  readonly peers: readonly PeerInfo[];
  readonly activeSpeakerPeerId: string | null;
  /** What viewers see and what the host decided; undefined before the first join. */
  readonly program: ProgramState | undefined;
  /** Who watches; undefined for panelists, and until a host is told. */
  readonly audience: AudienceStats | undefined;
}

export const emptyRoster: Roster = {
  selfPeerId: undefined,
  role: undefined,
  permissions: [],
  place: 'stage',
  greenRoom: undefined,
  audioChannelId: undefined,
  personTitle: undefined,
  title: '',
  isPrivate: true,
  webinarState: 'idle',
  channelIds: undefined,
  peers: [],
  activeSpeakerPeerId: null,
  program: undefined,
  audience: undefined,
};

export type StageEvent = {
  [Name in StageEventName]: { readonly name: Name; readonly payload: StageEvents[Name] };
}[StageEventName];

export function rosterFromJoin(reply: StageReplies['join']): Roster {
  return {
    selfPeerId: reply.peerId,
    role: reply.role,
    permissions: reply.permissions,
    place: reply.place,
    greenRoom: reply.greenRoom,
    audioChannelId: reply.audioChannelId,
    personTitle: reply.title,
    title: reply.webinar.title,
    isPrivate: reply.webinar.isPrivate,
    webinarState: reply.webinar.state,
    channelIds: reply.webinar.channelIds,
    peers: reply.peers.filter(({ peerId }) => peerId !== reply.peerId),
    activeSpeakerPeerId: reply.activeSpeakerPeerId,
    program: reply.program,
    audience: undefined,
  };
}

/** The stage as it is now; oneself stays who one is. */
export function rosterFromSnapshot(roster: Roster, snapshot: StageSnapshot): Roster {
  const { role, permissions, place, greenRoom, webinar, peers, activeSpeakerPeerId, program } = snapshot;
  const { title, isPrivate, state: webinarState, channelIds } = webinar;
  const shown = { title, isPrivate, webinarState, channelIds, peers, activeSpeakerPeerId, program };
  return { ...roster, role, permissions, place, greenRoom, ...shown };
}

/** Events about oneself or about unknown peers change nothing; repeated events are harmless. */
export function reduceRoster(roster: Roster, event: StageEvent): Roster {
  switch (event.name) {
    case 'peerJoined':
      return withPeer(roster, event.payload.peer);
    case 'peerLeft':
      return withoutPeer(roster, event.payload.peerId);
    case 'producerAdded': {
      const { peerId, producer } = event.payload;
      return withProducers(roster, peerId, (producers) => [
        ...producers.filter(({ producerId }) => producerId !== producer.producerId),
        producer,
      ]);
    }
    case 'producerPaused':
      return withPaused(roster, event.payload, true);
    case 'producerResumed':
      return withPaused(roster, event.payload, false);
    case 'producerClosed': {
      const { peerId, producerId: closedId } = event.payload;
      return withProducers(roster, peerId, (producers) =>
        producers.filter(({ producerId }) => producerId !== closedId),
      );
    }
    case 'activeSpeaker':
      return { ...roster, activeSpeakerPeerId: event.payload.peerId };
    case 'webinarState':
      return { ...roster, webinarState: event.payload.state, channelIds: event.payload.channelIds };
    case 'programChanged':
      return { ...roster, program: event.payload.program };
    case 'audienceChanged':
      return { ...roster, audience: event.payload.audience };
    case 'peerAway':
      return withAway(roster, event.payload);
    case 'peerChanged':
      return withChange(roster, event.payload);
    case 'orderChanged':
      return withOrder(roster, event.payload.peerIds);
    case 'greenRoomChanged':
      return { ...roster, greenRoom: event.payload.greenRoom };
    case 'placeChanged': {
      const { place, peers, activeSpeakerPeerId, program } = event.payload;
      return { ...roster, place, peers, activeSpeakerPeerId, program };
    }
    case 'sourceStopped':
    case 'layersWanted':
    case 'consumerClosed':
    case 'transportClosed':
    case 'removed':
      return roster;
  }
}

function withPeer(roster: Roster, peer: PeerInfo): Roster {
  if (peer.peerId === roster.selfPeerId) return roster;
  const isKnown = roster.peers.some(({ peerId }) => peerId === peer.peerId);
  const peers = isKnown
    ? roster.peers.map((known) => (known.peerId === peer.peerId ? peer : known))
    : [...roster.peers, peer];
  return { ...roster, peers };
}

function withoutPeer(roster: Roster, leftId: string): Roster {
  const activeSpeakerPeerId = roster.activeSpeakerPeerId === leftId ? null : roster.activeSpeakerPeerId;
  return { ...roster, peers: roster.peers.filter(({ peerId }) => peerId !== leftId), activeSpeakerPeerId };
}

function withAway(roster: Roster, { peerId, isAway }: StageEvents['peerAway']): Roster {
  const peers = roster.peers.map((peer) => (peer.peerId === peerId ? { ...peer, isAway } : peer));
  return { ...roster, peers };
}

function withChange(roster: Roster, { peerId, role, permissions }: StageEvents['peerChanged']): Roster {
  if (peerId !== roster.selfPeerId) {
    const peers = roster.peers.map((peer) => (peer.peerId === peerId ? { ...peer, role, permissions } : peer));
    return { ...roster, peers };
  }
  // Who may not admit any more is not told who waits, and must not go on showing it.
  const greenRoom = permissions.includes('admit') ? roster.greenRoom : undefined;
  return { ...roster, role, permissions, greenRoom };
}

/** Who is not named comes last, in the order there was. */
function withOrder(roster: Roster, peerIds: readonly string[]): Roster {
  const rankOf = ({ peerId }: PeerInfo): number => {
    const rank = peerIds.indexOf(peerId);
    return rank === -1 ? peerIds.length : rank;
  };
  return { ...roster, peers: roster.peers.toSorted((one, other) => rankOf(one) - rankOf(other)) };
}

function withPaused(roster: Roster, at: { readonly peerId: string; readonly producerId: string }, paused: boolean) {
  return withProducers(roster, at.peerId, (producers) =>
    producers.map((producer) => (producer.producerId === at.producerId ? { ...producer, paused } : producer)),
  );
}

function withProducers(
  roster: Roster,
  ofPeerId: string,
  change: (producers: readonly ProducerInfo[]) => readonly ProducerInfo[],
): Roster {
  const peers = roster.peers.map((peer) =>
    peer.peerId === ofPeerId ? { ...peer, producers: change(peer.producers) } : peer,
  );
  return { ...roster, peers };
}

/** What is received of a peer: everything but the voice of an interpreter, who speaks to viewers and not to the stage. */
export function receivedProducers({ audioChannelId, producers }: PeerInfo): readonly ProducerInfo[] {
  return audioChannelId === undefined ? producers : producers.filter(({ kind }) => kind !== 'audio');
}

/** True when others hear nothing from this peer: no microphone, or a paused one. */
export function isPeerMuted({ producers }: Pick<PeerInfo, 'producers'>): boolean {
  return !producers.some(({ source, paused }) => source === 'microphone' && !paused);
}

export function hasPeerScreen({ producers }: Pick<PeerInfo, 'producers'>): boolean {
  return producers.some(({ source, paused }) => source === 'screen' && !paused);
}

export function hasPeerPicture({ producers }: Pick<PeerInfo, 'producers'>): boolean {
  return producers.some(({ source, paused }) => source === 'camera' && !paused);
}

/** One stream per peer keeps their sound and picture in step; the screen and its sound are another one. */
export function streamIdOf(at: { readonly peerId: string; readonly source: MediaSource }): string {
  return at.source === 'screen' || at.source === 'screenAudio' ? `${at.peerId}-screen` : at.peerId;
}
