/** Layouts with a shared screen, which is always shown whole. Pure. */
import { type Arrangement } from './arrangement.ts';
import { type CanvasSize, columnIn, evenNearest, shareOf, wholeOf } from './geometry.ts';

/** A strip of sixths leaves the screen five sixths of the width, and its text readable. */
const stripShare = 1 / 6;
const maxStripCount = 6;

/** The screen as large as a strip of people at the right edge lets it. */
export function screenStripPlaces(canvas: CanvasSize, personCount: number): Arrangement {
  const thumbnail = shareOf(canvas, stripShare);
  const x = canvas.width - thumbnail.width;
  const strip = { x, y: 0, width: thumbnail.width, height: canvas.height };
  const people = columnIn(strip, Math.min(personCount, maxStripCount), thumbnail);
  return {
    screen: { x: 0, y: 0, width: x, height: canvas.height },
    people,
    mainCount: people.length,
    isOverlaid: false,
    countsHidden: true,
  };
}

/** The screen on the whole canvas, the speaker over its bottom right corner. */
export function screenPipPlaces(canvas: CanvasSize): Arrangement {
  const size = shareOf(canvas, 1 / 4);
  const margin = evenNearest(canvas.height / 30);
  const corner = { x: canvas.width - size.width - margin, y: canvas.height - size.height - margin };
  return {
    screen: wholeOf(canvas),
    people: [{ ...corner, ...size }],
    mainCount: 1,
    isOverlaid: true,
    countsHidden: false,
  };
}
