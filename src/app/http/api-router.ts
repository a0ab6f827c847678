/** Mounts routes on Express: access, validation, handler, coded errors; one place for all of them. */
import express, { type NextFunction, type Request, type RequestHandler, type Response, type Router } from 'express';
import { type Clock } from '../../core/clock.ts';
import { RostrumError, toRostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { type HistogramMetric } from '../../core/metrics.ts';
import { appError } from '../errors.ts';
import { isLocalRequest } from './local-request.ts';
import { type RouteGuard } from './route-guard.ts';
import { type Route } from './route.ts';
import { type TrustedProxies } from './trusted-proxies.ts';

const defaultMaxBodyBytes = 64 * 1024;

export interface ApiRouterOptions {
  readonly routes: readonly Route[];
  readonly access: RouteGuard;
  readonly proxies: TrustedProxies;
  readonly publicUrl: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly durationMetric: HistogramMetric;
}

export function createApiRouter(options: ApiRouterOptions): Router {
  const router = express.Router();
  for (const route of options.routes) {
    const limit = route.maxBodyBytes ?? defaultMaxBodyBytes;
    // Nothing is read of a caller who may not call.
    const parseBody = express.json({ limit, strict: true });
    router[route.method](route.path, (request, response, next) => {
      const startedAtMs = options.clock.nowMs();
      response.on('finish', () => {
        const labels = { route: route.path, status: String(response.statusCode) };
        options.durationMetric.observe((options.clock.nowMs() - startedAtMs) / 1000, labels);
      });
      void answer(route, request, response, parseBody, options).catch(next);
    });
  }
  router.use('/api', () => {
    throw appError('HTTP_NOT_FOUND');
  });
  router.use('/api', errorHandler(options.logger));
  return router;
}

async function answer(
  route: Route,
  request: Request,
  response: Response,
  parseBody: RequestHandler,
  options: ApiRouterOptions,
): Promise<void> {
  const { access, proxies } = options;
  // With a public address there is a proxy in front, and every request comes from this machine.
  const isLocal = options.publicUrl === undefined && isLocalRequest(request, proxies);
  const clientAddress = proxies.clientAddressOf(request);
  const caller = await access.check(route.access, {
    authorization: request.headers.authorization,
    address: clientAddress,
    webinarId: asText(request.params.webinarId),
  });
  await new Promise<void>((resolve, reject) => {
    parseBody(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(asError(error))));
  });
  const params = parse(route.params, request.params);
  const body = parse(route.body, request.body ?? {});
  const baseUrl = options.publicUrl?.replace(/\/$/, '') ?? proxies.baseUrlOf(request);
  const { headers } = request;
  const reply = await route.handle({ params, body, headers, isLocal, baseUrl, clientAddress, caller });
  response.status(route.status).set('Cache-Control', 'no-store');
  if (route.contentType === undefined) response.json(reply);
  else response.type(route.contentType).send(reply);
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('The body could not be read.', { cause: thrown });
}

function parse(schema: Route['body'], value: unknown): unknown {
  if (schema === undefined) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), rule: issue.message }));
  throw appError('HTTP_BODY_INVALID', { details: { problems } });
}

/** Last handler of the chain: answers with the error's code; logs only what is ours to mend. */
export function errorHandler(logger: Logger) {
  return (thrown: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const error = toHttpError(thrown);
    // Paths of recordings hold their token.
    const path = request.path.startsWith('/api/') ? request.path : undefined;
    if (error.fault !== 'caller') logger.error({ error: thrown, code: error.code, path }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error.spec.httpStatus === 503) response.set('Retry-After', '2');
    response.status(error.spec.httpStatus).set('Cache-Control', 'no-store').json({ error: error.toReply() });
  };
}

/** body-parser names what the client sent wrong; other libraries only give a 4xx status (a file that is not there). */
function toHttpError(thrown: unknown): RostrumError {
  const { status, type } = (thrown ?? {}) as { status?: unknown; type?: unknown };
  if (thrown instanceof RostrumError || typeof status !== 'number' || status >= 500) return toRostrumError(thrown);
  return appError(typeof type === 'string' ? 'HTTP_BODY_INVALID' : 'HTTP_NOT_FOUND', { cause: thrown });
}
