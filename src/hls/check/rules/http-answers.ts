/** Rules 5, 14 and 72 to 76 on single answers. Pure. */
import { cacheDirective, type CheckAnswer, isUncacheable, maxAgeSec } from '../http/answer.ts';
import { type Judge, judgeAt, type Severity } from '../findings.ts';

const playlistType = 'application/vnd.apple.mpegurl';
const playlistTypes = [playlistType, 'audio/mpegurl', 'application/x-mpegurl', 'audio/x-mpegurl'];
/** Smaller playlists are not worth compressing. */
const minGzipBytes = 300;

export interface AnswerContext {
  /** Of what only Apple's low-latency profile asks for. */
  readonly strict: Severity;
  readonly targetDurationSec: number | undefined;
}

export interface PlaylistAnswerContext extends AnswerContext {
  readonly kind: 'multivariant' | 'plain' | 'blocking' | 'ended';
}

export function checkPlaylistAnswer(answer: CheckAnswer, context: PlaylistAnswerContext, judge: Judge): void {
  const { headers, url } = answer;
  const at = judgeAt(judge, url);
  const type = mimeOf(answer);
  const isNamed = /\.m3u8?$/i.test(new URL(url).pathname);
  const isTold = isNamed || playlistTypes.includes(type);
  at.hold(5, isTold, () => ({
    expected: 'a playlist told by its path or its Content-Type',
    seen: type || 'no Content-Type',
  }));
  at.hold(72, type === playlistType || !isTold, () => ({
    severity: playlistTypes.includes(type) ? 'W' : 'E',
    expected: `Content-Type ${playlistType} for playlists`,
    seen: type || 'none',
  }));
  const isZipped = /^(?:x-)?gzip$/.test(headers['content-encoding'] ?? '');
  const isSmall = answer.body.length < minGzipBytes;
  at.hold(73, isZipped || isSmall || headers['content-encoding'] === 'br', () => ({
    severity: context.strict,
    expected: 'playlists gzipped for those who accept it',
    seen: headers['content-encoding'] ?? 'no Content-Encoding',
  }));
  at.hold(73, headers['content-encoding'] === undefined || /\baccept-encoding\b|\*/i.test(headers.vary ?? ''), () => ({
    expected: 'Vary: Accept-Encoding with a Content-Encoding',
    seen: headers.vary ?? 'no Vary',
  }));
  checkAnyAnswer(answer, context, at);
  at.hold(74, context.kind === 'multivariant' || (exposes(headers, 'age') && exposes(headers, 'date')), () => ({
    severity: context.strict,
    expected: 'Access-Control-Expose-Headers: Age, Date on media playlists',
    seen: String(headers['access-control-expose-headers'] ?? 'none'),
  }));
  checkPlaylistCaching(answer, context, at);
}

function exposes(headers: CheckAnswer['headers'], name: string): boolean {
  const exposed = String(headers['access-control-expose-headers'] ?? '')
    .toLowerCase()
    .split(/\s*,\s*/);
  return exposed.includes(name) || exposed.includes('*');
}

function checkPlaylistCaching(
  answer: CheckAnswer,
  { kind, strict, targetDurationSec }: PlaylistAnswerContext,
  at: Judge,
): void {
  const { headers } = answer;
  const ageSec = maxAgeSec(headers);
  const seen = headers['cache-control'] ?? 'none';
  at.hold(75, headers['cache-control'] !== undefined, () => ({
    severity: strict,
    expected: 'Cache-Control on playlists',
    seen,
  }));
  if (targetDurationSec === undefined || headers['cache-control'] === undefined) return;
  if (kind === 'plain') {
    at.hold(75, ageSec === undefined || ageSec <= targetDurationSec, () => ({
      expected: 'a live playlist without directives cached for at most one target duration',
      seen,
    }));
  }
  if (kind === 'blocking') {
    at.hold(75, !isUncacheable(headers) && ageSec !== 0, () => ({
      severity: 'W',
      expected: 'blocking reloads that caches may collapse',
      seen,
    }));
    at.hold(75, ageSec === undefined || ageSec === 0 || ageSec >= 6 * targetDurationSec, () => ({
      severity: 'W',
      expected: 'blocking reloads cached for six target durations',
      seen,
    }));
  }
  if (kind !== 'plain' && kind !== 'blocking') return;
  const [modifiedMs, dateMs] = [Date.parse(headers['last-modified'] ?? ''), Date.parse(headers.date ?? '')];
  if (Number.isNaN(modifiedMs) || Number.isNaN(dateMs)) return;
  at.hold(75, dateMs - modifiedMs <= 3000 * targetDurationSec + 1000, () => ({
    severity: strict,
    expected: 'Last-Modified of a live playlist within three target durations of Date, or none',
    seen: `${(dateMs - modifiedMs) / 1000} s before`,
  }));
}

