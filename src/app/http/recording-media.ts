/** Serves the finished MP4 and its captions to whoever holds a valid link: whole or by range, streamed, never buffered. */
import { pipeline } from 'node:stream/promises';
import express, { type Request, type Response, type Router } from 'express';
import { type AccessTokens } from '../auth/access-tokens.ts';
import { type RecordingCatalog } from '../webinars/recording-catalog.ts';

export function createRecordingMediaRouter(options: { tokens: AccessTokens; catalog: RecordingCatalog }): Router {
  const router = express.Router();
  router.get('/media/recordings/:token/recording.mp4', (request, response, next) => {
    send(request, response, options).catch(next);
  });
  router.get('/media/recordings/:token/captions/:language.vtt', (request, response, next) => {
    sendCaptions(request, response, options).catch(next);
  });
  return router;
}

async function sendCaptions(
  request: Request,
  response: Response,
  options: { tokens: AccessTokens; catalog: RecordingCatalog },
): Promise<void> {
  const grant = await options.tokens.verifyRecordingLink(String(request.params.token));
  const text = await options.catalog.openCaptions(grant.recordingId, String(request.params.language));
  response.set({ 'Content-Type': 'text/vtt; charset=utf-8', 'Cache-Control': 'private, no-store' });
  await pipeline(text, response).catch(ignoreLeave);
}

/** A viewer who closes the tab ends the pipeline early; that is no failure of ours. */
function ignoreLeave(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}

async function send(
  request: Request,
  response: Response,
  options: { tokens: AccessTokens; catalog: RecordingCatalog },
): Promise<void> {
  const grant = await options.tokens.verifyRecordingLink(String(request.params.token));
  const file = await options.catalog.openMp4(grant.recordingId);
  const range = parseRange(request.headers.range, file.sizeBytes);
  response.set({
    'Content-Type': 'video/mp4',
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-store',
    'Content-Disposition': `${grant.purpose === 'download' ? 'attachment' : 'inline'}; filename="${file.fileName}"`,
  });
  if (range === 'unsatisfiable') {
    response.status(416).set('Content-Range', `bytes */${file.sizeBytes}`).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: file.sizeBytes - 1 };
  response.status(range === undefined ? 200 : 206).set('Content-Length', String(end - start + 1));
  if (range !== undefined) response.set('Content-Range', `bytes ${start}-${end}/${file.sizeBytes}`);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(await file.read({ start, end }), response).catch(ignoreLeave);
}

/** One range of RFC 9110 section 14.1.2; undefined when there is none or it is not understood (then all is sent). */
export function parseRange(
  header: string | undefined,
  sizeBytes: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const last = sizeBytes - 1;
  if (match[1] === '') {
    const suffixLength = Math.min(Number(match[2]), sizeBytes);
    return suffixLength === 0 ? 'unsatisfiable' : { start: sizeBytes - suffixLength, end: last };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? last : Math.min(Number(match[2]), last);
  if (end < start && match[2] !== '' && Number(match[2]) < start) return undefined;
  return start > last ? 'unsatisfiable' : { start, end };
}
