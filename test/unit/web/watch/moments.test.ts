import { describe, expect, it } from 'vitest';
import { marksOf, momentsAt, noMoments, type ProgramRange } from '../../../../web/src/watch/moments.ts';

const range = (
  name: string,
  startSec: number,
  endSec: number | undefined,
  attributes: Readonly<Record<string, string>>,
): ProgramRange => ({
  className: `org.rostrum.${name}`,
  startSec,
  endSec,
  attributes: Object.fromEntries(Object.entries(attributes).map(([key, text]) => [`X-ORG-ROSTRUM-${key}`, text])),
});

describe('momentsAt', () => {
  const ranges = [
    range('speaker', 20, undefined, {}),
    range('speaker', 0, undefined, { NAME: 'Ada' }),
    range('speaker', 10, undefined, { NAME: 'Bob %22B%22' }),
  ];

  it.each([
    [-1, undefined],
    [0, 'Ada'],
    [9.99, 'Ada'],
    [10, 'Bob "B"'],
    [25, undefined],
  ])('at %s s it is %s who speaks', (timeSec, speaker) => {
    expect(momentsAt(ranges, timeSec).speaker).toBe(speaker);
  });

  it('tells slide and question while they hold, the question before the poll', () => {
    const more = [
      range('slide', 5, undefined, { TITLE: 'Roadmap', NUMBER: '3' }),
      range('poll', 6, 9, { TEXT: 'Tea?', STATE: 'opened' }),
      range('question', 7, 8, { TEXT: 'How much?', NAME: 'Eve' }),
    ];
    expect(momentsAt(more, 4)).toEqual(noMoments);
    expect(momentsAt(more, 6.5)).toMatchObject({ slide: '3. Roadmap', notice: 'Poll: Tea?' });
    expect(momentsAt(more, 7)).toMatchObject({ notice: 'Question from Eve: How much?' });
    expect(momentsAt(more, 9)).toMatchObject({ slide: '3. Roadmap', notice: undefined });
  });

  it('shows what is not encoded as ours is, and leaves other classes alone', () => {
    const foreign = [range('speaker', 0, undefined, { NAME: '100%' }), range('advert', 0, 9, { TEXT: 'Buy' })];
    expect(momentsAt(foreign, 1)).toEqual({ ...noMoments, speaker: '100%' });
  });
});

describe('marksOf', () => {
  it('lists turns, slides and questions that can be gone to, in order, each with its words', () => {
    const ranges = [
      range('slide', 30, undefined, { TITLE: 'Roadmap', NUMBER: '3' }),
      range('speaker', 0, undefined, { NAME: 'Ada' }),
      range('speaker', 20, undefined, { NAME: 'Bob' }),
      range('speaker', 25, undefined, {}),
      range('question', 40, 60, { TEXT: 'How much?', NAME: 'Eve' }),
      range('poll', 41, 60, { TEXT: 'Tea?', STATE: 'opened' }),
      range('advert', 42, 60, { TEXT: 'Buy' }),
    ];
    expect(marksOf(ranges, 10)).toEqual([
      { timeSec: 20, label: 'Bob' },
      { timeSec: 30, label: 'Slide: 3. Roadmap' },
      { timeSec: 40, label: 'Question from Eve: How much?' },
    ]);
  });
});