/** What holds for playlists and media alike. */
function checkAnyAnswer({ headers, redirects }: CheckAnswer, { strict }: AnswerContext, at: Judge): void {
  at.hold(73, redirects.length === 0, () => ({
    severity: 'W',
    expected: 'no redirects',
    seen: `${redirects[0]} sends on`,
  }));
  const origin = headers['access-control-allow-origin'];
  at.hold(74, origin !== undefined, () => ({
    severity: strict,
    expected: 'Access-Control-Allow-Origin',
    seen: 'none',
  }));
  const isOpenWithCookies = origin === '*' && headers['access-control-allow-credentials'] === 'true';
  at.hold(74, !isOpenWithCookies, () => ({
    expected: 'an exact origin with Access-Control-Allow-Credentials',
    seen: '*',
  }));
  const { etag } = headers;
  at.hold(75, etag === undefined || !etag.startsWith('W/'), () => ({
    severity: 'W',
    expected: 'strong ETags',
    seen: etag!,
  }));
}

/** @param format as the bytes tell it */
export function checkMediaAnswer(answer: CheckAnswer, format: string, context: AnswerContext, judge: Judge): void {
  const { headers, url } = answer;
  const at = judgeAt(judge, url);
  const type = mimeOf(answer);
  const fitting = {
    fmp4: /^(?:video|audio|application)\/(?:mp4|iso\.segment)$/,
    ts: /^video\/mp2t$/,
    webvtt: /^text\/vtt$/,
  }[format];
  at.hold(72, fitting === undefined || fitting.test(type), () => ({
    expected: 'a Content-Type that fits the media',
    seen: `${type || 'none'} for ${format}`,
  }));
  if (format !== 'webvtt')
    at.hold(73, headers['content-encoding'] === undefined, () => ({
      expected: 'media without Content-Encoding',
      seen: headers['content-encoding']!,
    }));
  checkAnyAnswer(answer, context, at);
  const { targetDurationSec } = context;
  if (targetDurationSec === undefined) return;
  const ageSec = maxAgeSec(headers);
  const isLong = cacheDirective(headers, 'immutable') !== undefined || (ageSec ?? 0) >= 6 * targetDurationSec;
  at.hold(75, !isUncacheable(headers) && isLong, () => ({
    severity: context.strict,
    expected: 'media cached for six target durations or longer',
    seen: headers['cache-control'] ?? 'no Cache-Control',
  }));
}

/** Errors in the place of something that will be there in a moment must not be kept. */
export function checkErrorCaching(answer: CheckAnswer, context: AnswerContext, judge: Judge): void {
  const ageSec = maxAgeSec(answer.headers);
  if (answer.status < 400 || context.targetDurationSec === undefined) return;
  judgeAt(judge, answer.url).hold(75, (ageSec ?? 0) <= 4 * context.targetDurationSec, () => ({
    severity: context.strict,
    expected: 'errors cached for at most four target durations',
    seen: answer.headers['cache-control'] ?? '',
  }));
}

export function checkPreflight(answer: CheckAnswer, strict: Severity, judge: Judge): void {
  const { headers, status, url } = answer;
  const at = judgeAt(judge, url);
  const isAnswered = status >= 200 && status < 300 && headers['access-control-allow-origin'] !== undefined;
  at.hold(74, isAnswered, () => ({
    severity: strict,
    expected: 'an answer to the CORS preflight (OPTIONS)',
    seen: `status ${status}`,
  }));
  if (!isAnswered) return;
  at.hold(74, headers['access-control-max-age'] !== undefined, () => ({
    severity: 'W',
    expected: 'Access-Control-Max-Age in the preflight',
    seen: 'none',
  }));
}

/** The same playlist with and without gzip: one entity tag for each. */
export function checkEtagPerEncoding(zipped: CheckAnswer, plain: CheckAnswer, judge: Judge): void {
  judgeAt(judge, plain.url).hold(73, plain.headers['content-encoding'] === undefined, () => ({
    expected: 'no Content-Encoding for those who do not accept it',
    seen: plain.headers['content-encoding']!,
  }));
  const [a, b] = [zipped.headers.etag, plain.headers.etag];
  if (a === undefined || b === undefined || zipped.headers['content-encoding'] === undefined) return;
  if (!zipped.body.equals(plain.body)) return;
  judgeAt(judge, plain.url).hold(75, a !== b || a.startsWith('W/'), () => ({
    expected: 'an ETag for each encoding',
    seen: a,
  }));
}

export function mimeOf({ headers }: CheckAnswer): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** Rule 14: listed means there, whole. @param durationSec media that the answer carries */
export function checkListed(
  answer: CheckAnswer,
  durationSec: number,
  judge: Judge,
  place: { mediaSequenceNumber: number; partIndex?: number },
): boolean {
  const at = judgeAt(judge, answer.url);
  const isThere = answer.status === 200 || answer.status === 206;
  at.hold(14, isThere && answer.body.length > 0, () => ({
    expected: 'what is listed to be there',
    seen: `status ${answer.status}, ${answer.body.length} bytes`,
    ...place,
  }));
  const tookMs = answer.endAtMs - answer.firstByteAtMs;
  // A trickle takes as long as the media itself; a slow line is told from it by its constant rate, which nobody knows here.
  at.hold(14, tookMs <= Math.max(500, 1000 * durationSec), () => ({
    severity: 'W',
    isTiming: true,
    expected: 'media delivered faster than it plays',
    seen: `${tookMs.toFixed(0)} ms`,
    ...place,
  }));
  return isThere && answer.body.length > 0;
}
