/** Reads media playlists. Lenient: it reads what it can and lists what breaks the grammar (rules 1, 2, 3 and 8). Pure. */
import {
  type AttributeList,
  type AttributeMap,
  readAttributeList,
  readDecimal,
  readInteger,
} from './attribute-list.ts';
import {
  type ByteRange,
  type ParsedAttributes,
  type ParsedMediaPlaylist,
  type ParsedPart,
  type ParsedSegment,
} from './media-playlist.ts';
import { type PlaylistText, reporter } from './playlist-lines.ts';
import { Variables } from './variables.ts';

const headerTags = new Set([
  '#EXT-X-VERSION',
  '#EXT-X-TARGETDURATION',
  '#EXT-X-SERVER-CONTROL',
  '#EXT-X-PART-INF',
  '#EXT-X-MEDIA-SEQUENCE',
  '#EXT-X-DISCONTINUITY-SEQUENCE',
  '#EXT-X-PLAYLIST-TYPE',
  '#EXT-X-I-FRAMES-ONLY',
  '#EXT-X-INDEPENDENT-SEGMENTS',
  '#EXT-X-START',
  '#EXT-X-SKIP',
  '#EXT-X-ENDLIST',
]);
const multivariantTags = new Set([
  '#EXT-X-STREAM-INF',
  '#EXT-X-I-FRAME-STREAM-INF',
  '#EXT-X-MEDIA',
  '#EXT-X-SESSION-KEY',
]);
/** Tags that go on for the segments behind them, or that have rules of their own about how they may change. */
const notFixed = new Set([
  '#EXT-X-MAP',
  '#EXT-X-KEY',
  '#EXT-X-BITRATE',
  '#EXT-X-PROGRAM-DATE-TIME',
  '#EXT-X-DISCONTINUITY',
]);

class Building {
  isDiscontinuity = false;
  isGap = false;
  programDateTimeText: string | undefined;
  durationText: string | undefined;
  byteRange: ByteRange | undefined;
  line = 0;
  readonly parts: ParsedPart[] = [];
  readonly tagOrder: string[] = [];
  readonly fixedLines: string[] = [];
}

export class MediaPlaylistReader {
  readonly #source: PlaylistText;
  readonly #url: string;
  readonly #variables: Variables;
  readonly #header = new Map<string, { value: string; line: number }>();
  readonly #preloadHints: ParsedAttributes[] = [];
  readonly #renditionReports: ParsedAttributes[] = [];
  readonly #dateRanges: ParsedAttributes[] = [];
  readonly #segments: ParsedSegment[] = [];
  #building = new Building();
  #map: { uri: string | undefined; byteRange: ByteRange | undefined } = { uri: undefined, byteRange: undefined };
  #isEncrypted = false;
  #discontinuityCount = 0;
  #hasDefine = false;
  #hasQueryDefine = false;
  #line = 0;

  constructor(source: PlaylistText, url: string, imported?: ReadonlyMap<string, string>) {
    this.#source = source;
    this.#url = url;
    this.#variables = new Variables(url, imported);
  }

  read(): ParsedMediaPlaylist {
    for (const { text, number } of this.#source.lines) {
      this.#line = number;
      if (text.startsWith('#')) this.#readTag(text);
      else this.#readUri(this.#variables.expand(text));
    }
    const header = (tag: string) => this.#header.get(tag)?.value;
    const attributes = (tag: string) => this.#attributesOf(header(tag) ?? '', this.#header.get(tag)?.line);
    const skip = this.#header.has('#EXT-X-SKIP') ? attributes('#EXT-X-SKIP') : undefined;
    const skippedSegmentCount = readInteger(skip?.get('SKIPPED-SEGMENTS')) ?? 0;
    const mediaSequenceNumber = readInteger(header('#EXT-X-MEDIA-SEQUENCE')) ?? 0;
    const discontinuitySequence = readInteger(header('#EXT-X-DISCONTINUITY-SEQUENCE')) ?? 0;
    const numbered = (segment: ParsedSegment, index: number): ParsedSegment => ({
      ...segment,
      mediaSequenceNumber: mediaSequenceNumber + skippedSegmentCount + index,
      discontinuitySequence: discontinuitySequence + segment.discontinuitySequence,
    });
    const open = this.#building.tagOrder.length > 0 ? this.#finish(undefined) : undefined;
    return {
      kind: 'media',
      url: this.#url,
      text: this.#source.text,
      breaches: this.#source.breaches,
      header: this.#header,
      hasDefine: this.#hasDefine,
      hasQueryDefine: this.#hasQueryDefine,
      version: readInteger(header('#EXT-X-VERSION')),
      targetDurationSec: readInteger(header('#EXT-X-TARGETDURATION')),
      serverControl: attributes('#EXT-X-SERVER-CONTROL'),
      serverControlLine: header('#EXT-X-SERVER-CONTROL'),
      partTargetSec: readDecimal(attributes('#EXT-X-PART-INF').get('PART-TARGET')),
      mediaSequenceNumber,
      discontinuitySequence,
      playlistType: header('#EXT-X-PLAYLIST-TYPE'),
      skippedSegmentCount,
      skip,
      segments: this.#segments.map(numbered),
      open: open === undefined ? undefined : numbered(open, this.#segments.length),
      preloadHints: this.#preloadHints,
      renditionReports: this.#renditionReports,
      dateRanges: this.#dateRanges,
      isEnded: this.#header.has('#EXT-X-ENDLIST'),
    };
  }

  #report(rule: 2 | 3 | 8, expected: string, seen: string, line = this.#line): void {
    reporter(this.#source.breaches)(rule, expected, seen, line);
  }

  #attributesOf(value: string, line = this.#line): AttributeMap {
    return this.#listOf(value, line).attributes;
  }

