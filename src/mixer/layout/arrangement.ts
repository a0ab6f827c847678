/** What every layout comes down to: places on the canvas, before anybody is seated on them. */
import { type Rect } from '../picture/i420.ts';

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
