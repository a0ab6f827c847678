/** What each request of a joined peer does: ownership, media, roster, reply. */
import {
  type CaptionDesk,
  type IceServerProvider,
  type PeerRef,
  type ProgramDirector,
  type StageMedia,
  type WebinarDirectory,
} from './ports.ts';
import { type StageReplies, type StageRequest, type StageRequestName } from './protocol/index.ts';
import { signalingError } from './errors.ts';
import { type StageHub, type StageRoom } from './stage-hub.ts';

export interface JoinedPeer {
  readonly ref: PeerRef;
  readonly room: StageRoom;
}

export interface HandlerServices {
  readonly hub: StageHub;
  readonly media: StageMedia;
  readonly directory: WebinarDirectory;
  readonly program: ProgramDirector;
  readonly captions: CaptionDesk;
  readonly iceServers: IceServerProvider;
}

type Handler<Name extends StageRequestName> = (
  peer: JoinedPeer,
  request: StageRequest<Name>,
  services: HandlerServices,
) => Promise<StageReplies[Name]>;

/** `join` needs the connection and `leave` ends it: both live with the connection. */
export type PeerRequestName = Exclude<StageRequestName, 'join' | 'leave'>;

export const stageHandlers: { readonly [Name in PeerRequestName]: Handler<Name> } = {
  createTransport: async ({ ref }, { direction }, { media, iceServers }) => ({
    ...(await media.createTransport(ref, direction)),
    iceServers: iceServers.iceServersFor(ref.peerId),
  }),

  connectTransport: async ({ ref }, { transportId, dtlsParameters }, { media }) => {
    await media.connectTransport(ref, transportId, dtlsParameters);
    return {};
  },

  restartIce: async ({ ref }, { transportId }, { media, iceServers }) => ({
    ...(await media.restartIce(ref, transportId)),
    iceServers: iceServers.iceServersFor(ref.peerId),
  }),

  produce: async ({ ref, room }, request, { media, hub }) => {
    const { producerId } = await media.produce(ref, request);
    if (room.member(ref.peerId) === undefined) throw signalingError('SIGNALING_PEER_GONE');
    const { kind, source, paused } = request;
    hub.addProducer(room, ref.peerId, request.transportId, { producerId, kind, source, paused });
    return { producerId };
  },

  pauseProducer: async ({ ref, room }, { producerId }, { media, hub }) => {
    room.ownProducer(ref.peerId, producerId);
    await media.pauseProducer(ref, producerId);
    hub.setProducerPaused(room, ref.peerId, producerId, true);
    return {};
  },

  resumeProducer: async ({ ref, room }, { producerId }, { media, hub }) => {
    room.ownProducer(ref.peerId, producerId);
    await media.resumeProducer(ref, producerId);
    hub.setProducerPaused(room, ref.peerId, producerId, false);
    return {};
  },

  closeProducer: async ({ ref, room }, { producerId }, { media, hub }) => {
    room.ownProducer(ref.peerId, producerId);
    await media.closeProducer(ref, producerId);
    hub.closeProducer(room, ref.peerId, producerId);
    return {};
  },

  consume: async ({ ref, room }, request, { media }) => {
    if (!room.hasProducer(request.producerId))
      throw signalingError('MEDIA_NOT_FOUND', { details: { producerId: request.producerId } });
    return media.consume(ref, request);
  },

  resumeConsumer: async ({ ref }, { consumerId }, { media }) => {
    await media.resumeConsumer(ref, consumerId);
    return {};
  },

  pauseConsumer: async ({ ref }, { consumerId }, { media }) => {
    await media.pauseConsumer(ref, consumerId);
    return {};
  },

  setPreferredLayers: async ({ ref }, { consumerId, spatialLayer }, { media }) => {
    await media.setPreferredLayers(ref, consumerId, spatialLayer);
    return {};
  },

  setLive: async ({ ref }, { live }, { directory }) => ({
    state: await directory.setLive(ref.webinarId, live, ref.peerId),
  }),

  setLayout: async ({ ref }, change, { program }) => program.setLayout(ref, change),

  setPinned: async ({ ref }, { peerId, pinned }, { program }) => program.setPinned(ref, peerId, pinned),

  setScene: async ({ ref }, scene, { program }) => program.setScene(ref, scene),

  addCaptions: async ({ ref }, request, { captions }) => captions.addCaptions(ref, request),
};
