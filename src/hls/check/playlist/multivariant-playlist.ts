/** Reads multivariant playlists (rfc8216bis §4.4.6), as lenient as the reader of media playlists. Pure. */
import { readAttributeList, readInteger } from './attribute-list.ts';
import { type ParsedAttributes } from './media-playlist.ts';
import { type PlaylistText, reporter, type SyntaxBreach } from './playlist-lines.ts';
import { Variables } from './variables.ts';

export interface ParsedVariant extends ParsedAttributes {
  readonly uri: string;
}

export interface ParsedMultivariantPlaylist {
  readonly kind: 'multivariant';
  readonly url: string;
  readonly text: string;
  readonly breaches: readonly SyntaxBreach[];
  readonly version: number | undefined;
  readonly hasIndependentSegments: boolean;
  readonly hasDefine: boolean;
  readonly hasQueryDefine: boolean;
  /** Names and values that media playlists may import. */
  readonly variables: ReadonlyMap<string, string>;
  readonly variants: readonly ParsedVariant[];
  readonly iFrameVariants: readonly ParsedAttributes[];
  readonly media: readonly ParsedAttributes[];
}

/** More than this in one presentation is not read. */
const maxEntryCount = 500;
const singleTags = new Set([
  '#EXT-X-VERSION',
  '#EXT-X-INDEPENDENT-SEGMENTS',
  '#EXT-X-START',
  '#EXT-X-CONTENT-STEERING',
]);
const mediaTags =
  /^#(?:EXTINF|EXT-X-(?:TARGETDURATION|MEDIA-SEQUENCE|PART|PART-INF|MAP|SERVER-CONTROL|ENDLIST|SKIP))\b/;

export function readMultivariantPlaylist(source: PlaylistText, url: string): ParsedMultivariantPlaylist {
  const variables = new Variables(url);
  const seen = new Map<string, string>();
  const variants: ParsedVariant[] = [];
  const [iFrameVariants, media]: [ParsedAttributes[], ParsedAttributes[]] = [[], []];
  let pending: ParsedAttributes | undefined;
  let [hasDefine, hasQueryDefine] = [false, false];
  for (const { text, number: line } of source.lines) {
    const report = (rule: 2 | 3, expected: string, found: string) =>
      reporter(source.breaches)(rule, expected, found, line);
    const placed = (value: string): ParsedAttributes => {
      const list = readAttributeList(variables.expand(value), (_rule, expected, found) => report(2, expected, found));
      return { ...list, line };
    };
    const colon = text.indexOf(':');
    const tag = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1);
    if (!text.startsWith('#')) {
      if (pending === undefined) report(3, 'EXT-X-STREAM-INF before each address', text);
      else if (variants.length < maxEntryCount) variants.push({ ...pending, uri: variables.expand(text) });
      pending = undefined;
    } else if (mediaTags.test(text)) report(3, 'media and multivariant tags in different playlists', tag);
    else if (tag === '#EXT-X-STREAM-INF') pending = placed(value);
    else if (tag === '#EXT-X-I-FRAME-STREAM-INF' && iFrameVariants.length < maxEntryCount)
      iFrameVariants.push(placed(value));
    else if (tag === '#EXT-X-MEDIA' && media.length < maxEntryCount) media.push(placed(value));
    else if (tag === '#EXT-X-DEFINE') {
      const { attributes } = placed(value);
      hasDefine = true;
      hasQueryDefine ||= attributes.has('QUERYPARAM');
      variables.define(attributes);
    } else if (singleTags.has(tag)) {
      if (seen.has(tag)) report(3, `${tag} at most once`, 'it came again');
      seen.set(tag, value);
    }
  }
  return {
    kind: 'multivariant',
    url,
    text: source.text,
    breaches: source.breaches,
    version: readInteger(seen.get('#EXT-X-VERSION')),
    hasIndependentSegments: seen.has('#EXT-X-INDEPENDENT-SEGMENTS'),
    hasDefine,
    hasQueryDefine,
    variables: variables.values,
    variants,
    iFrameVariants,
    media,
  };
}
