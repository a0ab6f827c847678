/** Runs a program through starts, encoder deaths and its end, and holds every state of every playlist to the rules. */
import { describe, expect, it } from 'vitest';
import { renderMediaPlaylist } from '../../src/hls/origin/playlist-source.ts';
import { parseMediaPlaylist } from '../support/hls-playlist-parser.ts';
import { checkDelta, checkMedia, checkPlaylist, checkReload, checkRenditions } from '../support/hls-validator.ts';
import { type HlsProgramOptions, TestProgram } from '../support/hls-program.ts';

type Texts = Readonly<Record<string, { full: string; delta: string }>>;

/** Collects every published state, and what the rules say about it and about the step from the state before. */
class Observer {
  readonly findings = new Set<string>();
  readonly #test: TestProgram;
  readonly #renditionIds: readonly string[];
  #previous: Texts | undefined;
  stateCount = 0;

  constructor(test: TestProgram) {
    this.#test = test;
    this.#renditionIds = test.program.renditions.map(({ renditionId }) => renditionId);
    test.program.events.on('changed', () => this.#observe());
  }

  #observe(): void {
    const { program } = this.#test;
    if (!program.isReady) return;
    const render = (id: string, isDelta: boolean) => renderMediaPlaylist(program, id, program.window(id)!, isDelta);
    const texts: Texts = Object.fromEntries(
      this.#renditionIds.map((id) => [id, { full: render(id, false), delta: render(id, true) }]),
    );
    const playlists = this.#renditionIds.map((id) => parseMediaPlaylist(texts[id]!.full));
    const isGapNext = (index: number) => !program.isCarried(this.#renditionIds[index]!);
    this.#add(
      playlists.flatMap((playlist, index) => checkPlaylist(playlist, isGapNext(index))),
      checkRenditions(playlists),
    );
    for (const id of this.#renditionIds) {
      const previous = this.#previous?.[id];
      if (previous === undefined) continue;
      this.#add(checkReload(parseMediaPlaylist(previous.full), parseMediaPlaylist(texts[id]!.full)));
      this.#add(checkDelta(previous.full, texts[id]!.delta, texts[id]!.full));
    }
    this.#previous = texts;
    this.stateCount++;
  }

  #add(...findings: string[][]): void {
    for (const finding of findings.flat()) this.findings.add(finding);
  }

  /** Findings about the bytes of everything listed now. */
  mediaFindings(): string[] {
    const { program } = this.#test;
    return this.#renditionIds.flatMap((id) => {
      const window = program.window(id)!;
      const playlist = parseMediaPlaylist(renderMediaPlaylist(program, id, window, false));
      return checkMedia(
        playlist.segments.flatMap((segment) => {
          const stored = window.segment(segment.mediaSequenceNumber)!;
          const parts = stored.parts.map(({ bytes }) => bytes);
          if (segment.isGap) return [];
          return [{ segment, init: window.init(stored.runIndex)!, bytes: Buffer.concat(parts), parts }];
        }),
      );
    });
  }
}

function observe(options?: HlsProgramOptions): { test: TestProgram; observer: Observer } {
  const test = new TestProgram(options);
  return { test, observer: new Observer(test) };
}

describe('every playlist state', () => {
  it.each(['ultra', 'low', 'standard'] as const)('obeys the rules over 80 s at latency %s', (latency) => {
    const { test, observer } = observe({ latency });
    test.beginRun();
    test.feed(80.1);
    expect([...observer.findings]).toEqual([]);
    expect(observer.mediaFindings()).toEqual([]);
    expect(observer.stateCount).toBeGreaterThan(200);
  });

  it('obeys the rules with two keyframes per segment', () => {
    const { test, observer } = observe();
    test.beginRun(30);
    test.feed(20.1);
    expect([...observer.findings, ...observer.mediaFindings()]).toEqual([]);
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
    expect([...observer.findings, ...observer.mediaFindings()]).toEqual([]);
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
    expect([...observer.findings, ...observer.mediaFindings()]).toEqual([]);
    expect(observer.stateCount).toBeGreaterThan(100);
  });

  it.each(['ultra', 'low', 'standard'] as const)('obeys the rules at 25 fps and latency %s', (latency) => {
    const { test, observer } = observe({ latency, frameRate: 25, isQuickStart: true });
    test.beginRun(25);
    test.feed(20.1);
    test.program.endRun('handover');
    test.beginRun(25);
    test.feed(8.1);
    expect([...observer.findings, ...observer.mediaFindings()]).toEqual([]);
  });

  it('obeys the rules at its end and stays as it is', () => {
    const { test, observer } = observe();
    test.beginRun();
    test.feed(9.4);
    test.program.end();
    const window = test.program.window('video')!;
    const text = renderMediaPlaylist(test.program, 'video', window, false);
    expect([...observer.findings, ...observer.mediaFindings()]).toEqual([]);
    expect(text.trimEnd().endsWith('#EXT-X-ENDLIST')).toBe(true);
    expect(renderMediaPlaylist(test.program, 'video', window, true)).toBe(text);
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
