/** The `/stage` namespace: every request a client may send, every event it may receive. Schemas are the types. */
import { z } from 'zod';
import { addCaptionsSchema, type CaptionsAdded } from './captions.ts';
import {
  displayNameSchema,
  idSchema,
  kindOfSource,
  mediaKindSchema,
  mediaSourceSchema,
  type MediaKind,
  type MediaSource,
  type Role,
  type WebinarState,
} from './common.ts';
import { type AudienceStats } from './audience.ts';
import { layoutChangeSchema, sceneSchema, type AppliedChange, type LayoutName, type ProgramState } from './program.ts';
import { dtlsParametersSchema, rtpCapabilitiesSchema, rtpParametersSchema } from './rtp.ts';

const empty = z.strictObject({});
const byProducer = z.strictObject({ producerId: idSchema });
const byConsumer = z.strictObject({ consumerId: idSchema });

/** Request name -> payload schema. Each is answered once with a `StageReply`. */
export const stageRequestSchemas = {
  /** First request after connecting; the token travels in the socket's `auth`, never in a URL's query. */
  join: z.strictObject({
    protocolVersion: z.number().int(),
    displayName: displayNameSchema.optional(),
    /**
     * Which browser this is, random and told to nobody else. With the same token it is the same person again: whom the
     * server still holds for them, a connection that died unnoticed for one, is taken off the stage at once.
     */
    clientId: idSchema.min(16).optional(),
  }),
  createTransport: z.strictObject({ direction: z.enum(['send', 'recv']) }),
  connectTransport: z.strictObject({ transportId: idSchema, dtlsParameters: dtlsParametersSchema }),
  restartIce: z.strictObject({ transportId: idSchema }),
  /** One of each source per peer. */
  produce: z
    .strictObject({
      transportId: idSchema,
      kind: mediaKindSchema,
      source: mediaSourceSchema,
      rtpParameters: rtpParametersSchema,
      paused: z.boolean(),
    })
    .refine(({ kind, source }) => kindOfSource[source] === kind, { path: ['kind'] }),
  pauseProducer: byProducer,
  resumeProducer: byProducer,
  closeProducer: byProducer,
  consume: z.strictObject({ producerId: idSchema, rtpCapabilities: rtpCapabilitiesSchema }),
  /** Consumers are created paused; the client resumes when its receiver is ready. */
  resumeConsumer: byConsumer,
  pauseConsumer: byConsumer,
  setPreferredLayers: z.strictObject({ consumerId: idSchema, spatialLayer: z.number().int().min(0).max(2) }),
  /** Host only: go live, or end the event. */
  setLive: z.strictObject({ live: z.boolean() }),
  /** Host only, as the next two: what viewers are shown. */
  setLayout: layoutChangeSchema,
  setPinned: z.strictObject({ peerId: idSchema, pinned: z.boolean() }),
  setScene: sceneSchema,
  /** Hosts and captioners: text for viewers, with its time. */
  addCaptions: addCaptionsSchema,
  leave: empty,
} as const;

export type StageRequestName = keyof typeof stageRequestSchemas;
export type StageRequest<Name extends StageRequestName> = z.infer<(typeof stageRequestSchemas)[Name]>;

/** Who may send what; checked before the handler runs. Viewers watch over HLS and have no business here. */
export const stageAllowedRoles: Readonly<Record<StageRequestName, readonly Role[]>> = {
  join: ['host', 'panelist', 'captioner'],
  createTransport: ['host', 'panelist', 'captioner'],
  connectTransport: ['host', 'panelist', 'captioner'],
  restartIce: ['host', 'panelist', 'captioner'],
  produce: ['host', 'panelist'],
  pauseProducer: ['host', 'panelist'],
  resumeProducer: ['host', 'panelist'],
  closeProducer: ['host', 'panelist'],
  consume: ['host', 'panelist', 'captioner'],
  resumeConsumer: ['host', 'panelist', 'captioner'],
  pauseConsumer: ['host', 'panelist', 'captioner'],
  setPreferredLayers: ['host', 'panelist', 'captioner'],
  setLive: ['host'],
  setLayout: ['host'],
  setPinned: ['host'],
  setScene: ['host'],
  addCaptions: ['host', 'captioner'],
  leave: ['host', 'panelist', 'captioner'],
};

