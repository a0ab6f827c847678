/** What each request of a joined peer does: ownership, media, roster, reply. */
import { type Handler, type JoinedPeer } from './handler.ts';
import { permissionOfSource, type MediaSource, type StageRequestName } from './protocol/index.ts';
import { signalingError } from './errors.ts';
import { peopleHandlers } from './people/people-handlers.ts';

/** `join` needs the connection and `leave` ends it: both live with the connection. */
export type PeerRequestName = Exclude<StageRequestName, 'join' | 'leave'>;

export const stageHandlers: { readonly [Name in PeerRequestName]: Handler<Name> } = {
  ...peopleHandlers,

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
    const { kind, source, paused } = request;
    assertMayPublish({ ref, room }, source);
    const { producerId } = await media.produce(ref, request);
    if (room.member(ref.peerId) === undefined) throw signalingError('SIGNALING_PEER_GONE');
    try {
      assertMayPublish({ ref, room }, source);
    } catch (error) {
      // Taken away meanwhile.
      await media.closeProducer(ref, producerId);
      throw error;
    }
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

  setTile: async ({ ref }, { consumerId, heightPx }, { media }) => {
    await media.setTile(ref, consumerId, heightPx);
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

/** @throws SIGNALING_PEER_GONE, SIGNALING_NOT_PERMITTED */
function assertMayPublish({ ref, room }: JoinedPeer, source: MediaSource): void {
  const permission = permissionOfSource[source];
  const member = room.member(ref.peerId);
  if (member === undefined) throw signalingError('SIGNALING_PEER_GONE');
  if (!member.permissions.includes(permission))
    throw signalingError('SIGNALING_NOT_PERMITTED', { details: { permission } });
}
