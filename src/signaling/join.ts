/** The way onto the stage or into the green room: version, standing, place, webinar, router capabilities, roster. */
import { randomId } from '../core/ids.ts';
import { signalingError } from './errors.ts';
import { personKeyOf, standingOf } from './people/stage-policy.ts';
import { type Grant } from './ports.ts';
import { protocolVersion, type StageReplies, type StageRequest } from './protocol/index.ts';
import { type HandlerServices, type JoinedPeer } from './handler.ts';
import { type StageLink } from './stage-hub.ts';

/**
 * @throws SIGNALING_VERSION_UNSUPPORTED, SIGNALING_REMOVED, SIGNALING_WEBINAR_FULL, SIGNALING_GREEN_ROOM_FULL,
 * SIGNALING_PEER_GONE, WEBINAR_NOT_FOUND
 */
export async function join(
  link: StageLink,
  grant: Grant,
  request: StageRequest<'join'>,
  services: HandlerServices,
): Promise<{ peer: JoinedPeer; reply: StageReplies['join'] }> {
  if (request.protocolVersion !== protocolVersion)
    throw signalingError('SIGNALING_VERSION_UNSUPPORTED', { details: { supported: protocolVersion } });
  const { hub, media, policies } = services;
  const ref = { webinarId: grant.webinarId, peerId: randomId() };
  // Both are secrets: who only shares the link, or only saw the page, cannot take a place.
  const identity = request.clientId === undefined ? undefined : `${grant.grantId} ${request.clientId}`;
  const personKey = personKeyOf(grant.grantId, request.clientId);
  const policy = await policies.read(grant.webinarId);
  const standing = standingOf(policy, grant, personKey);
  if (standing.isRemoved) throw signalingError('SIGNALING_REMOVED');
  const { role, permissions, place } = standing;
  // On a full stage their own old place is the one that is free.
  hub.replace(hub.roomFor(grant.webinarId), identity);
  const room = hub.roomFor(grant.webinarId);
  room.isGreenRoomOn = policy.isGreenRoomOn;
  let releasePlace = (): void => undefined;
  try {
    releasePlace = room.reserve(place);
    if (place === 'greenRoom') media.holdPeer(ref);
    const webinar = await services.directory.describe(grant.webinarId);
    const routerRtpCapabilities = await media.routerRtpCapabilities(ref);
    const iceServers = services.iceServers.iceServersFor(ref.peerId);
    // Last before the peer is admitted: from there on it hears of changes.
    const program = await services.program.describe(grant.webinarId);
    if (!link.isOpen) throw signalingError('SIGNALING_PEER_GONE');
    const displayName = request.displayName ?? grant.displayName;
    const { grantId, title, audioChannelId } = grant;
    const person = { peerId: ref.peerId, displayName, title, audioChannelId, grantId, personKey, identity };
    hub.admit(room, { ...person, role, permissions, place, connection: link });
    return {
      peer: { ref, room },
      reply: {
        peerId: ref.peerId,
        role,
        permissions,
        place,
        ...(permissions.includes('admit') && {
          greenRoom: { isOn: room.isGreenRoomOn, waiting: room.waiting() },
        }),
        ...(title && { title }),
        ...(audioChannelId && { audioChannelId }),
        webinar: {
          webinarId: webinar.webinarId,
          title: webinar.title,
          state: webinar.state,
          isPrivate: webinar.isPrivate,
          ...(webinar.channelIds && { channelIds: webinar.channelIds }),
        },
        routerRtpCapabilities,
        iceServers,
        peers: place === 'stage' ? room.peers(ref.peerId) : [],
        activeSpeakerPeerId: place === 'stage' ? room.activeSpeakerPeerId : null,
        program,
      },
    };
  } catch (error) {
    // The router place was taken on the peer's behalf.
    await media.releasePeer(ref);
    throw error;
  } finally {
    releasePlace();
    hub.dropIfEmpty(room);
  }
}