export const stageAuthSchema = z.strictObject({ token: z.string().min(20).max(2048) });

/** Opaque to signaling: made by the media server, read by mediasoup-client. */
export type Opaque = Readonly<Record<string, unknown>>;

export interface ProducerInfo {
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly source: MediaSource;
  readonly paused: boolean;
}

export interface PeerInfo {
  readonly peerId: string;
  readonly displayName: string;
  /** Role or company, shown small. */
  readonly title?: string;
  readonly role: Role;
  /** An interpreter's language channel: what they say is not for the floor. */
  readonly audioChannelId?: string;
  readonly producers: readonly ProducerInfo[];
}

/** A TURN server with credentials that live minutes; every reply that starts gathering candidates brings fresh ones. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

/** Request name -> reply data. */
export interface StageReplies {
  join: {
    readonly peerId: string;
    readonly role: Role;
    /** One's own, as the invitation says. */
    readonly title?: string;
    /** Present for an interpreter: the language channel they are heard on. */
    readonly audioChannelId?: string;
    readonly webinar: {
      readonly webinarId: string;
      readonly title: string;
      readonly state: WebinarState;
      /** Only an invitation opens its viewer page. */
      readonly isPrivate: boolean;
      /** Language channels of the running event; absent while there is none. */
      readonly channelIds?: readonly string[];
    };
    readonly routerRtpCapabilities: Opaque;
    readonly iceServers: readonly IceServer[];
    readonly peers: readonly PeerInfo[];
    readonly activeSpeakerPeerId: string | null;
    readonly program: ProgramState;
  };
  createTransport: {
    readonly transportId: string;
    readonly iceParameters: Opaque;
    readonly iceCandidates: readonly Opaque[];
    readonly dtlsParameters: Opaque;
    readonly iceServers: readonly IceServer[];
  };
  connectTransport: Record<string, never>;
  /** The credentials of earlier replies may have run out by now: set these servers before restarting. */
  restartIce: { readonly iceParameters: Opaque; readonly iceServers: readonly IceServer[] };
  produce: { readonly producerId: string };
  pauseProducer: Record<string, never>;
  resumeProducer: Record<string, never>;
  closeProducer: Record<string, never>;
  consume: {
    readonly consumerId: string;
    readonly producerId: string;
    readonly kind: MediaKind;
    readonly rtpParameters: Opaque;
    readonly producerPaused: boolean;
  };
  resumeConsumer: Record<string, never>;
  pauseConsumer: Record<string, never>;
  setPreferredLayers: Record<string, never>;
  setLive: { readonly state: WebinarState };
  /** `applied` is null while the webinar is not live: the setting counts from its start. */
  setLayout: { readonly applied: (AppliedChange & { readonly name: LayoutName | null }) | null };
  setPinned: { readonly applied: (AppliedChange & { readonly name: LayoutName | null }) | null };
  setScene: { readonly applied: AppliedChange | null };
  addCaptions: CaptionsAdded;
  leave: Record<string, never>;
}

export type StageReply<Name extends StageRequestName = StageRequestName> =
  | { readonly ok: true; readonly data: StageReplies[Name] }
  | {
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string; readonly details?: Opaque };
    };

/** Event name -> payload, server to client. */
export interface StageEvents {
  peerJoined: { readonly peer: PeerInfo };
  peerLeft: { readonly peerId: string };
  producerAdded: { readonly peerId: string; readonly producer: ProducerInfo };
  producerPaused: { readonly peerId: string; readonly producerId: string };
  producerResumed: { readonly peerId: string; readonly producerId: string };
  producerClosed: { readonly peerId: string; readonly producerId: string };
  consumerClosed: { readonly consumerId: string };
  /** The transport is gone on the server (its worker died): rebuild it. */
  transportClosed: { readonly transportId: string; readonly reason: string };
  activeSpeaker: { readonly peerId: string | null };
  /** `channelIds` as in the reply to `join`. */
  webinarState: { readonly state: WebinarState; readonly channelIds?: readonly string[] };
  /** What viewers see, or what the host decided, is another now. */
  programChanged: { readonly program: ProgramState };
  /** To hosts only. */
  audienceChanged: { readonly audience: AudienceStats };
  /** The server ends this connection; `code` says why. */
  removed: { readonly code: string; readonly message: string };
}
export type StageEventName = keyof StageEvents;
