/** The stage as one peer is told of it, when they join and when they come back after having missed too much. */
import { type HandlerServices } from './handler.ts';
import { type StageReplies } from './protocol/index.ts';
import { type RoomMember } from './room.ts';
import { type StageLink, type StageRoom } from './stage-hub.ts';

/** What has to be asked for; everything else is known here. */
export interface ShownState {
  readonly webinar: StageReplies['join']['webinar'];
  readonly program: StageReplies['join']['program'];
}

type StageState = Pick<
  StageReplies['join'],
  'role' | 'permissions' | 'place' | 'greenRoom' | 'webinar' | 'peers' | 'activeSpeakerPeerId' | 'program'
>;

/** @throws WEBINAR_NOT_FOUND */
export async function describeShown(webinarId: string, services: HandlerServices): Promise<ShownState> {
  const { title, state, isPrivate, channelIds } = await services.directory.describe(webinarId);
  const webinar = { webinarId, title, state, isPrivate, ...(channelIds && { channelIds }) };
  return { webinar, program: await services.program.describe(webinarId) };
}

/** In one turn with what the peer is told from then on: nothing is missed. */
export function stageStateFor(room: StageRoom, member: RoomMember<StageLink>, shown: ShownState): StageState {
  const { role, permissions, place, peerId } = member;
  const isOnStage = place === 'stage';
  return {
    role,
    permissions,
    place,
    ...(permissions.includes('admit') && { greenRoom: { isOn: room.isGreenRoomOn, waiting: room.waiting() } }),
    ...shown,
    peers: isOnStage ? room.peers(peerId) : [],
    activeSpeakerPeerId: isOnStage ? room.activeSpeakerPeerId : null,
  };
}
