/** Rules 25 to 31 and 34 on one playlist: server control and parts. Pure. */
import { type Judge } from '../findings.ts';
import {
  allSegments,
  canBlockReload,
  isLowLatency,
  type ParsedMediaPlaylist,
  type ParsedSegment,
  sumSec,
} from '../playlist/media-playlist.ts';
import { readDecimal } from '../playlist/attribute-list.ts';

/** Parts of at least this share of the part target are not called short (§4.4.4.9). */
const minPartRatio = 0.85;
/** One ms, and the rounding of printed decimals. */
const toleranceSec = 0.0011;

export function checkServerControl(playlist: ParsedMediaPlaylist, judge: Judge): void {
  const { serverControl, serverControlLine, targetDurationSec, partTargetSec } = playlist;
  const line = playlist.header.get('#EXT-X-SERVER-CONTROL')?.line;
  if (serverControlLine !== undefined && targetDurationSec !== undefined) {
    const atLeast = (name: string, minSec: number, what: string) => {
      const text = serverControl.get(name);
      if (text === undefined) return;
      // What is no number breaks rule 2.
      judge.hold(27, (readDecimal(text) ?? minSec) >= minSec - 1e-9, () => ({
        expected: `${name} of at least ${what}`,
        seen: `${text} s, ${minSec} s would be`,
        line,
      }));
    };
    atLeast('HOLD-BACK', 3 * targetDurationSec, 'three target durations');
    atLeast('CAN-SKIP-UNTIL', 6 * targetDurationSec, 'six target durations');
    if (partTargetSec !== undefined) atLeast('PART-HOLD-BACK', 3 * partTargetSec, 'three part targets');
    const canSkipDates = serverControl.has('CAN-SKIP-DATERANGES');
    judge.hold(27, !canSkipDates || serverControl.has('CAN-SKIP-UNTIL'), () => ({
      expected: 'CAN-SKIP-DATERANGES only with CAN-SKIP-UNTIL',
      seen: 'it stands alone',
      line,
    }));
  }
  if (!isLowLatency(playlist)) return;
  const hasParts = allSegments(playlist).some(({ parts }) => parts.length > 0);
  judge.hold(25, !hasParts || partTargetSec !== undefined, () => ({
    expected: 'EXT-X-PART-INF with PART-TARGET where parts are listed',
    seen: 'none',
  }));
  if (partTargetSec === undefined) return;
  judge.hold(26, serverControl.has('PART-HOLD-BACK'), () => ({
    expected: 'EXT-X-SERVER-CONTROL with PART-HOLD-BACK beside EXT-X-PART-INF',
    seen: serverControlLine ?? 'no such tag',
    line,
  }));
  judge.hold(28, canBlockReload(playlist), () => ({
    expected: 'CAN-BLOCK-RELOAD=YES where parts are published',
    seen: serverControlLine ?? 'no EXT-X-SERVER-CONTROL',
    line,
  }));
}

export function checkParts(playlist: ParsedMediaPlaylist, judge: Judge): void {
  const { partTargetSec } = playlist;
  const withParts = allSegments(playlist).filter(({ parts }) => parts.length > 0);
  for (const segment of withParts) {
    for (const index of segment.parts.keys()) checkPart(segment, index, partTargetSec, judge);
    // The oldest of them may have lost its first parts already: what is missing of its sum says nothing then.
    const isTrimmed = segment === withParts[0] && segment.uri !== undefined && isShort(segment);
    if (isTrimmed) continue;
    checkSum(segment, judge);
    const first = segment.parts[0]!;
    if (first.isGap || (segment.uri !== undefined && isShort(segment))) continue;
    judge.hold(31, first.isIndependent, () => ({
      expected: 'INDEPENDENT=YES on the first part of a segment',
      seen: first.uri,
      mediaSequenceNumber: segment.mediaSequenceNumber,
      partIndex: 0,
      line: first.line,
    }));
  }
  if (isLowLatency(playlist)) checkHorizon(playlist, judge);
}

function checkPart(segment: ParsedSegment, index: number, partTargetSec: number | undefined, judge: Judge): void {
  const part = segment.parts[index]!;
  const place = { mediaSequenceNumber: segment.mediaSequenceNumber, partIndex: index, line: part.line };
  judge.hold(29, part.uri !== '' && !Number.isNaN(part.durationSec), () => ({
    expected: 'EXT-X-PART with URI and DURATION',
    seen: part.uri === '' ? 'no URI' : 'no DURATION',
    ...place,
  }));
  if (partTargetSec === undefined || Number.isNaN(part.durationSec)) return;
  const seen = `${part.durationSec} s, part target ${partTargetSec} s`;
  judge.hold(29, part.durationSec <= partTargetSec, () => ({
    expected: 'DURATION of at most PART-TARGET as printed',
    seen,
    ...place,
  }));
  // The newest part of the open segment may turn out to be its last.
  const isLast = index === segment.parts.length - 1;
  const isExempt = isLast || part.isIndependent || part.isGap || segment.parts[index + 1]!.isGap;
  judge.hold(30, isExempt || part.durationSec >= minPartRatio * partTargetSec - 1e-9, () => ({
    expected: 'DURATION of at least 85 % of PART-TARGET',
    seen,
    ...place,
  }));
}

function isShort(segment: ParsedSegment): boolean {
  return sumSec(segment.parts) < (segment.durationSec ?? 0) - toleranceSec;
}

function checkSum(segment: ParsedSegment, judge: Judge): void {
  if (segment.uri === undefined || segment.durationSec === undefined) return;
  const partsSec = sumSec(segment.parts);
  judge.hold(32, Math.abs(partsSec - segment.durationSec) <= toleranceSec, () => ({
    expected: 'part durations that add up to EXTINF',
    seen: `${partsSec.toFixed(5)} s of ${segment.durationText} s`,
    mediaSequenceNumber: segment.mediaSequenceNumber,
    line: segment.line,
  }));
}

/** Parts are for the live edge: three target durations of it. */
function checkHorizon(playlist: ParsedMediaPlaylist, judge: Judge): void {
  const { targetDurationSec, partTargetSec = 0, isEnded } = playlist;
  if (targetDurationSec === undefined) return;
  const horizonSec = 3 * targetDurationSec;
  let behindSec = playlist.open === undefined ? 0 : sumSec(playlist.open.parts);
  for (const segment of playlist.segments.toReversed()) {
    const { mediaSequenceNumber, line } = segment;
    const hasParts = segment.parts.length > 0;
    judge.hold(34, !hasParts || behindSec <= horizonSec + partTargetSec, () => ({
      severity: 'W',
      expected: 'no parts listed more than three target durations from the end',
      seen: `${behindSec.toFixed(1)} s from it`,
      mediaSequenceNumber,
      line,
    }));
    judge.hold(34, hasParts || isEnded || segment.isGap || behindSec >= horizonSec - partTargetSec, () => ({
      severity: 'W',
      expected: 'parts listed for three target durations',
      seen: `none ${behindSec.toFixed(1)} s from the end`,
      mediaSequenceNumber,
      line,
    }));
    behindSec += segment.durationSec ?? 0;
  }
}
