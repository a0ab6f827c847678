import { describe, expect, it } from 'vitest';
import { nextPhase, type ViewerEvent, type ViewerPhase } from '../../../../web/src/watch/viewer-state.ts';
import { phaseText } from '../../../../web/src/watch/viewer-view.ts';

const state = (name: 'idle' | 'starting' | 'live' | 'ending', hasJustEnded = false): ViewerEvent => ({
  type: 'public-state',
  state: name,
  hasJustEnded,
});
const walk = (...events: ViewerEvent[]): ViewerPhase[] => {
  const phases: ViewerPhase[] = ['loading'];
  for (const event of events) phases.push(nextPhase(phases.at(-1)!, event));
  return phases.slice(1);
};

describe('nextPhase', () => {
  it('goes from waiting over starting and connecting to playing', () => {
    const phases = walk(state('idle'), state('starting'), state('live'), { type: 'first-frame' });
    expect(phases).toEqual(['waiting', 'starting', 'connecting', 'playing']);
  });

  it('keeps playing when the public state runs ahead of the picture, until the playlist ends', () => {
    const live: ViewerEvent[] = [state('live'), { type: 'first-frame' }];
    expect(walk(...live, state('ending'), state('idle'), { type: 'program-ended' }).slice(2)).toEqual([
      'playing',
      'playing',
      'ended',
    ]);
  });

  it('comes back to playing from a lost player while the event is live', () => {
    const phases = walk(state('live'), { type: 'first-frame' }, { type: 'player-lost' }, state('live'), {
      type: 'first-frame',
    });
    expect(phases.slice(2)).toEqual(['recovering', 'recovering', 'playing']);
  });

  it('ends when the player is lost and the event is over, and waits when the server only lost its memory', () => {
    const lost = [state('live'), { type: 'first-frame' }, { type: 'player-lost' }] as const;
    expect(walk(...lost, state('idle', true)).at(-1)).toBe('ended');
    expect(walk(...lost, state('idle')).at(-1)).toBe('waiting');
  });

  it('joins a second act after the end', () => {
    expect(nextPhase('ended', state('idle'))).toBe('ended');
    expect(nextPhase('ended', state('live'))).toBe('connecting');
  });

  it('ends without a frame when the playlist was closed before joining', () => {
    expect(walk(state('live'), { type: 'program-ended' }).at(-1)).toBe('ended');
  });

  it('ignores frames and ends of a player that is gone', () => {
    expect(nextPhase('waiting', { type: 'first-frame' })).toBe('waiting');
    expect(nextPhase('waiting', { type: 'program-ended' })).toBe('waiting');
    expect(nextPhase('waiting', { type: 'player-lost' })).toBe('waiting');
  });

  it('stays unsupported, and leaves not-found when the event appears', () => {
    expect(nextPhase('unsupported', state('live'))).toBe('unsupported');
    expect(nextPhase('not-found', state('idle'))).toBe('waiting');
  });

  it('is refused at a private event whatever it was doing, and joins when it is let in after all', () => {
    expect(walk({ type: 'refused' }, state('live'))).toEqual(['refused', 'connecting']);
    expect(nextPhase('recovering', { type: 'refused' })).toBe('refused');
  });
});

describe('phaseText', () => {
  it('says something in every phase but playing', () => {
    const phases: ViewerPhase[] = ['loading', 'waiting', 'starting', 'connecting', 'recovering', 'ended'];
    for (const phase of [...phases, 'not-found', 'refused', 'unsupported'] as const) {
      expect(phaseText({ phase, retryCount: 0 })?.headline, phase).toBeTruthy();
    }
    expect(phaseText({ phase: 'playing', retryCount: 0 })).toBeUndefined();
  });

  it('a viewer who comes after the end sees that it is over, and joins a second act', () => {
    expect(nextPhase('loading', state('idle', true))).toBe('ended');
    expect(nextPhase('ended', state('live'))).toBe('connecting');
  });
});
