/** What signaling needs from the rest: who may enter, media operations on behalf of a peer, the webinar's state. */
import {
  type AddCaptions,
  type CaptionsAdded,
  type IceServer,
  type LayoutChange,
  type MediaKind,
  type MediaSource,
  type Opaque,
  type ProducerInfo,
  type ProgramState,
  type Role,
  type Scene,
  type StageReplies,
  type WebinarState,
  type WireDtlsParameters,
  type WireRtpCapabilities,
  type WireRtpParameters,
} from './protocol/index.ts';

/** What a valid token says. */
export interface Grant {
  readonly webinarId: string;
  readonly role: Role;
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
  /** Closes everything the peer had. Idempotent. */
  releasePeer(peer: PeerRef): Promise<void>;
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
  producerAdded(peer: PeerRef, producer: ProducerInfo): void;
  producerPaused(peer: PeerRef, producer: ProducerInfo): void;
  producerResumed(peer: PeerRef, producer: ProducerInfo): void;
  producerClosed(peer: PeerRef, producer: ProducerInfo): void;
}
