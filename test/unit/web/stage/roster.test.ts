import { describe, expect, it } from 'vitest';
import { type PeerInfo, type StageReplies } from '../../../../src/signaling/protocol/index.ts';
import { quietProgramState } from '../../../support/quiet-program.ts';
import {
  hasPeerPicture,
  isPeerMuted,
  receivedProducers,
  reduceRoster,
  rosterFromJoin,
  type Roster,
  type StageEvent,
} from '../../../../web/src/stage/roster.ts';

const peer = (peerId: string, producers: PeerInfo['producers'] = []): PeerInfo => ({
  peerId,
  displayName: peerId.toUpperCase(),
  role: 'panelist',
  permissions: [],
  producers,
});
const microphone = { producerId: 'm1', kind: 'audio', source: 'microphone', paused: false } as const;
const camera = { producerId: 'c1', kind: 'video', source: 'camera', paused: false } as const;
const joined = (peers: readonly PeerInfo[]): Roster => {
  const reply: StageReplies['join'] = {
    peerId: 'me',
    role: 'host',
    permissions: [],
    place: 'stage',
    session: { sessionId: 's', epoch: 'e' },
    webinar: { webinarId: 'w', title: 'Town hall', state: 'idle', isPrivate: false },
    routerRtpCapabilities: {},
    iceServers: [],
    peers,
    activeSpeakerPeerId: null,
    program: quietProgramState,
  };
  return rosterFromJoin(reply);
};
const after = (roster: Roster, ...events: StageEvent[]): Roster => events.reduce(reduceRoster, roster);

describe('rosterFromJoin', () => {
  it('keeps everyone but oneself', () => {
    const roster = joined([peer('me'), peer('a')]);
    expect(roster.peers.map(({ peerId }) => peerId)).toEqual(['a']);
    expect(roster).toMatchObject({
      selfPeerId: 'me',
      role: 'host',
      title: 'Town hall',
      webinarState: 'idle',
      isPrivate: false,
    });
  });
});

describe('reduceRoster', () => {
  it('adds peers in order of arrival and replaces one that is announced again', () => {
    const roster = after(
      joined([peer('a')]),
      { name: 'peerJoined', payload: { peer: peer('b') } },
      { name: 'peerJoined', payload: { peer: peer('a', [camera]) } },
    );
    expect(roster.peers.map(({ peerId, producers }) => [peerId, producers.length])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  it('does not show oneself twice', () => {
    expect(after(joined([]), { name: 'peerJoined', payload: { peer: peer('me') } }).peers).toEqual([]);
  });

  it('follows producers through added, paused, resumed and closed', () => {
    let roster = after(joined([peer('a')]), {
      name: 'producerAdded',
      payload: { peerId: 'a', producer: microphone },
    });
    expect(isPeerMuted(roster.peers[0]!)).toBe(false);
    roster = after(roster, { name: 'producerPaused', payload: { peerId: 'a', producerId: 'm1' } });
    expect(isPeerMuted(roster.peers[0]!)).toBe(true);
    roster = after(roster, { name: 'producerResumed', payload: { peerId: 'a', producerId: 'm1' } });
    expect(isPeerMuted(roster.peers[0]!)).toBe(false);
    roster = after(roster, { name: 'producerClosed', payload: { peerId: 'a', producerId: 'm1' } });
    expect(isPeerMuted(roster.peers[0]!)).toBe(true);
  });

  it('counts a repeated producer once', () => {
    const added: StageEvent = { name: 'producerAdded', payload: { peerId: 'a', producer: camera } };
    const roster = after(joined([peer('a')]), added, added);
    expect(roster.peers[0]?.producers).toEqual([camera]);
    expect(hasPeerPicture(roster.peers[0]!)).toBe(true);
  });

  it('forgets the active speaker when that peer leaves', () => {
    const roster = after(
      joined([peer('a')]),
      { name: 'activeSpeaker', payload: { peerId: 'a' } },
      { name: 'peerLeft', payload: { peerId: 'a' } },
    );
    expect(roster).toMatchObject({ peers: [], activeSpeakerPeerId: null });
  });

  it('changes nothing for unknown peers and for events of transports', () => {
    const roster = joined([peer('a')]);
    expect(after(roster, { name: 'producerPaused', payload: { peerId: 'x', producerId: 'm1' } }).peers).toEqual(
      roster.peers,
    );
    expect(after(roster, { name: 'transportClosed', payload: { transportId: 't', reason: 'x' } })).toBe(roster);
    expect(after(roster, { name: 'consumerClosed', payload: { consumerId: 'c' } })).toBe(roster);
  });

  it('follows the state of the webinar', () => {
    expect(after(joined([]), { name: 'webinarState', payload: { state: 'live' } }).webinarState).toBe('live');
  });
});

describe('receivedProducers', () => {
  it('leaves out the voice of an interpreter and nothing else', () => {
    expect(receivedProducers(peer('a', [microphone, camera]))).toEqual([microphone, camera]);
    expect(receivedProducers({ ...peer('a', [microphone, camera]), audioChannelId: 'de' })).toEqual([camera]);
  });
});
