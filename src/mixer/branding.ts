/** How a program may be dressed and what it may show instead of the stage: schemas that are also the types. */
import { z } from 'zod';

/** Names of the built-in themes; src/mixer/furniture/themes.ts says what they look like. */
export const themeNames = ['dark', 'light', 'high-contrast'] as const;

const colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'a colour is written #rrggbb');

/** Every colour of a theme, each `#rrggbb`. */
export const themeColoursSchema = z.strictObject({
  /** Behind and between the tiles. */
  background: colour,
  /** The lighter middle of slates. */
  backgroundGlow: colour,
  text: colour,
  textSubdued: colour,
  /** Plates under names. */
  plate: colour,
  plateText: colour,
  /** Border of whoever speaks. */
  speaking: colour,
  /** The crossed microphone. */
  muted: colour,
  /** Edges of plates, the line on slates, "+3". */
  accent: colour,
  /** Banner and ticker. */
  banner: colour,
  bannerText: colour,
});

/** A built-in theme and what is different from it. */
export const programThemeSchema = z.strictObject({
  base: z.enum(themeNames).default('dark'),
  colours: themeColoursSchema.partial().optional(),
  plateStyle: z.enum(['rounded', 'square', 'bar']).optional(),
  /** How opaque plates are, 0..1. */
  plateOpacity: z.number().min(0).max(1).optional(),
  /** Corner radius against the usual one, 0 (square) .. 2. */
  cornerRadius: z.number().min(0).max(2).optional(),
  /** A font family installed on the mixer's machine, before the usual ones. Letters, digits, spaces, hyphens. */
  fontFamily: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} -]{0,59}$/u, 'a font family has letters, digits, spaces and hyphens')
    .optional(),
});

/** Largest picture file that is taken from users: 4 MiB. */
export const maxImageBytes = 4 * 1024 * 1024;
/** Largest that the mixer is given: a canvas of 1920x1080 as a PNG that nothing compresses has 6 MB. */
export const maxPlainImageBytes = 8 * 1024 * 1024;

/** A PNG as `PlainPictures` writes it, so that the mixer decodes nothing a user made. */
const imageBytes = z.instanceof(Uint8Array).refine((bytes) => bytes.length > 0 && bytes.length <= maxPlainImageBytes, {
  message: `a picture has 1 to ${maxPlainImageBytes} bytes`,
});

/** Where the logo is; `marginRatio` of the canvas's sides is kept free around it (0.1 is the title-safe area). */
export const logoPlaceSchema = z.strictObject({
  corner: z.enum(['topLeft', 'topRight', 'bottomLeft', 'bottomRight']).default('topRight'),
  marginRatio: z.number().min(0).max(0.25).default(0.1),
  /** Largest height against the canvas's, 0.02..0.3; the width never takes more than a quarter of the canvas. */
  heightRatio: z.number().min(0.02).max(0.3).default(0.1),
});

/** Everything of a branding that is no picture; what the API takes as JSON. Each part is optional. */
export const brandingTextSchema = z.strictObject({
  theme: programThemeSchema.optional(),
  /** Shown above the tiles and on slates; the webinar's own title when absent. */
  title: z.string().max(300).optional(),
  /** One line that runs along the bottom edge; none when absent or empty. */
  ticker: z.string().max(1000).optional(),
  /** A lower third over everything: a line, and a smaller one below it. */
  banner: z.strictObject({ text: z.string().max(200), detail: z.string().max(200).optional() }).optional(),
});

/** The whole look of a program; what is absent is as by default. */
export const brandingSchema = brandingTextSchema.extend({
  logo: logoPlaceSchema.extend({ image: imageBytes }).optional(),
  /** Fills the canvas behind the tiles and on slates, cut at the centre. */
  background: z.strictObject({ image: imageBytes }).optional(),
});

const sceneText = z.string().max(200).optional();

/** What the program shows: the stage, or a slate during which nobody is seen or heard. */
export const programSceneSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('live') }),
  /** mm:ss until that wall time, then "starting now". */
  z.strictObject({ kind: z.literal('countdown'), untilWallMs: z.number().min(0).max(8.64e15), text: sceneText }),
  z.strictObject({ kind: z.literal('backSoon'), text: sceneText }),
  z.strictObject({ kind: z.literal('ended'), text: sceneText }),
]);

export type ThemeName = (typeof themeNames)[number];
export type ThemeColours = z.output<typeof themeColoursSchema>;
export type ProgramTheme = z.output<typeof programThemeSchema>;
export type LogoPlace = z.output<typeof logoPlaceSchema>;
export type BrandingText = z.output<typeof brandingTextSchema>;
export type MixerBranding = z.output<typeof brandingSchema>;
export type SceneChoice = z.output<typeof programSceneSchema>;
