import { describe, expect, it } from 'vitest';
import { Room } from '../../../src/signaling/room.ts';
import { ConnectionCounter } from '../../../src/signaling/connection-counter.ts';

const member = (peerId: string) =>
  ({
    peerId,
    displayName: peerId,
    role: 'panelist',
    permissions: [],
    place: 'stage',
    grantId: 'g',
    personKey: peerId,
    connection: {},
  }) as const;
const microphone = (producerId: string) =>
  ({ producerId, kind: 'audio', source: 'microphone', paused: false }) as const;

describe('Room', () => {
  it('reserve counts with those inside, its release is idempotent', () => {
    const room = new Room<object>('w', 2);
    room.add(member('ann'));
    const release = room.reserve('stage');
    expect(() => room.reserve('stage')).toThrow(expect.objectContaining({ code: 'SIGNALING_WEBINAR_FULL' }));
    release();
    release();
    room.reserve('stage');
    expect(() => room.reserve('stage')).toThrow(expect.objectContaining({ code: 'SIGNALING_WEBINAR_FULL' }));
    expect(room.isEmpty).toBe(false);
  });

  it('peers lists in join order with producers, without the one excepted', () => {
    const room = new Room<object>('w', 5);
    room.add(member('ann'));
    room.add(member('bob'));
    room.addProducer('bob', 't1', microphone('m'));
    expect(room.peers().map(({ peerId }) => peerId)).toEqual(['ann', 'bob']);
    expect(room.peers('ann')).toMatchObject([{ peerId: 'bob', producers: [{ producerId: 'm' }] }]);
  });

  it('withIdentity finds who has it, and peers tells it to nobody', () => {
    const room = new Room<object>('w', 5);
    room.add({ ...member('ann'), identity: 'grant browser-of-ann' });
    room.add(member('bob'));
    expect(room.withIdentity('grant browser-of-ann').map(({ peerId }) => peerId)).toEqual(['ann']);
    expect(room.withIdentity('undefined')).toEqual([]);
    expect(JSON.stringify(room.peers())).not.toContain('browser-of-ann');
  });

  it('peers tells the title of those who have one', () => {
    const room = new Room<object>('w', 5);
    room.add({ ...member('ann'), title: 'CTO' });
    room.add(member('bob'));
    expect(room.peers().map(({ title }) => title)).toEqual(['CTO', undefined]);
  });

  it("peers tells an interpreter's channel, and none for the others", () => {
    const room = new Room<object>('w', 5);
    room.add({ ...member('ann'), audioChannelId: 'de' });
    room.add(member('bob'));
    expect(room.peers().map(({ audioChannelId }) => audioChannelId)).toEqual(['de', undefined]);
  });

  it('setProducerPaused tells only of a change', () => {
    const room = new Room<object>('w', 5);
    room.add(member('ann'));
    room.addProducer('ann', 't1', microphone('m'));
    expect(room.setProducerPaused('ann', 'm', false)).toBeUndefined();
    expect(room.setProducerPaused('ann', 'm', true)).toMatchObject({ paused: true });
    expect(room.setProducerPaused('bob', 'm', true)).toBeUndefined();
  });

  it('removeProducersOf takes those of one transport, remove gives the rest and clears the speaker', () => {
    const room = new Room<object>('w', 5);
    room.add(member('ann'));
    room.addProducer('ann', 't1', microphone('old'));
    room.addProducer('ann', 't2', microphone('new'));
    expect(room.removeProducersOf('ann', 't1').map(({ producerId }) => producerId)).toEqual(['old']);
    room.activeSpeakerPeerId = 'ann';
    expect(room.remove('ann')?.map(({ producerId }) => producerId)).toEqual(['new']);
    expect(room.remove('ann')).toBeUndefined();
    expect(room.activeSpeakerPeerId).toBeNull();
    expect(room.isEmpty).toBe(true);
  });

  it("ownProducer of somebody else's producer throws MEDIA_NOT_FOUND", () => {
    const room = new Room<object>('w', 5);
    room.add(member('ann'));
    room.add(member('bob'));
    room.addProducer('ann', 't1', microphone('m'));
    expect(room.ownProducer('ann', 'm').producerId).toBe('m');
    expect(() => room.ownProducer('bob', 'm')).toThrow(expect.objectContaining({ code: 'MEDIA_NOT_FOUND' }));
  });
});

describe('ConnectionCounter', () => {
  it('take refuses beyond the limit per address until release', () => {
    const counter = new ConnectionCounter(1);
    expect([counter.take('a'), counter.take('a'), counter.take('b')]).toEqual([true, false, true]);
    counter.release('a');
    expect(counter.isFull('a')).toBe(false);
    expect(counter.isFull('b')).toBe(true);
  });
});
