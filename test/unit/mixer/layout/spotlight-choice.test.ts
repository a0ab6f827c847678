import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { SpotlightChoice } from '../../../../src/mixer/layout/spotlight-choice.ts';

/** Runs a scripted conversation frame by frame and notes who is in the spotlight when. */
function conversation(present: string[]) {
  const clock = new FakeClock();
  const choice = new SpotlightChoice();
  choice.setPresent(present);
  const ready = new Set(present);
  const changes: [number, string | null][] = [];
  return {
    changes,
    choice,
    ready,
    speak: (id: string | null) => choice.setSpeaker(id, clock.nowMs()),
    forMs(durationMs: number) {
      for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs += 20) {
        const before = choice.spotlightId;
        const now = choice.update(clock.nowMs(), (id) => ready.has(id));
        if (now !== before) changes.push([clock.nowMs(), now]);
        clock.advance(20);
      }
    },
  };
}

describe('SpotlightChoice', () => {
  it('takes the first joiner while nobody speaks, and null on an empty stage', () => {
    const talk = conversation(['a', 'b']);
    talk.forMs(100);
    talk.choice.setPresent([]);
    talk.forMs(100);
    expect(talk.changes).toEqual([
      [0, 'a'],
      [100, null],
    ]);
  });

  it('switches once the speaker has led for 500 ms', () => {
    const talk = conversation(['a', 'b']);
    talk.forMs(5000);
    talk.speak('b');
    talk.forMs(3000);
    expect(talk.changes).toEqual([
      [0, 'a'],
      [5500, 'b'],
    ]);
  });

  it('prepares the speaker after 200 ms and switches as soon as the large picture is there', () => {
    const talk = conversation(['a', 'b']);
    talk.forMs(5000);
    talk.ready.delete('b');
    talk.speak('b');
    talk.forMs(200);
    expect(talk.choice.candidateId).toBeNull();
    talk.forMs(20);
    expect(talk.choice.candidateId).toBe('b');
    talk.forMs(600);
    talk.ready.add('b');
    talk.forMs(100);
    expect(talk.changes.at(-1)).toEqual([5820, 'b']);
    expect(talk.choice.decidedMs).toBe(5500);
    expect(talk.choice.candidateId).toBeNull();
  });

  it('waits for the large picture no longer than for it to be on screen after 700 ms', () => {
    const talk = conversation(['a', 'b']);
    talk.forMs(5000);
    talk.ready.delete('b');
    talk.speak('b');
    talk.forMs(3000);
    expect(talk.changes.at(-1)).toEqual([6160, 'b']);
    expect(talk.choice.decidedMs).toBe(5500);
  });

  it('decides for a speaker who comes later no earlier than they are there', () => {
    const talk = conversation(['a']);
    talk.forMs(5000);
    talk.speak('b');
    talk.forMs(3000);
    talk.choice.setPresent(['a', 'b']);
    talk.ready.add('b');
    talk.forMs(100);
    expect(talk.changes.at(-1)).toEqual([8000, 'b']);
    expect(talk.choice.decidedMs).toBe(8000);
  });

  it('ignores an interjection of 300 ms', () => {
    const talk = conversation(['a', 'b']);
    talk.speak('a');
    talk.forMs(5000);
    talk.speak('b');
    talk.forMs(300);
    talk.speak('a');
    talk.forMs(3000);
    expect(talk.changes).toEqual([[0, 'a']]);
  });

  it('stays on the last speaker in silence', () => {
    const talk = conversation(['a', 'b']);
    talk.forMs(3000);
    talk.speak('b');
    talk.forMs(1000);
    talk.speak(null);
    talk.forMs(60_000);
    expect(talk.changes.at(-1)).toEqual([3500, 'b']);
  });

  it('holds each spotlight for at least 2 s when two people talk in turns', () => {
    const talk = conversation(['a', 'b']);
    for (let turn = 0; turn < 40; turn++) {
      talk.speak(turn % 2 === 0 ? 'b' : 'a');
      talk.forMs(700);
    }
    const times = talk.changes.map(([atMs]) => atMs);
    for (let index = 1; index < times.length; index++)
      expect(times[index]! - times[index - 1]!).toBeGreaterThanOrEqual(2000);
    expect(times.length).toBeGreaterThan(3);
  });

  it('switches at once when the one in the spotlight leaves', () => {
    const talk = conversation(['a', 'b', 'c']);
    talk.forMs(100);
    talk.speak('c');
    talk.forMs(100);
    talk.choice.setPresent(['b', 'c']);
    talk.forMs(20);
    expect(talk.changes.at(-1)).toEqual([200, 'c']);
  });

  it('falls back to the most recent speaker when the one in the spotlight leaves in silence', () => {
    const talk = conversation(['a', 'b', 'c', 'd']);
    for (const id of ['b', 'c', 'd'] as const) {
      talk.speak(id);
      talk.forMs(3000);
    }
    talk.speak(null);
    talk.forMs(100);
    talk.choice.setPresent(['a', 'b', 'c']);
    talk.forMs(100);
    expect(talk.changes.at(-1)?.[1]).toBe('c');
    expect(talk.choice.recentIds).toEqual(['c', 'b']);
  });

  it('does not take an interjection of 280 ms for a turn', () => {
    const talk = conversation(['a', 'b']);
    talk.speak('a');
    talk.forMs(1000);
    talk.speak('b');
    talk.forMs(280);
    talk.speak(null);
    talk.forMs(1000);
    expect(talk.choice.recentIds).toEqual(['a']);
  });

  it('ignores a speaker who is not on stage', () => {
    const talk = conversation(['a', 'b']);
    talk.speak('somebody else');
    talk.forMs(5000);
    expect(talk.changes).toEqual([[0, 'a']]);
  });
});
