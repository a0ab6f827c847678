/** Rules 62 and 63: EXT-X-DATERANGE (rfc8216bis §4.4.5.1). Pure. */
import { type Judge } from '../findings.ts';
import { type AttributeMap, readDecimal } from '../playlist/attribute-list.ts';
import { allSegments, type ParsedAttributes, type ParsedMediaPlaylist } from '../playlist/media-playlist.ts';

/** Dates in ms and durations in fractions of a second meet within one ms. */
const toleranceMs = 1;
const customName = /^X-[A-Z0-9]+(?:-[A-Z0-9]+)+$/;

export function checkDateRanges(playlist: ParsedMediaPlaylist, judge: Judge): void {
  if (playlist.dateRanges.length === 0) return;
  const hasDate =
    playlist.skippedSegmentCount > 0 ||
    allSegments(playlist).some(({ programDateTimeText }) => programDateTimeText !== undefined);
  judge.hold(62, hasDate, () => ({ expected: 'EXT-X-PROGRAM-DATE-TIME beside EXT-X-DATERANGE', seen: 'none' }));
  const known = new Map<string, Map<string, string>>();
  for (const range of playlist.dateRanges) {
    checkOne(range, known, judge);
    checkCustom(range, judge);
  }
}

function checkOne({ attributes, line }: ParsedAttributes, known: Map<string, Map<string, string>>, judge: Judge): void {
  const id = attributes.get('ID');
  judge.hold(62, id !== undefined, () => ({ expected: 'an ID on every EXT-X-DATERANGE', seen: 'none', line }));
  if (id === undefined) return;
  const merged = known.get(id) ?? new Map<string, string>();
  const changed = [...attributes].find(([name, value]) => (merged.get(name) ?? value) !== value);
  judge.hold(62, changed === undefined, () => ({
    expected: 'attributes of one ID that never change',
    seen: `${id}: another ${changed![0]}`,
    line,
  }));
  for (const [name, value] of attributes) merged.set(name, value);
  known.set(id, merged);
  const complaint = complaintAbout(merged);
  judge.hold(62, complaint === undefined, () => ({ expected: complaint!, seen: id, line }));
}

function complaintAbout(range: AttributeMap): string | undefined {
  const [startMs, endMs] = ['START-DATE', 'END-DATE'].map((name) => Date.parse(range.get(name) ?? ''));
  if (Number.isNaN(startMs)) return 'START-DATE on the first EXT-X-DATERANGE of an ID';
  const durationSec = readDecimal(range.get('DURATION'));
  if (!Number.isNaN(endMs)) {
    if (endMs! < startMs!) return 'END-DATE not before START-DATE';
    if (durationSec !== undefined && Math.abs(endMs! - startMs! - 1000 * durationSec) > toleranceMs)
      return 'END-DATE that is START-DATE and DURATION';
  }
  if (range.get('END-ON-NEXT') === undefined) return undefined;
  if (!range.has('CLASS')) return 'CLASS beside END-ON-NEXT';
  return range.has('DURATION') || range.has('END-DATE') ? 'no DURATION and no END-DATE beside END-ON-NEXT' : undefined;
}

function checkCustom({ attributes, quotedNames, line }: ParsedAttributes, judge: Judge): void {
  for (const [name, value] of attributes) {
    if (!name.startsWith('X-')) continue;
    const isTyped = quotedNames.has(name) || /^(?:0[xX][0-9A-F]+|-?[0-9]+(?:\.[0-9]+)?)$/.test(value);
    judge.hold(63, customName.test(name) && isTyped, () => ({
      expected: 'a reverse-DNS name in upper case with a quoted, hexadecimal or decimal value',
      seen: `${name}=${value}`,
      line,
    }));
  }
}

/** Between two loads: nothing changes, and nothing goes while any of its dates lies in a listed segment. */
export function checkDateRangeReload(before: ParsedMediaPlaylist, after: ParsedMediaPlaylist, judge: Judge): void {
  if (before.dateRanges.length === 0) return;
  const now = mergedById(after);
  const firstListedMs = allSegments(after)[0]?.programDateTimeMs;
  for (const [id, old] of mergedById(before)) {
    const range = now.get(id);
    if (range === undefined) {
      const endMs = lastDateMs(old);
      judge.hold(62, firstListedMs === undefined || endMs < firstListedMs, () => ({
        expected: 'date ranges listed as long as their dates are',
        seen: `${id} is gone`,
      }));
      continue;
    }
    const changed = [...old].find(([name, value]) => (range.get(name) ?? value) !== value);
    judge.hold(62, changed === undefined, () => ({
      expected: 'attributes of one ID that never change',
      seen: `${id}: another ${changed![0]}`,
    }));
  }
}

/** Playlists that carry any date ranges carry the same (§6.2.4); compared where both had time to show them. */
export function checkSameDateRanges(playlists: readonly ParsedMediaPlaylist[], judge: Judge): void {
  const carrying = playlists.filter(({ dateRanges }) => dateRanges.length > 0);
  const [first, ...others] = carrying;
  if (first === undefined || others.length === 0) return;
  const idsOf = (playlist: ParsedMediaPlaylist) => [...mergedById(playlist).keys()].sort().join(' ');
  for (const other of others) {
    judge.hold(62, idsOf(other) === idsOf(first), () => ({
      expected: 'the same date ranges in every playlist that has any',
      seen: `${mergedById(other).size} instead of ${mergedById(first).size}`,
      url: other.url,
    }));
  }
}

function mergedById(playlist: ParsedMediaPlaylist): Map<string, Map<string, string>> {
  const byId = new Map<string, Map<string, string>>();
  for (const { attributes } of playlist.dateRanges) {
    const id = attributes.get('ID') ?? '';
    byId.set(id, new Map([...(byId.get(id) ?? []), ...attributes]));
  }
  return byId;
}

function lastDateMs(range: AttributeMap): number {
  const startMs = Date.parse(range.get('START-DATE') ?? '');
  const endMs = Date.parse(range.get('END-DATE') ?? '');
  if (!Number.isNaN(endMs)) return endMs;
  return startMs + 1000 * (readDecimal(range.get('DURATION')) ?? 0);
}
