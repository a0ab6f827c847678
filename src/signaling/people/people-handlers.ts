/** What a host's requests about people do: first stored, then done, then told. */
import { toRostrumError } from '../../core/errors.ts';
import { signalingError } from '../errors.ts';
import { defaultPermissions, mayPublish, type MediaSource, type Place, type PeopleReplies } from '../protocol/index.ts';
import { type Handler, type HandlerServices, type JoinedPeer } from '../handler.ts';
import { decide, type Standing } from './stage-policy.ts';

type PeopleHandlers = { readonly [Name in keyof PeopleReplies]: Handler<Name> };

export const peopleHandlers: PeopleHandlers = {
  admit: async ({ ref, room }, { peerId }, services) => {
    const { hub, media, policies, program } = services;
    const person = room.memberAt(peerId, 'greenRoom');
    const releasePlace = room.reserve('stage');
    try {
      await policies.change(ref.webinarId, (policy) => decide(policy, person, { place: 'stage' }));
      const shown = await program.describe(ref.webinarId);
      // Gone meanwhile, or let in by somebody else.
      room.memberAt(peerId, 'greenRoom');
      hub.enterStage(room, peerId, shown);
      media.admitPeer({ webinarId: ref.webinarId, peerId });
      hub.announceProducers(room, peerId);
    } finally {
      releasePlace();
    }
    return {};
  },

  sendToGreenRoom: async (caller, { peerId }, services) => {
    const { ref, room } = caller;
    const { hub, media, policies, program } = services;
    const person = otherOnStage(caller, peerId);
    await policies.change(ref.webinarId, (policy) => decide(policy, person, { place: 'greenRoom' }));
    const shown = await program.describe(ref.webinarId);
    room.memberAt(peerId, 'stage');
    hub.leaveStage(room, peerId, shown);
    media.holdPeer({ webinarId: ref.webinarId, peerId });
    return {};
  },

  setGreenRoom: async ({ ref, room }, { isOn }, { hub, policies }) => {
    await policies.change(ref.webinarId, (policy) => {
      // Who is on stage now has been let in, however often they come back.
      const present = room.members().filter(({ place }) => place === 'stage');
      const kept = present.reduce((before, member) => decide(before, member, { place: 'stage' }), policy);
      return { ...(isOn ? kept : policy), isGreenRoomOn: isOn };
    });
    room.isGreenRoomOn = isOn;
    hub.tellGreenRoom(room);
    return {};
  },

  reportReadiness: async ({ ref, room }, readiness, { hub }) => {
    hub.setReadiness(room, ref.peerId, readiness);
    return {};
  },

  stopSource: async (caller, { peerId, source }, services) => {
    const target = protectedFrom(caller, peerId);
    await stopSource(caller, target.peerId, source, services);
    target.connection.send('sourceStopped', { source, reason: 'moderated' });
    return {};
  },

  removePeer: async (caller, { peerId }, { policies }) => {
    const person = protectedFrom(caller, peerId);
    if (peerId === caller.ref.peerId) throw signalingError('SIGNALING_PEER_UNKNOWN', { details: { peerId } });
    await policies.change(caller.ref.webinarId, (policy) => decide(policy, person, { isRemoved: true }));
    person.connection.remove(signalingError('SIGNALING_REMOVED').toReply());
    return {};
  },

  setPermissions: async (caller, { peerId, permissions }, services) => {
    const person = otherOnStage(caller, peerId);
    const own = caller.room.member(caller.ref.peerId)?.permissions ?? [];
    const given = permissions.find((one) => !own.includes(one) && !person.permissions.includes(one));
    // Nobody gives what they do not have.
    if (given !== undefined) throw signalingError('SIGNALING_NOT_PERMITTED', { details: { permission: given } });
    await apply(caller, peerId, { permissions: [...new Set(permissions)] }, services);
    return {};
  },

  setRole: async (caller, { peerId, role }, services) => {
    const person = otherOnStage(caller, peerId);
    if (person.role !== 'panelist' && person.role !== 'coHost')
      throw signalingError('SIGNALING_PEER_UNKNOWN', { details: { peerId } });
    await apply(caller, peerId, { role, permissions: defaultPermissions[role] }, services);
    return {};
  },

  handOver: async (caller, { peerId }, services) => {
    const { ref, room } = caller;
    if (room.member(ref.peerId)?.role !== 'host') throw signalingError('SIGNALING_HOST_PROTECTED');
    const person = otherOnStage(caller, peerId);
    if (person.role === 'captioner') throw signalingError('SIGNALING_PEER_UNKNOWN', { details: { peerId } });
    // In this order: at no time is there no host.
    await apply(caller, peerId, { role: 'host', permissions: defaultPermissions.host }, services);
    await apply(caller, ref.peerId, { role: 'coHost', permissions: defaultPermissions.coHost }, services);
    return {};
  },

  setOrder: async ({ room }, { peerIds }, { hub }) => {
    hub.setOrder(room, peerIds);
    return {};
  },
};

