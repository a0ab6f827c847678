/** The host's actions on people: who is on stage, what they may send, in which order they stand. Schemas are the types. */
import { z } from 'zod';
import { idSchema, mediaSourceSchema, type MediaKind, type MediaSource, type Role } from './common.ts';
import { permissionsSchema, type Permission, type Place } from './permissions.ts';
import { type ProgramState } from './program.ts';

export interface ProducerInfo {
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly source: MediaSource;
  readonly paused: boolean;
}

/** Somebody on stage. */
export interface PeerInfo {
  readonly peerId: string;
  readonly displayName: string;
  /** Role or company, shown small. */
  readonly title?: string;
  readonly role: Role;
  readonly permissions: readonly Permission[];
  /** An interpreter's language channel: what they say is not for the floor. */
  readonly audioChannelId?: string;
  /** Their connection is lost, and their place kept for a while. */
  readonly isAway?: boolean;
  readonly producers: readonly ProducerInfo[];
}

const byPeer = z.strictObject({ peerId: idSchema });

/** How media gets from a browser to the SFU, as it found out by itself: the candidate pair in use. */
export const networkPathSchema = z.enum(['udp', 'tcp', 'turnUdp', 'turnTcp', 'turnTls']);
export type NetworkPath = z.infer<typeof networkPathSchema>;

/** What somebody in the green room found out about their own devices and connection. */
export const readinessSchema = z.strictObject({
  hasMicrophone: z.boolean(),
  hasCamera: z.boolean(),
  /** Null until media has found a way, or when none is sent. */
  path: networkPathSchema.nullable(),
  roundTripMs: z.number().int().min(0).max(60_000).nullable(),
});
export type Readiness = z.infer<typeof readinessSchema>;

export const peopleRequestSchemas = {
  /** From the green room onto the stage. */
  admit: byPeer,
  /** And back. */
  sendToGreenRoom: byPeer,
  /** Whether who comes from now on waits to be let in. */
  setGreenRoom: z.strictObject({ isOn: z.boolean() }),
  /** Of oneself, for those who admit. */
  reportReadiness: readinessSchema,
  /** Silences a microphone, which only its owner can open again, or ends a picture. Not of a host, but by one. */
  stopSource: z.strictObject({ peerId: idSchema, source: mediaSourceSchema }),
  /** Ends somebody's part in the event: their link does not let this browser in any more. */
  removePeer: byPeer,
  /** What is taken away ends at once. */
  setPermissions: z.strictObject({ peerId: idSchema, permissions: permissionsSchema }),
  /** Makes a panelist a co-host, or a co-host a panelist. */
  setRole: z.strictObject({ peerId: idSchema, role: z.enum(['coHost', 'panelist']) }),
  /** The other becomes host, the caller co-host. */
  handOver: byPeer,
  /** Everybody on stage, first to last; who is left out follows in the order there was. */
  setOrder: z.strictObject({ peerIds: z.array(idSchema).max(100) }),
} as const;

export interface PeopleReplies {
  admit: Record<string, never>;
  sendToGreenRoom: Record<string, never>;
  setGreenRoom: Record<string, never>;
  reportReadiness: Record<string, never>;
  stopSource: Record<string, never>;
  removePeer: Record<string, never>;
  setPermissions: Record<string, never>;
  setRole: Record<string, never>;
  handOver: Record<string, never>;
  setOrder: Record<string, never>;
}

/** Somebody in the green room. */
export interface WaitingPeer {
  readonly peerId: string;
  readonly displayName: string;
  readonly title?: string;
  readonly readiness?: Readiness;
}

/** Who waits, and whether newcomers will. */
export interface GreenRoom {
  readonly isOn: boolean;
  readonly waiting: readonly WaitingPeer[];
}

/** Why the server stopped what one sends: somebody who may did, or one may not send it any more. */
export type SourceStopReason = 'moderated' | 'permission';

export interface PeopleEvents {
  /** Of somebody on stage, oneself included. */
  peerChanged: { readonly peerId: string; readonly role: Role; readonly permissions: readonly Permission[] };
  /** Everybody on stage, first to last. */
  orderChanged: { readonly peerIds: readonly string[] };
  /** To those who admit. */
  greenRoomChanged: { readonly greenRoom: GreenRoom };
  /** Of oneself: on stage with all that is there, in the green room with nothing. What one sent before is closed. */
  placeChanged: {
    readonly place: Place;
    readonly peers: readonly PeerInfo[];
    readonly activeSpeakerPeerId: string | null;
    readonly program: ProgramState;
  };
  /** Of oneself: the server paused a microphone, or closed the producer of anything else. */
  sourceStopped: { readonly source: MediaSource; readonly reason: SourceStopReason };
}
