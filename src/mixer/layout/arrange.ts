/** The places of every layout by its name. Pure. */
import { type LayoutName } from '../layout-contract.ts';
import { type Arrangement } from './arrangement.ts';
import { type CanvasSize } from './geometry.ts';
import { gridPlaces, sideBySidePlaces, soloPlaces, spotlightPlaces } from './people-arrangements.ts';
import { screenPipPlaces, screenStripPlaces } from './screen-arrangements.ts';

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