  #listOf(value: string, line: number): AttributeList {
    return readAttributeList(this.#variables.expand(value), (_rule, expected, seen) =>
      this.#report(2, expected, seen, line),
    );
  }

  #readTag(text: string): void {
    const colon = text.indexOf(':');
    const tag = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1);
    if (tag === '#EXTM3U') return;
    if (multivariantTags.has(tag)) this.#report(3, 'media and multivariant tags in different playlists', tag);
    else if (headerTags.has(tag)) this.#readHeader(tag, value);
    else if (tag === '#EXT-X-DEFINE') this.#define(value);
    else if (tag === '#EXT-X-PRELOAD-HINT') this.#preloadHints.push(this.#placed(value));
    else if (tag === '#EXT-X-RENDITION-REPORT') this.#renditionReports.push(this.#placed(value));
    else if (tag === '#EXT-X-DATERANGE') this.#dateRanges.push(this.#placed(value));
    else this.#readSegmentTag(tag, value, text);
  }

  #placed(value: string): ParsedAttributes {
    return { ...this.#listOf(value, this.#line), line: this.#line };
  }

  #readHeader(tag: string, value: string): void {
    if (this.#header.has(tag)) this.#report(3, `${tag} at most once`, 'it came again');
    else this.#header.set(tag, { value, line: this.#line });
  }

  #define(value: string): void {
    const attributes = this.#attributesOf(value);
    this.#hasDefine = true;
    this.#hasQueryDefine ||= attributes.has('QUERYPARAM');
    this.#variables.define(attributes);
  }

  #readSegmentTag(tag: string, value: string, text: string): void {
    const building = this.#building;
    if (building.line === 0) building.line = this.#line;
    building.tagOrder.push(tag);
    if (tag === '#EXTINF') this.#readDuration(value);
    else if (tag === '#EXT-X-PART') building.parts.push(this.#part(value));
    else if (tag === '#EXT-X-DISCONTINUITY') building.isDiscontinuity = true;
    else if (tag === '#EXT-X-GAP') building.isGap = true;
    else if (tag === '#EXT-X-PROGRAM-DATE-TIME') building.programDateTimeText = value;
    else if (tag === '#EXT-X-BYTERANGE') building.byteRange = readByteRange(value);
    else if (tag === '#EXT-X-MAP') {
      const attributes = this.#attributesOf(value);
      this.#map = { uri: attributes.get('URI'), byteRange: readByteRange(attributes.get('BYTERANGE')) };
    } else if (tag === '#EXT-X-KEY') this.#isEncrypted = this.#attributesOf(value).get('METHOD') !== 'NONE';
    if (tag !== '#EXTINF' && tag !== '#EXT-X-PART' && !notFixed.has(tag)) building.fixedLines.push(text);
  }

  #readDuration(value: string): void {
    if (this.#building.durationText !== undefined) this.#report(8, 'one EXTINF for each segment', 'a second one');
    this.#building.durationText = value.split(',', 1)[0]!;
    this.#building.line = this.#line;
    if (readDecimal(this.#building.durationText) === undefined)
      this.#report(2, 'a decimal duration in EXTINF', this.#building.durationText);
  }

  #part(value: string): ParsedPart {
    const attributes = this.#attributesOf(value);
    return {
      uri: attributes.get('URI') ?? '',
      durationSec: readDecimal(attributes.get('DURATION')) ?? NaN,
      isIndependent: attributes.get('INDEPENDENT') === 'YES',
      isGap: attributes.get('GAP') === 'YES',
      byteRange: readByteRange(attributes.get('BYTERANGE')),
      line: this.#line,
    };
  }

  #readUri(uri: string): void {
    if (this.#building.durationText === undefined) this.#report(8, 'EXTINF before the address of each segment', uri);
    this.#building.line ||= this.#line;
    this.#segments.push(this.#finish(uri));
  }

  /** Numbers are relative until the whole header is known. */
  #finish(uri: string | undefined): ParsedSegment {
    const { programDateTimeText, durationText, ...building } = this.#building;
    if (building.isDiscontinuity) this.#discontinuityCount++;
    this.#building = new Building();
    const dateMs = programDateTimeText === undefined ? NaN : Date.parse(programDateTimeText);
    return {
      ...building,
      mediaSequenceNumber: 0,
      uri,
      durationText,
      durationSec: readDecimal(durationText),
      programDateTimeText,
      programDateTimeMs: Number.isNaN(dateMs) ? undefined : dateMs,
      discontinuitySequence: this.#discontinuityCount,
      mapUri: this.#map.uri,
      mapByteRange: this.#map.byteRange,
      isEncrypted: this.#isEncrypted,
    };
  }
}

/** `length[@start]` (§4.4.4.2). */
export function readByteRange(text: string | undefined): ByteRange | undefined {
  const match = /^([0-9]{1,15})(?:@([0-9]{1,15}))?$/.exec(text ?? '');
  if (match === null) return undefined;
  return { lengthBytes: Number(match[1]), startBytes: match[2] === undefined ? undefined : Number(match[2]) };
}