/** Stores and tells another role or other permissions, and ends what they do not cover any more. */
async function apply(
  caller: JoinedPeer,
  peerId: string,
  change: Pick<Standing, 'permissions'> & Partial<Pick<Standing, 'role'>>,
  services: HandlerServices,
): Promise<void> {
  const { room, ref } = caller;
  const person = room.memberAt(peerId, 'stage');
  const stored = { ...change, permissions: [...change.permissions] };
  await services.policies.change(ref.webinarId, (policy) => decide(policy, person, stored));
  services.hub.setStanding(room, peerId, change);
  for (const { source } of room.producersOf(peerId)) {
    if (mayPublish(change.permissions, source)) continue;
    await endSource(caller, peerId, source, services);
    person.connection.send('sourceStopped', { source, reason: 'permission' });
  }
}

/** A microphone is paused, for its owner to open again; a picture ends, a screen with its sound. */
async function stopSource(
  caller: JoinedPeer,
  peerId: string,
  source: MediaSource,
  services: HandlerServices,
): Promise<void> {
  if (source !== 'microphone') {
    await endSource(caller, peerId, source, services);
    if (source === 'screen') await endSource(caller, peerId, 'screenAudio', services);
    return;
  }
  const { room, ref } = caller;
  for (const { producerId } of room.producersOf(peerId, [source])) {
    await unlessGone(services.media.pauseProducer({ webinarId: ref.webinarId, peerId }, producerId));
    services.hub.setProducerPaused(room, peerId, producerId, true);
  }
}

async function endSource(
  { room, ref }: JoinedPeer,
  peerId: string,
  source: MediaSource,
  { hub, media }: HandlerServices,
): Promise<void> {
  for (const { producerId } of room.producersOf(peerId, [source])) {
    await unlessGone(media.closeProducer({ webinarId: ref.webinarId, peerId }, producerId));
    hub.closeProducer(room, peerId, producerId);
  }
}

/** Its owner was quicker: what was wanted. */
async function unlessGone(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (toRostrumError(error).code !== 'MEDIA_NOT_FOUND') throw error;
  });
}

/** Somebody else on stage whom the caller may act on. @throws SIGNALING_PEER_UNKNOWN, SIGNALING_HOST_PROTECTED */
function otherOnStage(caller: JoinedPeer, peerId: string) {
  const person = protectedFrom(caller, peerId, 'stage');
  if (peerId === caller.ref.peerId) throw signalingError('SIGNALING_PEER_UNKNOWN', { details: { peerId } });
  return person;
}

/** @throws SIGNALING_PEER_UNKNOWN, SIGNALING_HOST_PROTECTED */
function protectedFrom({ room, ref }: JoinedPeer, peerId: string, place?: Place) {
  const person = place === undefined ? room.member(peerId) : room.memberAt(peerId, place);
  if (person === undefined) throw signalingError('SIGNALING_PEER_UNKNOWN', { details: { peerId } });
  if (person.role === 'host' && room.member(ref.peerId)?.role !== 'host')
    throw signalingError('SIGNALING_HOST_PROTECTED');
  return person;
}
