/** What the origin says to one request. Pure. */
import { type IncomingHttpHeaders } from 'node:http';
import { type RostrumError } from '../../core/errors.ts';
import { requestedSpan, sliceBody } from './byte-range.ts';
import { personalError, shortLivedError, verdict } from './cache-policy.ts';
import { type HlsRequest } from './hls-request.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent one behind the other, without copying. */
  readonly body: readonly Uint8Array[];
}

/** Any page may play; Age and Date are what players reckon the live edge with (rule 74). */
const commonHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Age, Date, Content-Range',
  'X-Content-Type-Options': 'nosniff',
} as const;

const preflightHeaders = {
  'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Max-Age': '86400',
} as const;

export const preflightAnswer: Answer = { status: 204, headers: preflightHeaders, body: [] };

/** The verdict that an edge asks for: may the bearer watch, and for how long can that be relied on. */
export function admissionAnswer(validForSec: number): Answer {
  return { status: 204, headers: { 'Cache-Control': verdict(validForSec) }, body: [] };
}

/** The same answer for the one who asked: no shared cache may keep it. */
export function forBearerAlone(answer: Answer): Answer {
  const cacheControl = answer.headers['Cache-Control'] ?? 'private';
  return { ...answer, headers: { ...answer.headers, 'Cache-Control': cacheControl.replace('public', 'private') } };
}

/** What one is refused another one may have: at one address with a cookie, and with another request rate. */
const personalStatuses: ReadonlySet<number> = new Set([401, 403, 429]);

export function errorAnswer(error: RostrumError): Answer {
  const isPersonal = personalStatuses.has(error.spec.httpStatus);
  return {
    status: error.spec.httpStatus,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': isPersonal ? personalError : shortLivedError,
      ...(error.spec.httpStatus === 503 ? { 'Retry-After': '1' } : {}),
      ...(error.spec.httpStatus === 405 ? { Allow: 'GET, HEAD, OPTIONS' } : {}),
    },
    body: [Buffer.from(JSON.stringify({ error: error.toReply() }))],
  };
}

/** The answer to this very request: whole, the range that was asked for, 304, or the head alone; with its length. */
export function answerTo({ method, headers }: HlsRequest, whole: Answer): Answer {
  const isUnchanged = whole.status === 200 && matchesEtag(headers['if-none-match'], whole.headers.ETag);
  if (isUnchanged) return { status: 304, headers: { ...commonHeaders, ...whole.headers }, body: [] };
  const answer = method === 'GET' ? rangeOf(whole, headers) : whole;
  const length = answer.status === 204 ? {} : { 'Content-Length': String(byteLength(answer.body)) };
  return {
    status: answer.status,
    headers: { ...commonHeaders, ...answer.headers, ...length },
    body: method === 'HEAD' ? [] : answer.body,
  };
}

/** The part of a whole answer that was asked for, of media; a range that begins behind the end is refused. */
function rangeOf(whole: Answer, { range, 'if-range': ifRange }: IncomingHttpHeaders): Answer {
  const isMedia = whole.status === 200 && whole.headers['Accept-Ranges'] === 'bytes';
  if (!isMedia || (ifRange !== undefined && ifRange !== whole.headers['ETag'])) return whole;
  const sizeBytes = byteLength(whole.body);
  const span = requestedSpan(range, sizeBytes);
  if (span === undefined) return whole;
  if (span === 'unsatisfiable') {
    const headers = { 'Content-Range': `bytes */${sizeBytes}`, 'Cache-Control': shortLivedError };
    return { status: 416, headers, body: [] };
  }
  const contentRange = `bytes ${span.from}-${span.to - 1}/${sizeBytes}`;
  const headers = { ...whole.headers, 'Content-Range': contentRange };
  return { status: 206, headers, body: sliceBody(whole.body, span) };
}

function matchesEtag(ifNoneMatch: string | undefined, etag: string | undefined): boolean {
  if (ifNoneMatch === undefined || etag === undefined) return false;
  return ifNoneMatch.split(',').some((candidate) => ['*', etag, `W/${etag}`].includes(candidate.trim()));
}

function byteLength(body: readonly Uint8Array[]): number {
  return body.reduce((sum, bytes) => sum + bytes.length, 0);
}
