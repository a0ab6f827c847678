/** The host's word on the layout and what became of it, as they cross the mixer's message channel. */
import { z } from 'zod';

export const layoutNames = ['spotlight', 'solo', 'side-by-side', 'grid', 'screen-strip', 'screen-pip'] as const;

/**
 * `spotlight`: one large, a strip of four. `solo`: one on the whole canvas. `side-by-side`: two, more people in a strip.
 * `grid`: up to nine alike. `screen-strip`: a shared screen and the people beside it. `screen-pip`: the speaker in a
 * corner over the shared screen.
 */
export type LayoutName = (typeof layoutNames)[number];

/** Ids that others make, used as keys only. */
const participantId = z.string().min(1).max(200);

const common = {
  /**
   * Participants who come first whoever speaks, most important first: the first is large, the first two of a side by
   * side. Those who are not on stage are passed over.
   */
  pinnedIds: z.array(participantId).max(12).readonly().optional(),
  /** Blends each change of what is shown where over 250 ms; a cut by default. */
  crossfade: z.boolean().optional(),
};

export const layoutRequestSchema = z.discriminatedUnion('mode', [
  /** Shared screen -> pinned -> dominant speaker -> most recent speaker -> join order. */
  z.strictObject({ mode: z.literal('auto'), ...common }),
  /** Always this one; where it cannot be shown (no screen, one person side by side), what `auto` would show. */
  z.strictObject({ mode: z.literal('fixed'), name: z.enum(layoutNames), ...common }),
]);

export type LayoutRequest = z.output<typeof layoutRequestSchema>;

/** One rectangle of the program, in canvas pixels. */
export interface ShownTile {
  readonly participantId: string;
  readonly content: 'camera' | 'screen';
  readonly rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** What viewers see from one frame on. */
export interface AppliedLayout {
  /** Of the `setLayout` that this answers; null for a change that came by itself. */
  readonly requestId: string | null;
  /** What is really shown; null while nobody is on stage. */
  readonly name: LayoutName | null;
  /** Participants in the order of the tiles; whoever shares a screen and is seen beside it stands here twice. */
  readonly participantIds: readonly string[];
  readonly tiles: readonly ShownTile[];
  /** People on stage who are in no tile. */
  readonly hiddenCount: number;
  /** First frame of the run that shows it. */
  readonly frameIndex: number;
  /** Media time of that frame. */
  readonly mediaTimeSec: number;
  readonly atWallMs: number;
}
