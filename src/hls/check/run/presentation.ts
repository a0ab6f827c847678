/** The renditions of a stream, as its multivariant playlist names them. Pure. */
import { type AttributeMap } from '../playlist/attribute-list.ts';
import { type ParsedMultivariantPlaylist, type ParsedVariant } from '../playlist/multivariant-playlist.ts';

export type RenditionKind = 'main' | 'audio' | 'subtitles' | 'iframes';

export interface Rendition {
  readonly url: string;
  readonly kind: RenditionKind;
  /** Attributes of its EXT-X-MEDIA. */
  readonly media: AttributeMap | undefined;
  /** Variants that name it as their own playlist. */
  readonly variants: readonly ParsedVariant[];
}

/** More renditions than this are not followed. */
export const maxRenditionCount = 24;

/** Each media playlist once, in the order of the multivariant playlist: variants, then renditions of groups. */
export function renditionsOf(playlist: ParsedMultivariantPlaylist): Rendition[] {
  const byUrl = new Map<string, { kind: RenditionKind; media: AttributeMap | undefined; variants: ParsedVariant[] }>();
  const add = (uri: string | undefined, kind: RenditionKind, media?: AttributeMap, variant?: ParsedVariant) => {
    if (uri === undefined || !URL.canParse(uri, playlist.url)) return;
    const url = new URL(uri, playlist.url).href;
    const known = byUrl.get(url) ?? { kind, media, variants: [] };
    if (variant !== undefined) known.variants.push(variant);
    // The variant of sound alone names a rendition of the group.
    const kindNow = media === undefined || known.media !== undefined ? known.kind : kind;
    byUrl.set(url, { ...known, kind: kindNow, media: known.media ?? media });
  };
  for (const variant of playlist.variants) add(variant.uri, 'main', undefined, variant);
  for (const { attributes } of playlist.media) {
    const type = attributes.get('TYPE');
    if (type === 'AUDIO' || type === 'VIDEO')
      add(attributes.get('URI'), type === 'AUDIO' ? 'audio' : 'main', attributes);
    if (type === 'SUBTITLES') add(attributes.get('URI'), 'subtitles', attributes);
  }
  for (const { attributes } of playlist.iFrameVariants) add(attributes.get('URI'), 'iframes');
  return [...byUrl].map(([url, rendition]) => ({ url, ...rendition }));
}

/** Renditions that belong to a variant's audio group. */
export function audioOf(variant: ParsedVariant, renditions: readonly Rendition[]): Rendition[] {
  const group = variant.attributes.get('AUDIO');
  if (group === undefined) return [];
  return renditions.filter(({ kind, media }) => kind === 'audio' && media?.get('GROUP-ID') === group);
}
