import { describe, expect, it } from 'vitest';
import { SpeakerState } from '../../../src/sfu-cascade/speaker-state.ts';

function record() {
  const said: (string | null)[] = [];
  return { said, state: new SpeakerState((peerId) => said.push(peerId)) };
}

describe('SpeakerState', () => {
  it('dominant in silence announces nobody; the first sound announces the dominant one', () => {
    const { said, state } = record();
    state.dominant('ann');
    expect(said).toEqual([]);
    state.heard(['bob', 'ann']);
    expect(said).toEqual(['ann']);
  });

  it('heard out of silence without the dominant one announces the loudest, then the dominant one when heard', () => {
    const { said, state } = record();
    state.dominant('ann');
    state.heard(['bob', 'cat']);
    state.heard(['ann']);
    expect(said).toEqual(['bob', 'ann']);
  });

  it('silence announces null once, the same dominant speaker afterwards is announced again', () => {
    const { said, state } = record();
    state.dominant('ann');
    state.heard(['ann']);
    state.silence();
    state.silence();
    state.heard(['ann']);
    expect(said).toEqual(['ann', null, 'ann']);
  });

  it('heard three times without the dominant one lets the loudest take over and stay while heard', () => {
    const { said, state } = record();
    state.dominant('ann');
    state.heard(['ann']);
    state.heard(['bob']);
    state.heard(['bob']);
    expect(said).toEqual(['ann']);
    state.heard(['bob']);
    state.heard(['cat', 'bob']);
    expect(said).toEqual(['ann', 'bob']);
    state.heard(['cat']);
    expect(said).toEqual(['ann', 'bob', 'cat']);
  });

  it('removed of the announced speaker announces null at once, of anybody else nothing', () => {
    const { said, state } = record();
    state.dominant('ann');
    state.heard(['ann']);
    state.removed('bob');
    state.removed('ann');
    expect(said).toEqual(['ann', null]);
    expect(state.speakerPeerId).toBeNull();
  });
});
