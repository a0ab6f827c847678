/** EXT-X-PART-INF and EXT-X-PART (rfc8216bis §4.4.3.7, §4.4.4.9). */
import { attributeTag, bare, decimal, formatDuration, quoted } from './attribute-list.ts';

export interface PlaylistPart {
  readonly uri: string;
  readonly durationSec: number;
  readonly isIndependent: boolean;
  readonly isGap?: boolean;
}

export function partInfTag(partTargetSec: number): string {
  return attributeTag('EXT-X-PART-INF', { 'PART-TARGET': decimal(partTargetSec) });
}

export function partTag(part: PlaylistPart): string {
  return attributeTag('EXT-X-PART', {
    DURATION: bare(formatDuration(part.durationSec)),
    URI: quoted(part.uri),
    INDEPENDENT: part.isIndependent ? bare('YES') : undefined,
    GAP: part.isGap === true ? bare('YES') : undefined,
  });
}
