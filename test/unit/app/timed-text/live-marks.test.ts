import { describe, expect, it } from 'vitest';
import { LiveMarks, type MarkEvent } from '../../../../src/app/timed-text/live-marks.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { recordedEventSchema } from '../../../../src/recording/command-schema.ts';
import { TestProgram } from '../../../support/hls-program.ts';

function liveEvent() {
  const test = new TestProgram();
  test.beginRun();
  test.feed(4.5);
  const recorded: MarkEvent[] = [];
  const names = new Map([
    ['p1', 'Ada "Countess" Lovelace'],
    ['p2', 'Bob'],
  ]);
  const marks = new LiveMarks({
    ...{ program: test.program, playoutDelayMs: 350, clock: test.clock, logger: silentLogger },
    nameOf: (participantId) => names.get(participantId),
    onMark: (event) => recorded.push(event),
  });
  const tags = () => test.program.dateRanges.listed.map(({ tag }) => tag);
  return { test, marks, recorded, tags, nowMs: test.clock.wallMs() };
}

const iso = (ms: number) => new Date(ms).toISOString();

describe('LiveMarks', () => {
  it('tells who speaks until the next one does, nobody too, and says nothing twice', () => {
    const { marks, tags, nowMs } = liveEvent();
    for (const [participantId, atMs] of [
      ['p1', 0],
      ['p1', 500],
      ['p2', 1000],
      [null, 2000],
      ['gone', 2500],
    ] as const)
      marks.speakerChanged(participantId, nowMs + atMs);
    const head = 'CLASS="org.rostrum.speaker",START-DATE=';
    expect(tags()).toEqual([
      `#EXT-X-DATERANGE:ID="speaker-0",${head}"${iso(nowMs)}",END-ON-NEXT=YES,X-ORG-ROSTRUM-NAME="Ada %22Countess%22 Lovelace"`,
      `#EXT-X-DATERANGE:ID="speaker-1",${head}"${iso(nowMs + 1000)}",END-ON-NEXT=YES,X-ORG-ROSTRUM-NAME="Bob"`,
      `#EXT-X-DATERANGE:ID="speaker-2",${head}"${iso(nowMs + 2000)}",END-ON-NEXT=YES`,
    ]);
  });

  it('never throws for a speaker, also when the program is over', () => {
    const { marks, test, nowMs, tags } = liveEvent();
    test.program.end();
    marks.speakerChanged('p1', nowMs);
    expect(tags()).toEqual([]);
  });

  it('gives marks an id, a span and their words, for viewers and for the recording', () => {
    const { marks, recorded, tags, nowMs } = liveEvent();
    marks.add({ type: 'slide', number: 2, title: 'Agenda' });
    marks.add({ type: 'question', text: 'How much?', askedBy: 'Eve', startAtMs: nowMs - 5000 });
    marks.add({ type: 'poll', pollId: 'p-1', question: 'Tea?', state: 'opened', durationMs: 60_000 });
    expect(tags().map((tag) => tag.replace(/^.*?START-DATE="[^"]*",/, ''))).toEqual([
      'END-ON-NEXT=YES,X-ORG-ROSTRUM-TITLE="Agenda",X-ORG-ROSTRUM-NUMBER="2"',
      'DURATION=20.000,X-ORG-ROSTRUM-TEXT="How much?",X-ORG-ROSTRUM-NAME="Eve"',
      'DURATION=60.000,X-ORG-ROSTRUM-TEXT="Tea?",X-ORG-ROSTRUM-POLL="p-1",X-ORG-ROSTRUM-STATE="opened"',
    ]);
    expect(recorded.map(({ markId, atMs, endAtMs }) => [markId, atMs - nowMs, endAtMs && endAtMs - nowMs])).toEqual([
      ['slide-0', 0, null],
      ['question-1', -5000, 15_000],
      ['poll-2', 0, 60_000],
    ]);
    for (const event of recorded) expect(recordedEventSchema.parse(event)).toEqual(event);
  });

  it('refuses a time that cannot be meant, without using up an id', () => {
    const { marks, nowMs } = liveEvent();
    const mark = { type: 'slide', title: 'A' } as const;
    for (const startAtMs of [nowMs - 600_001, nowMs + 300_001])
      expect(() => marks.add({ ...mark, startAtMs })).toThrow(expect.objectContaining({ code: 'MARK_TIME_INVALID' }));
    expect(marks.add(mark).markId).toBe('slide-0');
  });
});
