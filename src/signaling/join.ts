/** The way onto the stage or into the green room: version, standing, place, webinar, router capabilities, roster. */
import { randomId } from '../core/ids.ts';
import { signalingError } from './errors.ts';
import { type HandlerServices, type JoinedPeer } from './handler.ts';
import { personKeyOf, standingOf } from './people/stage-policy.ts';
import { type Grant } from './ports.ts';
import { protocolVersion, type StageReplies, type StageRequest } from './protocol/index.ts';
import { type StageLink } from './stage-hub.ts';
import { describeShown, stageStateFor } from './stage-state.ts';

/** Who joins: what they are told by, and whether they are still there to hear it. */
export interface Joiner {
  readonly grant: Grant;
  readonly link: StageLink;
  isConnected(): boolean;
}

export type JoinReply = Omit<StageReplies['join'], 'session'>;

/**
 * @throws SIGNALING_VERSION_UNSUPPORTED, SIGNALING_REMOVED, SIGNALING_WEBINAR_FULL, SIGNALING_GREEN_ROOM_FULL,
 * SIGNALING_PEER_GONE, WEBINAR_NOT_FOUND
 */
export async function join(
  joiner: Joiner,
  request: StageRequest<'join'>,
  services: HandlerServices,
): Promise<{ peer: JoinedPeer; reply: JoinReply }> {
  if (request.protocolVersion !== protocolVersion)
    throw signalingError('SIGNALING_VERSION_UNSUPPORTED', { details: { supported: protocolVersion } });
  const { grant, link } = joiner;
  const { hub, media, policies } = services;
  const ref = { webinarId: grant.webinarId, peerId: randomId() };
  // Both are secrets: who only shares the link, or only saw the page, cannot take a place.
  const identity = request.clientId === undefined ? undefined : `${grant.grantId} ${request.clientId}`;
  const personKey = personKeyOf(grant.grantId, request.clientId);
  const policy = await policies.read(grant.webinarId);
  const { isRemoved, role, permissions, place } = standingOf(policy, grant, personKey);
  if (isRemoved) throw signalingError('SIGNALING_REMOVED');
  // On a full stage their own old place is the one that is free.
  hub.replace(hub.roomFor(grant.webinarId), identity);
  const room = hub.roomFor(grant.webinarId);
  room.isGreenRoomOn = policy.isGreenRoomOn;
  let releasePlace = (): void => undefined;
  try {
    releasePlace = room.reserve(place);
    if (place === 'greenRoom') media.holdPeer(ref);
    const routerRtpCapabilities = await media.routerRtpCapabilities(ref);
    const iceServers = services.iceServers.iceServersFor(ref.peerId);
    // Last before the peer is admitted: from there on it hears of changes.
    const shown = await describeShown(grant.webinarId, services);
    if (!joiner.isConnected()) throw signalingError('SIGNALING_PEER_GONE');
    const displayName = request.displayName ?? grant.displayName;
    const { grantId, title, audioChannelId } = grant;
    const person = { peerId: ref.peerId, displayName, title, audioChannelId, grantId, personKey, identity };
    const member = { ...person, role, permissions, place, connection: link };
    hub.admit(room, member);
    const own = { ...(title && { title }), ...(audioChannelId && { audioChannelId }) };
    const state = stageStateFor(room, member, shown);
    return { peer: { ref, room }, reply: { peerId: ref.peerId, ...own, ...state, routerRtpCapabilities, iceServers } };
  } catch (error) {
    // The router place was taken on the peer's behalf.
    await media.releasePeer(ref);
    throw error;
  } finally {
    releasePlace();
    hub.dropIfEmpty(room);
  }
}
