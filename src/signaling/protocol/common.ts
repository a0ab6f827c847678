/** Building blocks of every message. Strings and lists are capped: nothing from outside is unbounded. */
import { z } from 'zod';

/** A captioner hears the stage and writes; nobody on stage sees one. What each may do: permissions.ts. */
export const roleSchema = z.enum(['host', 'coHost', 'panelist', 'captioner', 'viewer']);
export type Role = z.infer<typeof roleSchema>;

export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** Shown in tiles and labels: any script, no control characters, 1..60 characters. */
export const displayNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u);

/** What a person is, below the name: "CTO, Example Inc."; as names, 1..80 characters. */
export const personTitleSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u);

export const mediaKindSchema = z.enum(['audio', 'video']);
export type MediaKind = z.infer<typeof mediaKindSchema>;

/** What a producer carries. A shared screen and its sound are sources of their own, beside camera and microphone. */
export const mediaSourceSchema = z.enum(['microphone', 'camera', 'screen', 'screenAudio']);
export type MediaSource = z.infer<typeof mediaSourceSchema>;

export const kindOfSource: Readonly<Record<MediaSource, MediaKind>> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  screenAudio: 'audio',
};

export const webinarStateSchema = z.enum(['idle', 'starting', 'live', 'ending']);
export type WebinarState = z.infer<typeof webinarStateSchema>;
