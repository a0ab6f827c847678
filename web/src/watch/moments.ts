/** What the program's date ranges say about the moment that is heard: who speaks, which slide, a question or a poll. Pure. */

import { type SeekMark } from './seek-range.ts';

/** One date range on the player's clock. */
export interface ProgramRange {
  /** `org.rostrum.speaker` */
  readonly className: string;
  readonly startSec: number;
  /** Undefined: until the next of its class. */
  readonly endSec: number | undefined;
  /** As they stand in the playlist: `X-ORG-ROSTRUM-NAME`. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

export interface Moments {
  readonly speaker: string | undefined;
  readonly slide: string | undefined;
  /** What viewers are told over the picture. */
  readonly notice: string | undefined;
}

export const noMoments: Moments = { speaker: undefined, slide: undefined, notice: undefined };

export function momentsAt(ranges: readonly ProgramRange[], timeSec: number): Moments {
  const current = (name: string) => currentOf(ranges, `org.rostrum.${name}`, timeSec);
  const slide = current('slide');
  return {
    speaker: textOf(current('speaker'), 'NAME'),
    slide: slide && slideText(slide),
    notice: questionNotice(current('question')) ?? pollNotice(current('poll')),
  };
}

/** Where turns, slides and questions begin that can be gone to, in order. */
export function marksOf(ranges: readonly ProgramRange[], firstSec: number): SeekMark[] {
  const marks = ranges.flatMap((range) => {
    const label = labelOf(range);
    return label === undefined || range.startSec < firstSec ? [] : [{ timeSec: range.startSec, label }];
  });
  return marks.sort((a, b) => a.timeSec - b.timeSec);
}

function labelOf(range: ProgramRange): string | undefined {
  switch (range.className) {
    case 'org.rostrum.speaker':
      return textOf(range, 'NAME');
    case 'org.rostrum.slide':
      return `Slide: ${slideText(range)}`;
    case 'org.rostrum.question':
      return questionNotice(range);
    default:
      return undefined;
  }
}

function slideText(slide: ProgramRange): string {
  const number = textOf(slide, 'NUMBER');
  return [number && `${number}.`, textOf(slide, 'TITLE')].filter(Boolean).join(' ');
}

/** Of several that hold, the one that began last: with the next one those that name no end are over. */
function currentOf(ranges: readonly ProgramRange[], className: string, timeSec: number): ProgramRange | undefined {
  const begun = ranges.filter((range) => range.className === className && range.startSec <= timeSec);
  const holding = begun.filter(({ endSec }) => endSec === undefined || timeSec < endSec);
  return holding.sort((a, b) => b.startSec - a.startSec)[0];
}

function questionNotice(range: ProgramRange | undefined): string | undefined {
  const text = textOf(range, 'TEXT');
  const name = textOf(range, 'NAME');
  return text && `${name === undefined ? 'Question' : `Question from ${name}`}: ${text}`;
}

function pollNotice(range: ProgramRange | undefined): string | undefined {
  const text = textOf(range, 'TEXT');
  return text && `${textOf(range, 'STATE') === 'closed' ? 'Poll closed' : 'Poll'}: ${text}`;
}

function textOf(range: ProgramRange | undefined, name: string): string | undefined {
  const written = range?.attributes[`X-ORG-ROSTRUM-${name}`];
  if (written === undefined) return undefined;
  try {
    return decodeURIComponent(written);
  } catch {
    // Not encoded as ours are: shown as it is.
    return written;
  }
}
