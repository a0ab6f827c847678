/** The languages a webinar is interpreted into: what the API takes, what is stored, and the sound channels made of them. */
import { z } from 'zod';
import { displayNameSchema, languageTagSchema } from '../../signaling/protocol/index.ts';
import { appError } from '../errors.ts';
import { type LanguageChannel } from '../pipeline/renditions.ts';

/** Each one costs an AAC encoder and a rendition for every viewer's playlist. */
const maxLanguageCount = 6;

const languageSchema = z.strictObject({
  tag: languageTagSchema,
  /** As viewers choose it: `Deutsch`. */
  name: displayNameSchema,
});
export type Language = z.infer<typeof languageSchema>;

/** Tags and names tell languages apart in playlists and menus, so each may stand there once. */
export const languagesSchema = z
  .array(languageSchema)
  .max(maxLanguageCount)
  .refine((languages) => isUnique(languages.map(({ tag }) => channelIdOf(tag))), 'must not name a language twice')
  .refine((languages) => isUnique(['Program', ...languages.map(({ name }) => name)]), 'must not use a name twice');

/** Path-safe, and never the floor's `main`: primary language tags have two or three letters. */
export function channelIdOf(tag: string): string {
  return tag.toLowerCase();
}

/** The channel of one of a webinar's languages. @throws WEBINAR_LANGUAGE_UNKNOWN */
export function channelAmong(languages: readonly Language[], tag: string): string {
  const channelId = channelIdOf(tag);
  const isKnown = languages.some((language) => channelIdOf(language.tag) === channelId);
  if (isKnown) return channelId;
  throw appError('WEBINAR_LANGUAGE_UNKNOWN', {
    details: { tag, languages: languages.map((language) => language.tag) },
  });
}

export function languageChannels(languages: readonly Language[]): LanguageChannel[] {
  return languages.map(({ tag, name }) => ({
    channelId: channelIdOf(tag),
    languageTag: Intl.getCanonicalLocales(tag)[0] ?? tag,
    name,
  }));
}

/** What the store holds of a webinar. */
export function parseLanguages(stored: string): Language[] {
  return languagesSchema.parse(JSON.parse(stored));
}

function isUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
