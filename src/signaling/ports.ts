/** What signaling needs from the rest: who may enter, media operations on behalf of a peer, the webinar's state. */
import {
  type AddCaptions,
  type CaptionsAdded,
  type IceServer,
  type LayoutChange,
  type MediaKind,
  type MediaSource,
  type Opaque,
  type Permission,
  type Poll,
  type ProducerInfo,
  type ProgramState,
  type Question,
  type Role,
  type Scene,
  type StageReplies,
  type WebinarState,
  type WireDtlsParameters,
  type WireRtpCapabilities,
  type WireRtpParameters,
} from './protocol/index.ts';
import { type ConversationRecord } from './audience/conversation-record.ts';
import { type StagePolicy } from './people/policy-schema.ts';

/** What a valid token says. */
export interface Grant {
  readonly webinarId: string;
  readonly role: Role;
  /** What the role does not say: for who may do more or less than others of it. */
  readonly permissions?: readonly Permission[] | undefined;
  /** True for who has to be let in from the green room, whatever the others do. */
  readonly waits?: boolean | undefined;
  readonly displayName: string;
  /** Role or company. */
  readonly title?: string | undefined;
  /** The token's `jti`. */
  readonly grantId: string;
  /** The language channel an interpreter is heard on; absent for the floor. */
  readonly audioChannelId?: string | undefined;
}

/** @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED */
export interface TokenVerifier {
  verify(token: string): Promise<Grant>;
}

export interface PeerRef {
  readonly webinarId: string;
  readonly peerId: string;
}

/**
 * Media on behalf of one peer. Every id given is checked to belong to that peer (transports, own producers,
 * consumers) or to the same webinar (producers to consume); else MEDIA_NOT_FOUND.
 */
export interface StageMedia {
  routerRtpCapabilities(peer: PeerRef): Promise<Opaque>;
  createTransport(
    peer: PeerRef,
    direction: 'send' | 'recv',
  ): Promise<{ transportId: string; iceParameters: Opaque; iceCandidates: readonly Opaque[]; dtlsParameters: Opaque }>;
  connectTransport(peer: PeerRef, transportId: string, dtlsParameters: WireDtlsParameters): Promise<void>;
  restartIce(peer: PeerRef, transportId: string): Promise<{ iceParameters: Opaque }>;
  produce(
    peer: PeerRef,
    request: {
      transportId: string;
      kind: MediaKind;
      source: MediaSource;
      rtpParameters: WireRtpParameters;
      paused: boolean;
    },
  ): Promise<{ producerId: string }>;
  pauseProducer(peer: PeerRef, producerId: string): Promise<void>;
  resumeProducer(peer: PeerRef, producerId: string): Promise<void>;
  closeProducer(peer: PeerRef, producerId: string): Promise<void>;
  consume(
    peer: PeerRef,
    request: { producerId: string; rtpCapabilities: WireRtpCapabilities },
  ): Promise<{
    consumerId: string;
    producerId: string;
    kind: MediaKind;
    rtpParameters: Opaque;
    producerPaused: boolean;
  }>;
  resumeConsumer(peer: PeerRef, consumerId: string): Promise<void>;
  pauseConsumer(peer: PeerRef, consumerId: string): Promise<void>;
  setPreferredLayers(peer: PeerRef, consumerId: string, spatialLayer: number): Promise<void>;
  /** @param heightPx of the tile, in pixels of the screen; null while it is not on it */
  setTile(peer: PeerRef, consumerId: string, heightPx: number | null): Promise<void>;
  /** From now on nobody gets what the peer sends, and the peer gets nothing; what there was of either is closed. */
  holdPeer(peer: PeerRef): void;
  /** Ends that: what the peer sends is there for everybody. */
  admitPeer(peer: PeerRef): void;
  /** Closes everything the peer had. Idempotent. */
  releasePeer(peer: PeerRef): Promise<void>;
}

