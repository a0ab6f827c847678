import { describe, expect, it } from 'vitest';
import { type Tile } from '../../../../src/mixer/layout/layout.ts';
import { type MixerParticipant } from '../../../../src/mixer/ports.ts';
import { Stage, type StagePictures } from '../../../../src/mixer/program/stage.ts';

const person = (participantId: string, change: Partial<MixerParticipant> = {}): MixerParticipant => ({
  participantId,
  displayName: participantId,
  isMicrophoneOn: true,
  isCameraOn: true,
  ...change,
});

/** Plays a stage frame by frame; pictures come when the test says so. */
class Play {
  readonly spotlights: (string | null)[] = [];
  /** How long after its decision each of them was shown. */
  readonly waitedMs: number[] = [];
  /** Time and what is shown, for each change: `spotlight abc`. */
  readonly changes: [number, string][] = [];
  readonly answers: [number, string][] = [];
  /** Nobody in here has a picture; `s:a` for the screen of `a`. */
  readonly without = new Set<string>();
  /** The pictures of those in here are too small. */
  readonly small = new Set<string>();
  screens: string[] = [];
  coming: readonly Tile[] = [];
  tiles: readonly Tile[] = [];
  #frameIndex = 0;
  readonly stage: Stage;

  constructor(isContinuation = false) {
    const key = (id: string, content: Tile['content']): string => (content === 'screen' ? `s:${id}` : id);
    const pictures: StagePictures = {
      screenOwnerIds: () => this.screens,
      hasPicture: (id, content) => !this.without.has(key(id, content)),
      isReady: ({ participant, content }) => {
        const id = key(participant.participantId, content);
        return !this.without.has(id) && !this.small.has(id);
      },
    };
    this.stage = new Stage({
      canvas: { width: 1280, height: 720 },
      pictures,
      isContinuation,
      onSpotlightChanged: (id, decidedMs) => {
        this.spotlights.push(id);
        this.waitedMs.push(this.nowMs - decidedMs);
      },
    });
  }

