/** Rules 20, 50, 53, 54 and 55 on the multivariant playlist. Pure. */
import { type Judge, type Severity } from '../findings.ts';
import { readDecimal, readInteger } from '../playlist/attribute-list.ts';
import { type ParsedAttributes } from '../playlist/media-playlist.ts';
import { type ParsedMultivariantPlaylist, type ParsedVariant } from '../playlist/multivariant-playlist.ts';

/** What a cellular network always carries (A 9.21). */
const cellularBitsPerSec = 192_000;
const instreamId = /^(?:CC[1-4]|SERVICE(?:[1-9]|[1-5][0-9]|6[0-3]))$/;

/** @param appleSeverity of what only Apple asks for: `E` for a low-latency stream, `W` for others */
export function checkMultivariant(playlist: ParsedMultivariantPlaylist, judge: Judge, appleSeverity: Severity): void {
  for (const variant of playlist.variants) checkVariant(variant, playlist, judge, appleSeverity);
  judge.hold(50, playlist.variants.length > 0, () => ({ expected: 'at least one EXT-X-STREAM-INF', seen: 'none' }));
  checkCaptions(playlist, judge);
  for (const medium of playlist.media) checkMedium(medium, judge, appleSeverity);
  checkGroups(playlist, judge);
  checkOffer(playlist, judge);
  judge.hold(20, playlist.hasIndependentSegments, () => ({
    expected: 'EXT-X-INDEPENDENT-SEGMENTS in the multivariant playlist',
    seen: 'none',
  }));
}

function checkVariant(
  variant: ParsedVariant,
  playlist: ParsedMultivariantPlaylist,
  judge: Judge,
  appleSeverity: Severity,
): void {
  const { attributes, line } = variant;
  // What is no number breaks rule 2.
  const bandwidth = readInteger(attributes.get('BANDWIDTH')) ?? 1;
  judge.hold(50, attributes.has('BANDWIDTH') && bandwidth > 0, () => ({
    expected: 'BANDWIDTH in EXT-X-STREAM-INF',
    seen: attributes.get('BANDWIDTH') ?? 'none',
    line,
  }));
  const isAudioOnly = !hasVideo(attributes.get('CODECS')) && !attributes.has('RESOLUTION');
  const wanted = ['CODECS', 'AVERAGE-BANDWIDTH', ...(isAudioOnly ? [] : ['RESOLUTION', 'FRAME-RATE'])];
  for (const name of wanted) {
    judge.hold(50, attributes.has(name), () => ({
      severity: appleSeverity,
      expected: `${name} in EXT-X-STREAM-INF`,
      seen: 'none',
      line,
    }));
  }
  const frameRate = attributes.get('FRAME-RATE');
  judge.hold(50, frameRate === undefined || (readDecimal(frameRate) ?? 0) > 0, () => ({
    expected: 'a FRAME-RATE above 0',
    seen: frameRate!,
    line,
  }));
  for (const type of ['AUDIO', 'SUBTITLES', 'VIDEO']) {
    const group = attributes.get(type);
    if (group === undefined) continue;
    judge.hold(54, isGroup(playlist, type, group), () => ({
      expected: `an EXT-X-MEDIA of TYPE=${type} for each group named`,
      seen: `none of ${group}`,
      line,
    }));
  }
}

function hasVideo(codecs = ''): boolean {
  return /(?:^|,)\s*(?:avc|hvc|hev|dvh|av01|vp0?9)/.test(codecs);
}

function isGroup(playlist: ParsedMultivariantPlaylist, type: string, groupId: string): boolean {
  return playlist.media.some(
    ({ attributes }) => attributes.get('TYPE') === type && attributes.get('GROUP-ID') === groupId,
  );
}

function checkCaptions(playlist: ParsedMultivariantPlaylist, judge: Judge): void {
  const values = playlist.variants.map(({ attributes }) => attributes.get('CLOSED-CAPTIONS'));
  const noneCount = values.filter((value) => value === 'NONE').length;
  judge.hold(53, noneCount === 0 || noneCount === values.length, () => ({
    expected: 'CLOSED-CAPTIONS=NONE on all EXT-X-STREAM-INF or on none',
    seen: `${noneCount} of ${values.length}`,
  }));
  const unknown = values.find(
    (value) => value !== undefined && value !== 'NONE' && !isGroup(playlist, 'CLOSED-CAPTIONS', value),
  );
  judge.hold(53, unknown === undefined, () => ({
    expected: 'an EXT-X-MEDIA for each group of closed captions',
    seen: `none of ${unknown}`,
  }));
  for (const { attributes, line } of playlist.media.filter((one) => one.attributes.get('TYPE') === 'CLOSED-CAPTIONS')) {
    judge.hold(53, instreamId.test(attributes.get('INSTREAM-ID') ?? '') && !attributes.has('URI'), () => ({
      expected: 'INSTREAM-ID CC1 to CC4 or SERVICE1 to SERVICE63 and no URI',
      seen: attributes.get('INSTREAM-ID') ?? 'none',
      line,
    }));
  }
}

