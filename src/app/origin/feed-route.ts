/** `GET /internal/origin-feed`: all that origin processes need to serve the programs of this one. */
import { timingSafeEqual } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { encodeFrame, type FeedFrame, type OriginFeed } from '../../hls/index.ts';
import { appError } from '../errors.ts';

export const feedPath = '/internal/origin-feed';
/** An origin that has so much to take yet, or has taken nothing for so long, does not keep up: it begins anew. */
const maxBacklogBytes = 256 * 1024 * 1024;
const takeDeadlineMs = 10_000;
/** Listeners at once. */
const maxListeners = 64;
const alivePeriodMs = 1000;

export interface FeedRouteOptions {
  readonly feed: OriginFeed;
  /** What origin processes show; without one nobody is told anything. */
  readonly originKey: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createFeedRouter(options: FeedRouteOptions): Router {
  const router = Router();
  let listenerCount = 0;
  router.get(feedPath, (request, response) => {
    if (options.originKey === undefined) throw appError('HTTP_NOT_FOUND');
    if (!hasKey(request, options.originKey)) throw appError('AUTH_ORIGIN_KEY_WRONG');
    if (listenerCount >= maxListeners) throw appError('ORIGIN_FEED_FULL');
    listenerCount++;
    response.once('close', () => listenerCount--);
    stream(response, request.socket.remoteAddress, options);
  });
  return router;
}

/** Every origin is told the same. */
const encoded = new WeakMap<FeedFrame, readonly Uint8Array[]>();

function encodedOnce(frame: FeedFrame): readonly Uint8Array[] {
  const known = encoded.get(frame) ?? encodeFrame(frame);
  encoded.set(frame, known);
  return known;
}

function hasKey(request: Request, originKey: string): boolean {
  const given = Buffer.from(/^Bearer (\S{1,512})$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  const wanted = Buffer.from(originKey);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function stream(response: Response, client: string | undefined, { feed, clock, logger }: FeedRouteOptions): void {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' });
  let takenAtMs = clock.nowMs();
  const send = (frame: FeedFrame): void => {
    if (response.destroyed) return;
    if (!response.writableNeedDrain) takenAtMs = clock.nowMs();
    response.cork();
    for (const bytes of encodedOnce(frame)) response.write(bytes);
    response.uncork();
    if (response.writableLength <= maxBacklogBytes && clock.nowMs() - takenAtMs < takeDeadlineMs) return;
    logger.warn({ client }, 'an origin does not keep up and is cut off');
    response.destroy();
  };
  logger.info({ client }, 'an origin listens');
  const unsubscribe = feed.subscribe(send);
  const alive = clock.repeat(alivePeriodMs, () => send({ kind: 'alive' }));
  response.once('close', () => {
    alive.cancel();
    unsubscribe();
    logger.info({ client }, 'an origin has left');
  });
}
