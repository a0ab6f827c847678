/** Rules 1 to 4: what reading the text already told, and the version it claims. Pure. */
import { type Judge } from '../findings.ts';
import { type ParsedMediaPlaylist } from '../playlist/media-playlist.ts';
import { type ParsedMultivariantPlaylist } from '../playlist/multivariant-playlist.ts';

type Playlist = ParsedMediaPlaylist | ParsedMultivariantPlaylist;

/** What the reader found, under the rules it found it for. */
export function checkSyntax(playlist: Playlist, judge: Judge): void {
  for (const rule of [1, 2, 3]) judge.looked(rule);
  for (const { rule, expected, seen, line } of playlist.breaches)
    judge.hold(rule, false, () => ({ expected, seen, line }));
}

/** @param presentationVersion highest version that any playlist of the presentation has a reason for, 1 or more */
export function checkVersion(playlist: Playlist, judge: Judge, presentationVersion = 1): void {
  const needed = neededVersion(playlist);
  const line = playlist.kind === 'media' ? playlist.header.get('#EXT-X-VERSION')?.line : undefined;
  const version = playlist.version ?? 1;
  const seen = `version ${version}, needed is ${needed}`;
  judge.hold(4, version >= needed, () => ({ expected: 'a version that covers the features in use', seen, line }));
  const highest = Math.max(reasonableVersion(playlist), presentationVersion);
  judge.hold(4, version <= highest, () => ({
    severity: 'W',
    expected: 'no higher version than needed',
    seen: `version ${version}, ${highest} would do`,
    line,
  }));
}

/** Lowest version whose features the playlist uses (§8). */
export function neededVersion(playlist: Playlist): number {
  const versions = [1];
  if (playlist.hasDefine) versions.push(8);
  if (playlist.hasQueryDefine) versions.push(11);
  if (playlist.kind === 'multivariant') {
    const isService = playlist.media.some(({ attributes }) => attributes.get('INSTREAM-ID')?.startsWith('SERVICE'));
    if (isService) versions.push(7);
    return Math.max(...versions);
  }
  const { segments, skip, header } = playlist;
  if (segments.some(({ durationText }) => durationText?.includes('.'))) versions.push(3);
  if (segments.some(({ byteRange }) => byteRange !== undefined)) versions.push(4);
  const isIFramesOnly = header.has('#EXT-X-I-FRAMES-ONLY');
  if (isIFramesOnly) versions.push(4);
  if (segments.some(({ mapUri }) => mapUri !== undefined)) versions.push(isIFramesOnly ? 5 : 6);
  if (skip !== undefined) versions.push(skip.has('RECENTLY-REMOVED-DATERANGES') ? 10 : 9);
  return Math.max(...versions);
}

/** What a delta update of the same playlist would need; AVPlayer wants 9 with SERVER-CONTROL whatever the text says. */
export function reasonableVersion(playlist: Playlist): number {
  const needed = neededVersion(playlist);
  if (playlist.kind === 'multivariant' || playlist.serverControlLine === undefined) return needed;
  return Math.max(needed, playlist.serverControl.get('CAN-SKIP-DATERANGES') === 'YES' ? 10 : 9);
}
