/** Which layout is shown: the host's wish where it can be fulfilled, else what fits the stage. Pure. */
import { type LayoutName, type LayoutRequest } from '../layout-contract.ts';

/** What the choice depends on. */
export interface StageCounts {
  readonly personCount: number;
  /** Pinned people who are on stage. */
  readonly pinnedCount: number;
  readonly hasScreen: boolean;
}

/** Null while nobody is on stage: then a slate is shown. */
export function chooseLayout(request: LayoutRequest, counts: StageCounts): LayoutName | null {
  if (counts.personCount === 0) return null;
  if (request.mode === 'fixed' && isPossible(request.name, counts)) return request.name;
  return automaticLayout(counts);
}

function isPossible(name: LayoutName, { personCount, hasScreen }: StageCounts): boolean {
  switch (name) {
    case 'screen-strip':
    case 'screen-pip':
      return hasScreen;
    case 'side-by-side':
      return personCount >= 2;
    case 'spotlight':
    case 'solo':
    case 'grid':
      return true;
  }
}

/** Who pins two people wants to see both of them. */
function automaticLayout({ pinnedCount, hasScreen }: StageCounts): LayoutName {
  if (hasScreen) return 'screen-strip';
  return pinnedCount >= 2 ? 'side-by-side' : 'spotlight';
}
