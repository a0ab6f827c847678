/** Strict reader of media playlists for tests: what it cannot read, it refuses. Written from the specification, not from the writer. */

export interface ParsedPart {
  readonly uri: string;
  readonly durationSec: number;
  readonly isIndependent: boolean;
  readonly isGap: boolean;
}

export interface ParsedSegment {
  readonly mediaSequenceNumber: number;
  /** Undefined for the segment that is still open. */
  readonly uri?: string;
  readonly durationSec?: number;
  readonly programDateTimeMs?: number;
  readonly isDiscontinuity: boolean;
  readonly isGap: boolean;
  readonly discontinuitySequence: number;
  /** Map in force; undefined in a delta update where it was not repeated. */
  readonly mapUri: string | undefined;
  readonly parts: readonly ParsedPart[];
  /** Tags in the order they came, names only. */
  readonly tagOrder: readonly string[];
}

export interface ParsedPlaylist {
  readonly text: string;
  readonly version: number;
  readonly targetDurationSec: number;
  readonly serverControlLine: string | undefined;
  readonly serverControl: ReadonlyMap<string, string>;
  readonly partTargetSec: number | undefined;
  readonly mediaSequenceNumber: number;
  readonly discontinuitySequence: number;
  readonly skippedSegmentCount: number;
  readonly segments: readonly ParsedSegment[];
  readonly open: ParsedSegment | undefined;
  readonly preloadHints: readonly ReadonlyMap<string, string>[];
  readonly renditionReports: readonly ReadonlyMap<string, string>[];
  readonly isEnded: boolean;
}

const attributePattern = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)/y;
const singleTags = [
  '#EXT-X-VERSION',
  '#EXT-X-TARGETDURATION',
  '#EXT-X-SERVER-CONTROL',
  '#EXT-X-PART-INF',
  '#EXT-X-MEDIA-SEQUENCE',
  '#EXT-X-DISCONTINUITY-SEQUENCE',
  '#EXT-X-SKIP',
  '#EXT-X-ENDLIST',
];

/** @throws Error when the list breaks rule 2 */
export function parseAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  attributePattern.lastIndex = 0;
  while (attributePattern.lastIndex < text.length) {
    const match = attributePattern.exec(text);
    if (match === null) throw new Error(`rule 2: attribute list ${text}`);
    if (attributes.has(match[1]!)) throw new Error(`rule 2: ${match[1]} twice`);
    attributes.set(match[1]!, match[2]!.replace(/^"|"$/g, ''));
  }
  return attributes;
}

function decimalOf(text: string | undefined): number {
  if (text === undefined || !/^[0-9]+(\.[0-9]+)?$/.test(text)) throw new Error(`rule 2: decimal ${text}`);
  return Number(text);
}

interface Building {
  isDiscontinuity: boolean;
  isGap: boolean;
  programDateTimeMs?: number;
  durationSec?: number;
  parts: ParsedPart[];
  tagOrder: string[];
}

/** @throws Error that names the rule broken */
export function parseMediaPlaylist(text: string): ParsedPlaylist {
  if (!text.startsWith('#EXTM3U\n') || !text.endsWith('\n')) throw new Error('rule 1: first or last line');
  if (/[\u0000-\u0009\u000b-\u001f\ufeff]| $/m.test(text)) throw new Error('rule 1: control characters or stray space');
  const lines = text.split('\n').slice(1, -1);
  const values = new Map<string, string>();
  const preloadHints: Map<string, string>[] = [];
  const renditionReports: Map<string, string>[] = [];
  const segments: ParsedSegment[] = [];
  let mapUri: string | undefined;
  let discontinuitySequence: number | undefined;
  let building: Building = { isDiscontinuity: false, isGap: false, parts: [], tagOrder: [] };
  const number = (tag: string) => decimalOf(values.get(tag));
  const skippedCount = () =>
    decimalOf(parseAttributes(values.get('#EXT-X-SKIP') ?? 'SKIPPED-SEGMENTS=0').get('SKIPPED-SEGMENTS'));
  const finish = (uri?: string): ParsedSegment => {
    discontinuitySequence ??= number('#EXT-X-DISCONTINUITY-SEQUENCE');
    const skipped = skippedCount();
    if (building.isDiscontinuity) discontinuitySequence++;
    const done: ParsedSegment = {
      ...building,
      mediaSequenceNumber: number('#EXT-X-MEDIA-SEQUENCE') + skipped + segments.length,
      discontinuitySequence,
      mapUri,
      ...(uri === undefined ? {} : { uri }),
    };
    building = { isDiscontinuity: false, isGap: false, parts: [], tagOrder: [] };
    return done;
  };
  for (const line of lines) {
    if (!line.startsWith('#')) {
      if (line === '' || building.durationSec === undefined) throw new Error(`rule 8: URI without EXTINF: ${line}`);
      segments.push(finish(line));
      continue;
    }
    const colon = line.indexOf(':');
    const tag = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1);
    if (singleTags.includes(tag)) {
      if (values.has(tag)) throw new Error(`rule 3: ${tag} twice`);
      values.set(tag, value);
      continue;
    }
    if (tag === '#EXT-X-PRELOAD-HINT') preloadHints.push(parseAttributes(value));
    else if (tag === '#EXT-X-RENDITION-REPORT') renditionReports.push(parseAttributes(value));
    else building.tagOrder.push(tag);
    if (tag === '#EXT-X-DISCONTINUITY') building.isDiscontinuity = true;
    else if (tag === '#EXT-X-GAP') building.isGap = true;
    else if (tag === '#EXT-X-MAP') mapUri = parseAttributes(value).get('URI');
    else if (tag === '#EXT-X-PROGRAM-DATE-TIME') building.programDateTimeMs = Date.parse(value);
    else if (tag === '#EXTINF') building.durationSec = decimalOf(value.slice(0, value.indexOf(',')));
    else if (tag === '#EXT-X-PART') {
      const attributes = parseAttributes(value);
      building.parts.push({
        uri: attributes.get('URI')!,
        durationSec: decimalOf(attributes.get('DURATION')),
        isIndependent: attributes.get('INDEPENDENT') === 'YES',
        isGap: attributes.get('GAP') === 'YES',
      });
    } else if (!['#EXT-X-PRELOAD-HINT', '#EXT-X-RENDITION-REPORT'].includes(tag)) throw new Error(`unknown tag ${tag}`);
  }
  const partInf = values.get('#EXT-X-PART-INF');
  const serverControlLine = values.get('#EXT-X-SERVER-CONTROL');
  return {
    text,
    version: number('#EXT-X-VERSION'),
    targetDurationSec: number('#EXT-X-TARGETDURATION'),
    serverControlLine,
    serverControl: parseAttributes(serverControlLine ?? ''),
    partTargetSec: partInf === undefined ? undefined : decimalOf(parseAttributes(partInf).get('PART-TARGET')),
    mediaSequenceNumber: number('#EXT-X-MEDIA-SEQUENCE'),
    discontinuitySequence: number('#EXT-X-DISCONTINUITY-SEQUENCE'),
    skippedSegmentCount: skippedCount(),
    segments,
    open: building.tagOrder.length > 0 ? finish() : undefined,
    preloadHints,
    renditionReports,
    isEnded: values.has('#EXT-X-ENDLIST'),
  };
}