function checkMedium({ attributes, line }: ParsedAttributes, judge: Judge, appleSeverity: Severity): void {
  const type = attributes.get('TYPE') ?? '';
  const missing = ['TYPE', 'GROUP-ID', 'NAME', ...(type === 'SUBTITLES' ? ['URI'] : [])].filter(
    (name) => !attributes.has(name),
  );
  judge.hold(54, missing.length === 0, () => ({
    expected: 'TYPE, GROUP-ID and NAME, and URI for subtitles',
    seen: `no ${missing.join(', ')}`,
    line,
  }));
  judge.hold(54, attributes.get('DEFAULT') !== 'YES' || attributes.get('AUTOSELECT') !== 'NO', () => ({
    expected: 'AUTOSELECT not NO where DEFAULT is YES',
    seen: 'AUTOSELECT=NO',
    line,
  }));
  const wanted = [...(type === 'VIDEO' ? [] : ['LANGUAGE']), ...(type === 'AUDIO' ? ['CHANNELS'] : [])];
  for (const name of wanted) {
    judge.hold(54, attributes.has(name), () => ({
      severity: appleSeverity,
      expected: `${name} in EXT-X-MEDIA`,
      seen: `none in TYPE=${type}`,
      line,
    }));
  }
}

/** Groups of one type have the same members; names are unique and at most one is the default. */
function checkGroups(playlist: ParsedMultivariantPlaylist, judge: Judge): void {
  const groups = Map.groupBy(
    playlist.media,
    ({ attributes }) => `${attributes.get('TYPE')} ${attributes.get('GROUP-ID')}`,
  );
  const membersByType = new Map<string, string>();
  for (const [group, members] of groups) {
    const names = members.map(({ attributes }) => attributes.get('NAME') ?? '');
    const { line } = members[0]!;
    judge.hold(54, new Set(names).size === names.length, () => ({
      expected: 'unique names in a group',
      seen: `${group}: ${names.join(', ')}`,
      line,
    }));
    const defaultCount = members.filter(({ attributes }) => attributes.get('DEFAULT') === 'YES').length;
    judge.hold(54, defaultCount <= 1, () => ({
      expected: 'at most one DEFAULT=YES in a group',
      seen: `${group}: ${defaultCount}`,
      line,
    }));
    const type = group.split(' ', 1)[0]!;
    const memberList = names.sort().join(', ');
    const other = membersByType.get(type) ?? memberList;
    judge.hold(54, other === memberList, () => ({
      expected: 'the same members in every group of a type',
      seen: `${memberList}, elsewhere ${other}`,
      line,
    }));
    membersByType.set(type, other);
  }
}

/** Rule 55: what a good offer has beside the bare minimum. */
function checkOffer(playlist: ParsedMultivariantPlaylist, judge: Judge): void {
  const { variants } = playlist;
  const video = variants.filter(({ attributes }) => hasVideo(attributes.get('CODECS')) || attributes.has('RESOLUTION'));
  if (video.length === 0) return;
  const hint = (isGiven: boolean, expected: string, seen: string) =>
    judge.hold(55, isGiven, () => ({ severity: 'W', expected, seen }));
  const hasAudio = variants.some(({ attributes }) => /mp4a|ac-3|ec-3|opus/i.test(attributes.get('CODECS') ?? ''));
  const isApart = playlist.media.some(({ attributes }) => attributes.get('TYPE') === 'AUDIO' && attributes.has('URI'));
  hint(!hasAudio || isApart, 'audio in a rendition of its own', 'audio beside the video');
  const rates = video.map(({ attributes }) => readInteger(attributes.get('BANDWIDTH')) ?? 0);
  hint(new Set(rates).size >= 2, 'two video bit rates or more', `${new Set(rates).size}`);
  const lowest = Math.min(...variants.map(({ attributes }) => readInteger(attributes.get('BANDWIDTH')) ?? Infinity));
  hint(
    lowest <= cellularBitsPerSec,
    'a variant of at most 192 kb/s for cellular networks',
    `${lowest} b/s is the lowest`,
  );
  hint(playlist.iFrameVariants.length > 0, 'I-frame playlists for scrubbing', 'none');
}

/** Rule 20, the other half: what the multivariant playlist does not claim, every video playlist has to. */
export function checkIndependentSegments(
  playlist: ParsedMultivariantPlaylist,
  videoPlaylists: readonly { readonly header: ReadonlyMap<string, unknown>; readonly url: string }[],
  judge: Judge,
  appleSeverity: Severity,
): void {
  if (playlist.hasIndependentSegments) return;
  for (const { header, url } of videoPlaylists) {
    judge.hold(20, header.has('#EXT-X-INDEPENDENT-SEGMENTS'), () => ({
      severity: appleSeverity,
      expected: 'EXT-X-INDEPENDENT-SEGMENTS in each video playlist when the multivariant playlist has none',
      seen: 'none',
      url,
    }));
  }
}
