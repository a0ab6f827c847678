/** Rules 41, 43, 44, 45 and 48: asks for what players ask for, and for what nobody should ask for. */
import { hlsCheckError } from '../errors.ts';
import { type CheckAnswer } from '../http/answer.ts';
import { allSegments, compareEnds, endOf, isLowLatency, type ParsedMediaPlaylist } from '../playlist/media-playlist.ts';
import { checkErrorCaching } from '../rules/http-answers.ts';
import { holdDeadlineMs, playlistIn, type ProbeContext, promptMs, withQuery } from './live-edge.ts';

export async function probeBlockingReload(context: ProbeContext): Promise<void> {
  await probeRefusals(context);
  await probeTooFarAhead(context);
  await probeOldNumbers(context);
  await probeOrder(context);
  if (isLowLatency(context.newest())) await probeRollOver(context);
  await probeWholeSegment(context);
}

/** @throws HLS_CHECK_UNREACHABLE when the stream was removed meanwhile: what it answers then says nothing about it */
async function ask({ client, url, newest }: ProbeContext, query: string): Promise<CheckAnswer> {
  const options = { headers: { 'accept-encoding': 'gzip' }, deadlineMs: holdDeadlineMs(newest()) };
  const answer = await client.ask(withQuery(url, query), options);
  const isMissing = [404, 410].includes(answer.status) && (await client.ask(url, options)).status !== 200;
  if (isMissing) throw hlsCheckError('HLS_CHECK_UNREACHABLE', { message: 'The playlist was removed.' });
  return answer;
}

function errorContext(context: ProbeContext) {
  return { strict: 'E' as const, targetDurationSec: context.newest().targetDurationSec };
}

/** Rule 41. */
async function probeRefusals(context: ProbeContext): Promise<void> {
  const next = endOf(context.newest()).lastMsn + 1;
  const cases: readonly [query: string, expected: string, severity: 'E' | 'W'][] = [
    ['_HLS_part=0', '400 for _HLS_part without _HLS_msn', 'E'],
    ['_HLS_msn=abc', '400 for an _HLS_msn that is no number', 'W'],
    ['_HLS_msn=-1', '400 for a negative _HLS_msn', 'W'],
    [`_HLS_msn=${next}&_HLS_msn=${next}`, '400 for a repeated _HLS_msn', 'W'],
  ];
  for (const [query, expected, severity] of cases) {
    const answer = await ask(context, query);
    context.judge.hold(41, answer.status === 400, () => ({
      severity,
      expected,
      seen: `status ${answer.status}`,
      url: answer.url,
    }));
    checkErrorCaching(answer, errorContext(context), context.judge);
  }
}

/** Rule 45. */
async function probeTooFarAhead(context: ProbeContext): Promise<void> {
  const { judge } = context;
  const next = endOf(context.newest()).lastMsn + 1;
  const queries = [
    `_HLS_msn=${next + 20}`,
    ...(isLowLatency(context.newest()) ? [`_HLS_msn=${next}&_HLS_part=1000`] : []),
  ];
  for (const query of queries) {
    const answer = await ask(context, query);
    if (playlistIn(answer)?.isEnded === true) return;
    const isPrompt = answer.endAtMs - answer.askedAtMs <= promptMs;
    judge.hold(45, answer.status === 400 && isPrompt, () => ({
      isTiming: answer.status === 400,
      expected: '400 at once for what is too far ahead',
      seen: `status ${answer.status} after ${(answer.endAtMs - answer.askedAtMs).toFixed(0)} ms`,
      url: answer.url,
    }));
  }
}

/** Rule 43: numbers that have left the playlist are answered at once with the whole of it. */
async function probeOldNumbers(context: ProbeContext): Promise<void> {
  const first = context.newest().mediaSequenceNumber;
  const answer = await ask(context, `_HLS_msn=${Math.max(0, first - 1)}`);
  const playlist = playlistIn(answer);
  const isPrompt = answer.endAtMs - answer.askedAtMs <= promptMs;
  context.judge.hold(43, playlist !== undefined && isPrompt, () => ({
    isTiming: playlist !== undefined,
    expected: 'the whole playlist at once for an old _HLS_msn',
    seen: `status ${answer.status} after ${(answer.endAtMs - answer.askedAtMs).toFixed(0)} ms`,
    url: answer.url,
  }));
}

/** Rule 48. */
async function probeOrder(context: ProbeContext): Promise<void> {
  const before = context.newest();
  const { lastMsn } = endOf(before);
  const queries = isLowLatency(before)
    ? [`_HLS_part=0&_HLS_msn=${lastMsn}`, `_HLS_msn=${lastMsn}&_HLS_part=0&rostrum_check=1`]
    : [`_HLS_msn=${lastMsn}&rostrum_check=1`];
  for (const query of queries) {
    const answer = await ask(context, query);
    const playlist = playlistIn(answer);
    context.judge.hold(48, playlist !== undefined && compareEnds(endOf(playlist), endOf(before)) >= 0, () => ({
      expected: 'the same answer whatever the order of directives and beside other parameters',
      seen: `status ${answer.status}${playlist === undefined ? '' : ', an older playlist'}`,
      url: answer.url,
    }));
  }
}

/** Rule 44: behind the last part of a closed segment comes the first of the next. */
async function probeRollOver(context: ProbeContext): Promise<void> {
  const playlist = context.newest();
  const closed = playlist.segments.findLast(({ parts }) => parts.length > 0);
  if (closed === undefined) return;
  const msn = closed.mediaSequenceNumber;
  const answer = await ask(context, `_HLS_msn=${msn}&_HLS_part=${closed.parts.length}`);
  const listed = playlistIn(answer);
  context.judge.hold(44, listed !== undefined && (listed.isEnded || hasPart(listed, msn + 1, 0)), () => ({
    expected: 'the first part of the next segment for a part behind the end of a closed one',
    seen: listed === undefined ? `status ${answer.status}` : 'a playlist without it',
    url: answer.url,
    mediaSequenceNumber: msn,
  }));
}

/** Rule 43: without `_HLS_part` the whole segment is waited for. */
async function probeWholeSegment(context: ProbeContext): Promise<void> {
  const msn = endOf(context.newest()).lastMsn + 1;
  const answer = await ask(context, `_HLS_msn=${msn}`);
  const playlist = playlistIn(answer);
  // Held too long, or the stream was removed meanwhile: other rules.
  if (playlist === undefined && [503, 404, 410].includes(answer.status)) return;
  context.judge.hold(43, playlist !== undefined && (playlist.isEnded || endOf(playlist).lastMsn >= msn), () => ({
    expected: 'an answer to _HLS_msn alone only when the whole segment is listed',
    seen: playlist === undefined ? `status ${answer.status}` : `segment ${endOf(playlist).lastMsn} is the last`,
    url: answer.url,
    mediaSequenceNumber: msn,
  }));
}

/** True when the part, or anything later, is listed. */
export function hasPart(playlist: ParsedMediaPlaylist, msn: number, partIndex: number): boolean {
  const { lastMsn } = endOf(playlist);
  if (lastMsn > msn) return true;
  const segment = allSegments(playlist).find(({ mediaSequenceNumber }) => mediaSequenceNumber === msn);
  // A closed segment has all its parts; with fewer than asked for, the first of the next one is meant.
  if (segment?.uri !== undefined) return segment.parts.length === 0 || partIndex < segment.parts.length;
  return (segment?.parts.length ?? 0) > partIndex;
}