/** Who comes to `/audience`: with a viewer page's pass, or with a stage link. */
export interface AudienceGrant {
  readonly webinarId: string;
  /** Of a viewer's page; undefined for a stage link. */
  readonly viewerId?: string | undefined;
  /** A stage link. */
  readonly stage?: Grant | undefined;
  /** As an invitation says; undefined for who came by the public link. */
  readonly displayName?: string | undefined;
}

/** @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED */
export interface AudienceTokenVerifier {
  verifyAudience(token: string): Promise<AudienceGrant>;
}

/** Makes a link onto the stage for somebody of the audience, who waits in the green room first. */
export interface StageInviter {
  inviteToStage(person: { webinarId: string; displayName: string }): Promise<string>;
}

/** Keeps what the audience says. */
export interface ConversationStore {
  /** All records of a webinar, in order. */
  load(webinarId: string): Promise<readonly ConversationRecord[]>;
  /** Durable when it resolves; all of them or none. */
  append(webinarId: string, records: readonly ConversationRecord[]): Promise<void>;
}

/** Hears what was said, once it is stored. */
export interface ConversationListener {
  recorded(webinarId: string, records: readonly ConversationRecord[], conversation: ConversationView): void;
}

/** What is there after the records. */
export interface ConversationView {
  question(questionId: string): Question | undefined;
  poll(pollId: string): Poll | undefined;
}

/** Keeps what the host decided about people. */
export interface StagePolicyStore {
  /** `openStage` while nothing was decided. */
  load(webinarId: string): Promise<StagePolicy>;
  save(webinarId: string, policy: StagePolicy): Promise<void>;
}

/** What the webinar itself answers. */
export interface WebinarDirectory {
  /** @throws WEBINAR_NOT_FOUND */
  describe(webinarId: string): Promise<{
    webinarId: string;
    title: string;
    state: WebinarState;
    /** Only an invitation opens its viewer page. */
    isPrivate: boolean;
    /** Language channels of the running event. */
    channelIds?: readonly string[] | undefined;
  }>;
  /** Starts or ends the event; resolves when the new state is reached or under way. */
  setLive(webinarId: string, live: boolean, byPeerId: string): Promise<WebinarState>;
}

/** What viewers are shown. `by` is the host who asked. Changes are heard through `broadcastProgram`. */
export interface ProgramDirector {
  /** @throws WEBINAR_NOT_FOUND */
  describe(webinarId: string): Promise<ProgramState>;
  /** @throws PROGRAM_PARTICIPANT_UNKNOWN, PROGRAM_NOT_APPLIED */
  setLayout(by: PeerRef, change: LayoutChange): Promise<StageReplies['setLayout']>;
  /** Pins first, or unpins. @throws PROGRAM_PARTICIPANT_UNKNOWN, PROGRAM_NOT_APPLIED */
  setPinned(by: PeerRef, peerId: string, pinned: boolean): Promise<StageReplies['setPinned']>;
  /** @throws PROGRAM_NOT_APPLIED */
  setScene(by: PeerRef, scene: Scene): Promise<StageReplies['setScene']>;
}

/** Takes what captioners write. */
export interface CaptionDesk {
  /** @throws TIMED_TEXT_NOT_LIVE, CAPTIONS_* */
  addCaptions(by: PeerRef, request: AddCaptions): Promise<CaptionsAdded>;
}

export interface IceServerProvider {
  /** Fresh time-limited TURN credentials for one peer; empty when no TURN runs. */
  iceServersFor(peerId: string): readonly IceServer[];
}

/** What signaling tells the rest (roster for the mixer and the recording). */
export interface StageListener {
  peerJoined(
    peer: PeerRef & {
      displayName: string;
      title?: string | undefined;
      role: Role;
      audioChannelId?: string | undefined;
    },
  ): void;
  peerLeft(peer: PeerRef): void;
  /** Everybody on stage, first to last. */
  orderChanged(webinarId: string, peerIds: readonly string[]): void;
  producerAdded(peer: PeerRef, producer: ProducerInfo): void;
  producerPaused(peer: PeerRef, producer: ProducerInfo): void;
  producerResumed(peer: PeerRef, producer: ProducerInfo): void;
  producerClosed(peer: PeerRef, producer: ProducerInfo): void;
}
