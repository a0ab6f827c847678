/** What the origin says to one request, and how it is put on the wire. */
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock } from '../../core/clock.ts';
import { type RostrumError } from '../../core/errors.ts';
import { requestedSpan, sliceBody } from './byte-range.ts';
import { personalError, shortLivedError, verdict } from './cache-policy.ts';

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

/** Sends the answer, or 304, or its head alone. A client that does not take it before the deadline is cut off. */
export function sendAnswer(
  req: IncomingMessage,
  res: ServerResponse,
  whole: Answer,
  deadline: { readonly clock: Clock; readonly writeDeadlineMs: number; readonly onMissed: () => void },
): void {
  if (res.destroyed || res.writableEnded) return;
  const isUnchanged = whole.status === 200 && matchesEtag(req.headers['if-none-match'], whole.headers.ETag);
  const answer = isUnchanged || req.method !== 'GET' ? whole : rangeOf(whole, req.headers);
  res.writeHead(isUnchanged ? 304 : answer.status, {
    ...commonHeaders,
    ...answer.headers,
    ...(isUnchanged || answer.status === 204 ? {} : { 'Content-Length': String(byteLength(answer.body)) }),
  });
  if (isUnchanged || req.method === 'HEAD' || answer.body.length === 0) {
    res.end();
    return;
  }
  res.cork();
  for (const bytes of answer.body.slice(0, -1)) res.write(bytes);
  res.end(answer.body.at(-1));
  // Nearly always the kernel has taken all of it by now.
  if (res.socket?.writableLength === 0) return;
  const timer = deadline.clock.schedule(deadline.writeDeadlineMs, () => {
    deadline.onMissed();
    res.destroy();
  });
  res.once('close', () => timer.cancel());
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
