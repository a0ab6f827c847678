import { describe, expect, it } from 'vitest';
import { largePeer } from '../../../../web/src/stage/large-peer.ts';

const choose = (over: Partial<Parameters<typeof largePeer>[0]>) =>
  largePeer({ peerIds: ['ann', 'bob'], activeSpeakerPeerId: null, selfPeerId: 'me', previousId: undefined, ...over });

describe('largePeer', () => {
  it('is who speaks, and stays who spoke in silence and while one speaks oneself', () => {
    expect(choose({ activeSpeakerPeerId: 'bob', previousId: 'ann' })).toBe('bob');
    expect(choose({ previousId: 'bob' })).toBe('bob');
    expect(choose({ activeSpeakerPeerId: 'me', previousId: 'bob' })).toBe('bob');
  });

  it('is the first when nobody has spoken or who was large has left, and nobody on an empty stage', () => {
    expect(choose({})).toBe('ann');
    expect(choose({ previousId: 'gone', activeSpeakerPeerId: 'gone' })).toBe('ann');
    expect(choose({ peerIds: [] })).toBeUndefined();
  });
});
