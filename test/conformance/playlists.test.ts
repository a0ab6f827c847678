/** Runs a program through starts, encoder deaths and its end, and holds every state of every playlist to the rules. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { renderMediaPlaylist } from '../../src/hls/origin/playlist-source.ts';
import { ProgramObserver } from '../support/hls-check/program-observer.ts';
import { type HlsProgramOptions, type TestProgram } from '../support/hls-program.ts';
import { MemoryDvrStore } from '../support/memory-dvr-store.ts';

function observe(options?: HlsProgramOptions): { test: TestProgram; observer: ProgramObserver } {
  const observer = new ProgramObserver(options);
  return { test: observer.test, observer };
}

describe('every playlist state', () => {
  it.each(['ultra', 'low', 'standard'] as const)('obeys the rules over 80 s at latency %s', (latency) => {
    const { test, observer } = observe({ latency });
    test.beginRun();
    test.feed(80.1);
    observer.checkBytes();
    expect(observer.findings).toEqual([]);
    expect(observer.stateCount).toBeGreaterThan(200);
  });

  it.each(['low', 'standard'] as const)(
    'obeys the rules with a window to go back in, and when the store fails, at latency %s',
    async (latency) => {
      const dvrStore = new MemoryDvrStore();
      const { test, observer } = observe({ latency, hasCaptions: true, windowSec: 14, dvrWindowSec: 60, dvrStore });
      for (const mode of ['works', 'refuses', 'works'] as const) {
        dvrStore.mode = mode;
        test.beginRun(30);
        for (let fed = 0; fed < 90; fed++) {
          test.feed(1);
          await setImmediate();
        }
      }
      test.program.end();
      expect(observer.findings).toEqual([]);
      expect(observer.stateCount).toBeGreaterThan(250);
    },
  );

  it('obeys the rules with two keyframes per segment', () => {
    const { test, observer } = observe();
    test.beginRun(30);
    test.feed(20.1);
    observer.checkBytes();
    expect(observer.findings).toEqual([]);
  });

  it.each([0.05, 0.4, 1.1, 1.99, 2.5])('obeys the rules when encoders die %s s into a segment', (intoSegmentSec) => {
    const { test, observer } = observe();
    for (let life = 0; life < 4; life++) {
      test.beginRun();
      test.feed(6 + intoSegmentSec);
      test.program.endRun('killed');
      test.clock.advance(700);
    }
    test.beginRun();
    test.feed(10.1);
    observer.checkBytes();
    expect(observer.findings).toEqual([]);
    expect(test.sink.segments.filter(({ isDiscontinuity }) => isDiscontinuity)).toHaveLength(8);
  });

  it.each([
    ['the top rung is dropped and comes back', [undefined, ['video-low', 'audio'], ['video-low', 'audio'], undefined]],
    ['the lower rung is missing from the start', [['video', 'audio'], undefined]],
    ['each has its turn', [['video', 'audio'], ['video-low', 'audio'], undefined]],
  ])('obeys the rules with a ladder when %s', (_name, lives) => {
    const { test, observer } = observe({ hasLadder: true, windowSec: 16, isQuickStart: true });
    for (const carriedIds of lives) {
      test.beginRun(30, carriedIds);
      test.feed(9.3);
      test.program.endRun('handover');
      test.clock.advance(300);
    }
    test.beginRun(30);
    test.feed(40.1);
    test.program.end();
    observer.checkBytes();
    expect(observer.findings).toEqual([]);
    expect(observer.stateCount).toBeGreaterThan(100);
  });

  it.each(['ultra', 'low', 'standard'] as const)('obeys the rules at 25 fps and latency %s', (latency) => {
    const { test, observer } = observe({ latency, frameRate: 25, isQuickStart: true });
    test.beginRun(25);
    test.feed(20.1);
    test.program.endRun('handover');
    test.beginRun(25);
    test.feed(8.1);
    observer.checkBytes();
    expect(observer.findings).toEqual([]);
  });

  it.each(['ultra', 'low', 'standard'] as const)(
    'obeys the rules with captions, early, late and across encoder lives, at latency %s',
    (latency) => {
      const { test, observer } = observe({ latency, hasCaptions: true, isQuickStart: true, windowSec: 24 });
      let count = 0;
      for (let life = 0; life < 3; life++) {
        test.beginRun(30);
        for (let second = 0; second < 13; second++) {
          // From 12 s too late to 9 s ahead, of 0.3 to 5 s: in a pattern that no two segments share.
          for (const renditionId of ['captions-en', 'captions-ar']) {
            const startMs = test.clock.wallMs() + ((second * 3701) % 21_000) - 12_000;
            const endMs = startMs + 300 + ((second * 1709) % 4700);
            test.program.addCaptions([{ renditionId, cueId: `c${count++}`, startMs, endMs, text: `Cue ${count}` }]);
          }
          test.feed(0.97);
        }
        test.program.endRun('killed');
        test.clock.advance(700);
        observer.checkBytes();
      }
      test.program.end();
      observer.checkBytes();
      expect(observer.findings).toEqual([]);
      const listed = test.program.window('captions-en')!.segments;
      const texts = listed.map(({ parts }) => Buffer.from(parts[0]!.bytes).toString());
      expect(texts.filter((text) => text.includes('-->')).length).toBeGreaterThan(5);
    },
  );

  it.each(['ultra', 'low', 'standard'] as const)(
    'obeys the rules with date ranges that come all the time, across encoder lives, at latency %s',
    (latency) => {
      const { test, observer } = observe({ latency, hasCaptions: true, isQuickStart: true, windowSec: 14 });
      const listed = () => test.program.dateRanges.listed.length;
      let count = 0;
      for (let life = 0; life < 3; life++) {
        test.beginRun(30);
        for (let step = 0; step < 40; step++) {
          const startMs = test.clock.wallMs() + ((step * 977) % 3000) - 1500;
          const endMs = step % 3 === 0 ? undefined : startMs + ((step * 613) % 9000);
          const kind = endMs === undefined ? 'speaker' : 'question';
          test.program.addDateRange({
            id: `r${count++}`,
            kind,
            startMs,
            endMs,
            attributes: { TEXT: 'a "b" 100%', NAME: 'Rene\u0301, \n\u0301' },
          });
          test.feed(0.37);
        }
        test.program.endRun('killed');
        test.clock.advance(700);
      }
      expect(listed()).toBeGreaterThan(10);
      expect(listed()).toBeLessThan(count - 40);
      test.program.end();
      observer.checkBytes();
      expect(observer.findings).toEqual([]);
    },
  );

  it('obeys the rules at its end and stays as it is', () => {
    const { test, observer } = observe();
    test.beginRun();
    test.feed(9.4);
    test.program.end();
    const window = test.program.window('video')!;
    const text = renderMediaPlaylist(test.program, 'video', window);
    observer.checkBytes();
    expect(observer.findings).toEqual([]);
    expect(text.trimEnd().endsWith('#EXT-X-ENDLIST')).toBe(true);
    expect(renderMediaPlaylist(test.program, 'video', window, 'segments')).toBe(text);
  });

  it("keeps removed segments fetchable for their own time and the playlist's (rule 13)", () => {
    const { test } = observe({ windowSec: 12 });
    test.beginRun();
    test.feed(14.1);
    const window = test.program.window('video')!;
    const firstListedMsn = () => window.segments[0]!.mediaSequenceNumber;
    expect(firstListedMsn()).toBe(1);
    test.feed(12);
    expect(window.segment(0)).toBeDefined();
    test.feed(6);
    expect(window.segment(0)).toBeUndefined();
  });
});
