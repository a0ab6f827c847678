/** What every layout comes down to: places on the canvas, before anybody is seated on them. Pure. */
import { type LayoutName } from '../layout-contract.ts';
import { type Rect } from '../picture/i420.ts';
import { type CanvasSize } from './geometry.ts';
import { gridPlaces, sideBySidePlaces, soloPlaces, spotlightPlaces } from './people-arrangements.ts';
import { screenPipPlaces, screenStripPlaces } from './screen-arrangements.ts';

export interface Arrangement {
  /** Place of the shared screen. */
  readonly screen?: Rect;
  /** Places of people, the most important first; at least one, never more than there are people. */
  readonly people: readonly Rect[];
  /** How many of `people` stand out; these follow who speaks. Where all are alike, all of them. */
  readonly mainCount: number;
  /** People lie over the screen instead of beside it. */
  readonly isOverlaid: boolean;
  /** The last tile says how many are not shown. */
  readonly countsHidden: boolean;
}

type ArrangePeople = (canvas: CanvasSize, personCount: number) => Arrangement;

const arrangements: Readonly<Record<LayoutName, ArrangePeople>> = {
  spotlight: spotlightPlaces,
  solo: soloPlaces,
  'side-by-side': sideBySidePlaces,
  grid: gridPlaces,
  'screen-strip': screenStripPlaces,
  'screen-pip': screenPipPlaces,
};

/**
 * Places of one layout.
 * @param personCount people on stage, >= 1.
 */
export function arrange(name: LayoutName, canvas: CanvasSize, personCount: number): Arrangement {
  return arrangements[name](canvas, personCount);
}
