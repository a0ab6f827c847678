/** What is shown where: a plan says who sits on which place, tiles add how they look at the moment. Pure. */
import { type LayoutName, type LayoutRequest } from '../layout-contract.ts';
import { type Rect } from '../picture/i420.ts';
import { type MixerParticipant } from '../ports.ts';
import { type TileFit } from '../source-contract.ts';
import { arrange } from './arrange.ts';
import { type Arrangement } from './arrangement.ts';
import { type CanvasSize } from './geometry.ts';
import { chooseLayout } from './layout-choice.ts';
import { arrangeSeats } from './seat-order.ts';

/** Who is there and what is wanted. */
export interface StageSituation {
  readonly request: LayoutRequest;
  /** Everybody to be seated, in join order. */
  readonly present: readonly string[];
  /** Whose shared screen is shown if the layout has a place for one. */
  readonly screenOwnerId: string | null;
  readonly spotlightId: string | null;
  /** Who spoke, the latest first. */
  readonly recentIds: readonly string[];
  /** Everybody in the order used so far. */
  readonly order: readonly string[];
}

/** Who is where; two plans with the same key look the same. */
export interface LayoutPlan {
  /** Null while nobody is on stage. */
  readonly name: LayoutName | null;
  readonly key: string;
  readonly arrangement: Arrangement | undefined;
  readonly screenOwnerId: string | null;
  /** People by place. */
  readonly seatedIds: readonly string[];
  readonly hiddenCount: number;
  /** Everybody, those out of view too. */
  readonly order: readonly string[];
}

export interface Tile {
  readonly participant: MixerParticipant;
  readonly content: 'camera' | 'screen';
  readonly rect: Rect;
  readonly fit: TileFit;
  /** Lies over other tiles. */
  readonly isOverlay: boolean;
  /** Draws the speaking border. */
  readonly isSpeaking: boolean;
  /** People who are not shown; above 0 only on the last tile of layouts that tell. */
  readonly hiddenCount: number;
}

export function planLayout(canvas: CanvasSize, situation: StageSituation): LayoutPlan {
  const { request, present, screenOwnerId, spotlightId, recentIds, order } = situation;
  const pinnedIds = (request.pinnedIds ?? []).filter(
    (id, index, all) => present.includes(id) && all.indexOf(id) === index,
  );
  const name = chooseLayout(request, {
    personCount: present.length,
    pinnedCount: pinnedIds.length,
    hasScreen: screenOwnerId !== null,
  });
  if (name === null) return emptyPlan;
  const arrangement = arrange(name, canvas, present.length);
  const { people, mainCount, screen } = arrangement;
  const rule = { mainCount, placeCount: people.length };
  const seats = arrangeSeats(order, present, rule, { spotlightId, pinnedIds, recentIds });
  const plan = {
    name,
    screenOwnerId: screen === undefined ? null : screenOwnerId,
    seatedIds: seats.slice(0, people.length),
    hiddenCount: present.length - people.length,
  };
  return { ...plan, key: JSON.stringify(plan), arrangement, order: seats };
}

export const emptyPlan: LayoutPlan = {
  name: null,
  key: 'nobody',
  arrangement: undefined,
  screenOwnerId: null,
  seatedIds: [],
  hiddenCount: 0,
  order: [],
};

/**
 * The tiles of a plan in drawing order: the screen first, then people by place.
 * @param participantOf whoever is not known has no tile.
 * @param speakerId dominant speaker now, null in silence.
 */
export function tilesOf(
  plan: LayoutPlan,
  participantOf: (participantId: string) => MixerParticipant | undefined,
  speakerId: string | null,
): Tile[] {
  const { arrangement, screenOwnerId, seatedIds, hiddenCount } = plan;
  if (arrangement === undefined) return [];
  const { screen, people, isOverlaid, countsHidden } = arrangement;
  const owner = screenOwnerId === null ? undefined : participantOf(screenOwnerId);
  const screens: Tile[] = [];
  if (screen !== undefined && owner !== undefined) {
    const look = { isOverlay: false, isSpeaking: false, hiddenCount: 0 };
    screens.push({ participant: owner, content: 'screen', rect: screen, fit: 'contain', ...look });
  }
  const tiles = seatedIds.flatMap((id, place): Tile[] => {
    const participant = participantOf(id);
    if (participant === undefined) return [];
    const isLast = place === people.length - 1;
    return [
      {
        participant,
        content: 'camera',
        rect: people[place]!,
        fit: 'cover',
        isOverlay: isOverlaid,
        isSpeaking: id === speakerId && participant.isMicrophoneOn,
        hiddenCount: isLast && countsHidden ? hiddenCount : 0,
      },
    ];
  });
  return [...screens, ...tiles];
}
