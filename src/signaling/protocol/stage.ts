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
  type Role,
  type WebinarState,
} from './common.ts';
import { type AudienceStats } from './audience.ts';
import {
  peopleRequestSchemas,
  type GreenRoom,
  type PeerInfo,
  type PeopleEvents,
  type PeopleReplies,
  type ProducerInfo,
} from './people.ts';
import { type Permission, type Place } from './permissions.ts';
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
  /** How high the tile is that shows a camera, in pixels of the screen; null while it is not on it. */
  setTile: z.strictObject({ consumerId: idSchema, heightPx: z.number().int().min(1).max(10_000).nullable() }),
  ...peopleRequestSchemas,
  /** Go live, or end the event. */
  setLive: z.strictObject({ live: z.boolean() }),
  /** What viewers are shown, as the next two. */
  setLayout: layoutChangeSchema,
  setPinned: z.strictObject({ peerId: idSchema, pinned: z.boolean() }),
  setScene: sceneSchema,
  /** Text for viewers, with its time. */
  addCaptions: addCaptionsSchema,
  leave: empty,
} as const;

export type StageRequestName = keyof typeof stageRequestSchemas;
export type StageRequest<Name extends StageRequestName> = z.infer<(typeof stageRequestSchemas)[Name]>;

/** Whose tokens open the stage. Viewers watch over HLS and have no business here. */
export const stageRoles: readonly Role[] = ['host', 'coHost', 'panelist', 'captioner'];

/**
 * What it takes to ask for something; null for what everybody on stage may. `produce` takes the permission of its
 * source, and what a host alone may is checked by its handler.
 */
export const requiredPermissions: Readonly<Record<StageRequestName, Permission | null>> = {
  join: null,
  createTransport: null,
  connectTransport: null,
  restartIce: null,
  produce: null,
  pauseProducer: null,
  resumeProducer: null,
  closeProducer: null,
  consume: null,
  resumeConsumer: null,
  pauseConsumer: null,
  setPreferredLayers: null,
  setTile: null,
  admit: 'admit',
  sendToGreenRoom: 'admit',
  setGreenRoom: 'admit',
  reportReadiness: null,
  stopSource: 'moderate',
  removePeer: 'moderate',
  setPermissions: 'managePermissions',
  setRole: 'managePermissions',
  handOver: 'managePermissions',
  setOrder: 'changeLayout',
  setLive: 'record',
  setLayout: 'changeLayout',
  setPinned: 'changeLayout',
  setScene: 'changeLayout',
  addCaptions: 'caption',
  leave: null,
};

/** What somebody in the green room can ask for; the rest is answered with SIGNALING_NOT_ON_STAGE. */
export const greenRoomRequests: ReadonlySet<StageRequestName> = new Set<StageRequestName>([
  'createTransport',
  'connectTransport',
  'restartIce',
  'produce',
  'pauseProducer',
  'resumeProducer',
  'closeProducer',
  'reportReadiness',
  'leave',
]);

export const stageAuthSchema = z.strictObject({
  token: z.string().min(20).max(2048),
  /**
   * Who was joined before, and lost the connection, says so here. The answer is an event: `resumed` after everything that
   * was missed, `snapshot` when that is not known any more, or `sessionLost`: then join again.
   */
  resume: z.strictObject({ sessionId: idSchema, epoch: idSchema, lastNumber: z.number().int().min(0) }).optional(),
});
export type StageResume = NonNullable<z.infer<typeof stageAuthSchema>['resume']>;

/** Third argument of a request, before its acknowledgement: sent again with the same id, it is not done again. */
export const requestMetaSchema = z.strictObject({ requestId: idSchema });

/** Opaque to signaling: made by the media server, read by mediasoup-client. */
export type Opaque = Readonly<Record<string, unknown>>;

/** A TURN server with credentials that live minutes; every reply that starts gathering candidates brings fresh ones. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

/** Request name -> reply data. */
export interface StageReplies extends PeopleReplies {
  join: {
    readonly peerId: string;
    readonly role: Role;
    readonly permissions: readonly Permission[];
    readonly place: Place;
    /** What to come back with after a lost connection: a secret, for the resume in `auth`. */
    readonly session: { readonly sessionId: string; readonly epoch: string };
    /** For those who admit. */
    readonly greenRoom?: GreenRoom;
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
    /** Nobody, in the green room. */
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
  setTile: Record<string, never>;
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

/** The stage as it is for one peer, whose media goes on. */
export interface StageSnapshot extends Omit<
  StageReplies['join'],
  'peerId' | 'session' | 'routerRtpCapabilities' | 'iceServers' | 'title' | 'audioChannelId'
> {
  /** Of the newest event in it. */
  readonly number: number;
}

/** Event name -> payload, server to client. Every event of somebody who has joined has a number behind its payload. */
export interface StageEvents extends PeopleEvents {
  peerJoined: { readonly peer: PeerInfo };
  peerLeft: { readonly peerId: string };
  producerAdded: { readonly peerId: string; readonly producer: ProducerInfo };
  producerPaused: { readonly peerId: string; readonly producerId: string };
  producerResumed: { readonly peerId: string; readonly producerId: string };
  producerClosed: { readonly peerId: string; readonly producerId: string };
  consumerClosed: { readonly consumerId: string };
  /** Of an own camera, the highest layer that anybody wants now: 0 the smallest, null for none. Send no more than that. */
  layersWanted: { readonly producerId: string; readonly spatialLayer: number | null };
  /** The transport is gone on the server (its worker died): rebuild it. */
  transportClosed: { readonly transportId: string; readonly reason: string };
  activeSpeaker: { readonly peerId: string | null };
  /** `channelIds` as in the reply to `join`. */
  webinarState: { readonly state: WebinarState; readonly channelIds?: readonly string[] };
  /** What viewers see, or what the host decided, is another now. */
  programChanged: { readonly program: ProgramState };
  /** To those who run the event. */
  audienceChanged: { readonly audience: AudienceStats };
  /** Their connection is lost, and their place kept for a while; or they are back. */
  peerAway: { readonly peerId: string; readonly isAway: boolean };
  /** The server ends this connection; `code` says why. */
  removed: { readonly code: string; readonly message: string };
}
export type StageEventName = keyof StageEvents;

/** Answers to a resume, which belong to the connection and have no number. */
export interface ResumeEvents {
  /** Everything that was missed has come; this is the newest number. */
  resumed: { readonly number: number };
  snapshot: StageSnapshot;
  sessionLost: Record<string, never>;
}
