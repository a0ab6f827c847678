/** What viewers are shown, as the host decides it: layout, scene, and what is really on air. The same words over HTTP. */
import { z } from 'zod';
import { idSchema } from './common.ts';

/** As the mixer knows them (src/mixer/layout-contract.ts); a test compares the two. */
export const layoutNames = ['spotlight', 'solo', 'side-by-side', 'grid', 'screen-strip', 'screen-pip'] as const;
export type LayoutName = (typeof layoutNames)[number];

/** `auto`: shared screen, else pinned, else who speaks. A fixed one that cannot be shown falls back to `auto`. */
export const layoutChoiceSchema = z.enum(['auto', ...layoutNames]);
export type LayoutChoice = z.infer<typeof layoutChoiceSchema>;

/** People on a stage at most. */
const maxPinned = 12;

/** What is left out keeps its value. */
export const layoutChangeSchema = z.strictObject({
  layout: layoutChoiceSchema,
  /** Who comes first whoever speaks, most important first; peer ids of people on stage. */
  pinnedIds: z.array(idSchema).max(maxPinned).optional(),
  /** Blends changes over 250 ms instead of cutting. */
  crossfade: z.boolean().optional(),
});
export type LayoutChange = z.infer<typeof layoutChangeSchema>;

export interface LayoutSetting {
  readonly layout: LayoutChoice;
  readonly pinnedIds: readonly string[];
  readonly crossfade: boolean;
}

const sceneText = z.string().max(200).optional();

/** The stage, or a slate during which nobody is seen or heard. */
export const sceneSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('live') }),
  /** Counts down to a wall time, ms since the Unix epoch. */
  z.strictObject({ kind: z.literal('countdown'), untilWallMs: z.number().min(0).max(8.64e15), text: sceneText }),
  z.strictObject({ kind: z.literal('backSoon'), text: sceneText }),
  z.strictObject({ kind: z.literal('ended'), text: sceneText }),
]);
export type Scene = z.infer<typeof sceneSchema>;

/** One rectangle of the program, as fractions (0..1) of the picture's width and height. */
export interface ProgramTile {
  readonly peerId: string;
  readonly content: 'camera' | 'screen';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What viewers see. */
export interface ShownProgram {
  /** Null while nobody is on stage. */
  readonly name: LayoutName | null;
  readonly tiles: readonly ProgramTile[];
  /** People on stage who are in no tile. */
  readonly hiddenCount: number;
}

/** The look, without the bytes of its pictures. */
export interface BrandingSummary {
  /** Name of the built-in theme that it is based on. */
  readonly theme: string;
  readonly ticker: string;
  readonly banner: string;
  readonly bannerDetail: string;
  readonly hasLogo: boolean;
  readonly hasBackground: boolean;
}

export interface ProgramState {
  readonly layout: LayoutSetting;
  readonly scene: Scene;
  readonly branding: BrandingSummary;
  /** Null while the webinar is not live, and until the mixer has said so. */
  readonly shown: ShownProgram | null;
}

/** From which frame on a change is seen. */
export interface AppliedChange {
  readonly frameIndex: number;
  readonly mediaTimeSec: number;
  readonly atWallMs: number;
}