  /** Exact, unlike a sum of thirtieths. */
  get nowMs(): number {
    return (this.#frameIndex * 1000) / 30;
  }

  people(ids: string, change: Partial<MixerParticipant> = {}): this {
    this.stage.setParticipants(
      [...ids].map((id) => person(id, change)),
      this.nowMs,
    );
    return this;
  }

  speak(id: string | null): this {
    this.stage.setSpeaker(id, this.nowMs);
    return this;
  }

  forMs(durationMs: number): this {
    for (const endMs = this.nowMs + durationMs; this.nowMs < endMs - 1; this.#frameIndex++) {
      const moment = this.stage.update(this.nowMs);
      this.tiles = moment.tiles;
      this.coming = moment.coming;
      const ids = moment.tiles.map(({ participant, content }) =>
        content === 'screen' ? `[${participant.participantId}]` : participant.participantId,
      );
      if (moment.isChanged) this.changes.push([Math.round(this.nowMs), [moment.plan.name, ids.join('')].join(' ')]);
      for (const requestId of moment.requestIds) this.answers.push([Math.round(this.nowMs), requestId]);
    }
    return this;
  }

  get shown(): string | undefined {
    return this.changes.at(-1)?.[1];
  }

  get changedAtMs(): number {
    return this.changes.at(-1)?.[0] ?? -1;
  }
}

describe('Stage: arriving and leaving', () => {
  it('shows a newcomer with the first picture', () => {
    const play = new Play();
    play.without.add('a');
    play.people('a').forMs(400);
    expect(play.changes).toEqual([]);
    expect(play.stage.hasBegun).toBe(false);
    expect(play.coming.map(({ rect }) => rect.width)).toEqual([960]);
    play.without.clear();
    play.forMs(100);
    expect(play.changes).toEqual([[400, 'spotlight a']]);
    expect(play.stage.hasBegun).toBe(true);
  });

  it('shows a newcomer without a picture after 1 s', () => {
    const play = new Play();
    play.people('a').forMs(1000);
    play.without.add('b');
    // What never comes is no reason to wait for any longer.
    play.people('ab').forMs(900);
    expect(play.shown).toBe('spotlight a');
    play.forMs(200);
    play.without.clear();
    play.forMs(700);
    expect(play.shown).toBe('spotlight ab');
    expect(play.changedAtMs).toBeLessThan(2900);
  });

  it('brings several changes within 500 ms as two: the first at once, the others together', () => {
    const play = new Play();
    play.people('a').forMs(1000);
    play.people('ab').forMs(100).people('abc').forMs(100).people('abcd').forMs(1000);
    expect(play.changes).toEqual([
      [0, 'spotlight a'],
      [1000, 'spotlight ab'],
      [1500, 'spotlight abcd'],
    ]);
  });

  it('takes a leaver off at once when nothing has to be waited for', () => {
    const play = new Play();
    play.people('abc').forMs(1000).people('ac').forMs(100);
    expect(play.changes.slice(1)).toEqual([[1000, 'spotlight ac']]);
  });

  it('shows the last of a leaver for 300 ms while others get larger pictures, never for longer than 500 ms', () => {
    const play = new Play();
    play.stage.setLayout('r', { mode: 'fixed', name: 'grid' });
    play.people('abcde').forMs(1000);
    play.small.add('b');
    play.people('abcd').forMs(200);
    expect(play.tiles.map(({ participant }) => participant.displayName).join('')).toBe('abcde');
    play.forMs(1000);
    expect(play.changes.slice(1)).toEqual([[1300, 'grid abcd']]);
    play.people('abcdf').forMs(34).people('abcf').forMs(1000);
    expect(play.changes.slice(2).map(([atMs]) => atMs)).toEqual([2533]);
  });

  it('shows nobody after the last one left, and tells it', () => {
    const play = new Play();
    play.people('a').forMs(1000).people('').forMs(100);
    expect(play.tiles).toEqual([]);
    expect(play.changes.at(-1)).toEqual([1000, ' ']);
    expect(play.spotlights).toEqual(['a', null]);
  });

  it('continuing a program shows the people there at once, with or without a picture', () => {
    const play = new Play(true);
    play.without.add('a').add('b');
    play.people('ab').forMs(800);
    expect(play.stage.hasBegun).toBe(true);
    expect(play.shown).toBe('spotlight ab');
  });

  it('gives the same tiles until something changes', () => {
    const play = new Play();
    play.people('ab').forMs(100);
    const { tiles } = play;
    play.forMs(100);
    expect(play.tiles).toBe(tiles);
    play.speak('b').forMs(40);
    expect(play.tiles).not.toBe(tiles);
    expect(play.tiles.map((tile) => tile.isSpeaking)).toEqual([false, true]);
    expect(play.changes).toHaveLength(1);
  });
});

describe('Stage: the speaker', () => {
  it('is shown 500 ms after beginning to speak, with a picture asked for after 200 ms', () => {
    const play = new Play();
    play.people('abc').forMs(3000).speak('b').forMs(170);
    expect(play.coming.some(({ participant, rect }) => participant.displayName === 'b' && rect.width === 960)).toBe(
      false,
    );
    play.forMs(100);
    expect(play.coming.some(({ participant, rect }) => participant.displayName === 'b' && rect.width === 960)).toBe(
      true,
    );
    play.forMs(1000);
    expect(play.changes.slice(1)).toEqual([[3500, 'spotlight bac']]);
    expect(play.spotlights).toEqual(['a', 'b']);
  });

  it('waits at most 700 ms for that picture', () => {
    const play = new Play();
    play.people('abc').forMs(3000);
    play.small.add('b');
    play.speak('b').forMs(3000);
    expect(play.changes.slice(1)).toEqual([[4167, 'spotlight bac']]);
    // Decided 500 ms after b began to speak.
    expect(play.waitedMs.at(-1)).toBeCloseTo(667, 0);
  });

  it('is on screen within 700 ms of the decision however much comes and goes meanwhile', () => {
    const play = new Play();
    play.people('abc').forMs(3000);
    play.small.add('b');
    play.speak('b').forMs(480).people('abcd').forMs(100).people('abcde').forMs(100).people('acbd').forMs(2000);
    const switchedAtMs = play.changes.find(([, shown]) => shown.startsWith('spotlight b'))?.[0];
    expect(switchedAtMs).toBeLessThanOrEqual(4200);
  });

  it('moves nothing by an interjection of 280 ms, nor by a pause', () => {
    const play = new Play();
    play.people('abc').speak('a').forMs(3000).speak('b').forMs(280).speak('a').forMs(3000).speak(null).forMs(9000);
    expect(play.changes).toEqual([[0, 'spotlight abc']]);
  });

  it('does not switch more than once in 2 s when two talk in turns', () => {
    const play = new Play();
    play.people('abc').forMs(1000);
    for (let turn = 0; turn < 30; turn++) play.speak(turn % 2 === 0 ? 'b' : 'a').forMs(700);
    const times = play.changes.map(([atMs]) => atMs);
    times.slice(1).forEach((atMs, index) => expect(atMs - times[index]!).toBeGreaterThanOrEqual(1999));
    expect(times.length).toBeGreaterThan(3);
  });

  it('moves nobody in a grid, but is told', () => {
    const play = new Play();
    play.stage.setLayout('r', { mode: 'fixed', name: 'grid' });
    play.people('abcd').forMs(3000).speak('c').forMs(3000);
    expect(play.changes).toEqual([[0, 'grid abcd']]);
    expect(play.spotlights).toEqual(['a', 'c']);
  });
});

describe('Stage: shared screens', () => {
  it('shows the newest screen as soon as it has a picture, people beside it in their order', () => {
    const play = new Play();
    play.people('abc').forMs(3000);
    play.without.add('s:b');
    play.screens = ['b'];
    play.forMs(500);
    expect(play.changes).toHaveLength(1);
    expect(play.coming.some(({ content }) => content === 'screen')).toBe(true);
    play.without.clear();
    play.forMs(100);
    expect(play.changes.slice(1)).toEqual([[3500, 'screen-strip [b]abc']]);
    play.screens = ['b', 'c'];
    play.forMs(1000);
    expect(play.shown).toBe('screen-strip [c]abc');
    play.speak('c').forMs(3000);
    expect(play.shown).toBe('screen-strip [c]abc');
    play.screens = ['b'];
    play.forMs(1000);
    expect(play.shown).toBe('screen-strip [b]abc');
  });

  it('goes back within 500 ms when the screen is gone or switched off', () => {
    const play = new Play();
    play.screens = ['b'];
    play.people('ab').forMs(3000);
    play.small.add('a');
    play.people('ab', { isScreenOn: false }).forMs(1000);
    expect(play.changes.slice(1)).toEqual([[3300, 'spotlight ab']]);
    play.people('ab').forMs(1000);
    expect(play.shown).toBe('screen-strip [b]ab');
    play.screens = [];
    play.forMs(1000);
    expect(play.changes.at(-1)).toEqual([5300, 'spotlight ab']);
  });

  it('prefers the screen of somebody pinned', () => {
    const play = new Play();
    play.screens = ['a', 'b'];
    play.stage.setLayout('r', { mode: 'auto', pinnedIds: ['a'] });
    play.people('abc').forMs(1000);
    expect(play.shown).toBe('screen-strip [a]abc');
  });

  it('picture in picture shows the speaker over the screen', () => {
    const play = new Play();
    play.screens = ['a'];
    play.stage.setLayout('r', { mode: 'fixed', name: 'screen-pip' });
    play.people('abc').forMs(3000).speak('c').forMs(1000);
    expect(play.shown).toBe('screen-pip [a]c');
  });
});

describe('Stage: orders of the host', () => {
  it('setLayout is shown with the next frame when the pictures are there, and answered with it', () => {
    const play = new Play();
    play.people('abc').forMs(1000).people('abcd').forMs(100);
    play.stage.setLayout('one', { mode: 'fixed', name: 'solo' });
    play.forMs(100);
    expect(play.changes.at(-1)).toEqual([1100, 'solo a']);
    expect(play.answers).toEqual([[1100, 'one']]);
  });

  it('setLayout waits at most 700 ms for pictures, and all orders until then are answered', () => {
    const play = new Play();
    play.people('abc').forMs(1000);
    play.small.add('a');
    play.stage.setLayout('one', { mode: 'fixed', name: 'grid' });
    play.forMs(200);
    play.stage.setLayout('two', { mode: 'fixed', name: 'solo' });
    play.forMs(1000);
    expect(play.changes.slice(1)).toEqual([[1700, 'solo a']]);
    expect(play.answers).toEqual([
      [1700, 'one'],
      [1700, 'two'],
    ]);
  });

  it('setLayout that changes nothing is answered at once, on an empty stage too', () => {
    const play = new Play();
    play.stage.setLayout('one', { mode: 'fixed', name: 'grid' });
    play.forMs(40);
    expect(play.answers).toEqual([[0, 'one']]);
    play.people('a').forMs(1000);
    play.stage.setLayout('two', { mode: 'fixed', name: 'grid' });
    play.forMs(40);
    expect(play.answers.at(-1)?.[1]).toBe('two');
    expect(play.changes).toHaveLength(1);
  });

  it('a screen layout without a screen shows what auto shows, and the screen once there is one', () => {
    const play = new Play();
    play.people('ab').forMs(1000);
    play.stage.setLayout('one', { mode: 'fixed', name: 'screen-pip' });
    play.forMs(1000);
    expect(play.shown).toBe('spotlight ab');
    expect(play.answers).toHaveLength(1);
    play.screens = ['b'];
    play.forMs(1000);
    expect(play.shown).toBe('screen-pip [b]a');
  });

  it('pins hold the spotlight against every speaker, and let go of it', () => {
    const play = new Play();
    play.people('abc').forMs(1000);
    play.stage.setLayout('one', { mode: 'auto', pinnedIds: ['c'] });
    play.forMs(1000).speak('b').forMs(5000);
    expect(play.changes.slice(1)).toEqual([[1000, 'spotlight cba']]);
    expect(play.spotlights).toEqual(['a', 'c']);
    play.stage.setLayout('two', { mode: 'auto' });
    play.forMs(1000);
    expect(play.shown).toBe('spotlight bca');
    expect(play.spotlights).toEqual(['a', 'c', 'b']);
    // The order is what decided, not b's speaking long ago.
    expect(play.waitedMs).toEqual([0, 0, 0]);
  });

  it('two pins stand side by side, in their order', () => {
    const play = new Play();
    play.people('abc').forMs(1000);
    play.stage.setLayout('one', { mode: 'auto', pinnedIds: ['c', 'a'], crossfade: true });
    play.forMs(1000);
    expect(play.shown).toBe('side-by-side cab');
    expect(play.stage.isCrossfaded).toBe(true);
  });
});
