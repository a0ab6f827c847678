/** The web server: one port for pages, API, HLS and signaling. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import { type Clock } from '../../core/clock.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { appError } from '../errors.ts';
import { errorHandler } from './api-router.ts';
import { securityHeaders } from './security-headers.ts';

/** A request's headers must be there by then; bodies are small. Held playlists are answers, not requests. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** Longer than a caching proxy keeps its side open, so that the proxy is the one that closes. */
const keepAliveTimeoutMs = 75_000;

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /**
   * Answers everything below `/hls/`, ahead of Express: nearly all requests, and Express with its headers for pages costs
   * more than a playlist does.
   */
  readonly hls: RequestListener;
  /** Where pages get media from besides here. */
  readonly mediaOrigins?: readonly string[];
  /** Asked in this order for everything else; each passes on what is not for it. */
  readonly handlers: readonly RequestHandler[];
  readonly clock: Clock;
  readonly logger: Logger;
}

export class HttpServer extends Lifecycle {
  readonly server: Server;
  readonly #options: HttpServerOptions;

  constructor(options: HttpServerOptions) {
    super({ clock: options.clock, closeDeadlineMs: 5000 });
    this.#options = options;
    const rest: RequestListener = createExpress(options);
    this.server = createServer(
      { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs },
      (request, response) => (isHls(request.url) ? options.hls : rest)(request, response),
    );
  }

  /** The port in use; differs from the configured one when that was 0. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** @throws HTTP_PORT_TAKEN, HTTP_PORT_FORBIDDEN naming address and port */
  async start(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
      this.server.listen(port, host, () => resolve());
    });
    this.server.removeAllListeners('error');
    this.server.on('error', (error) => this.#options.logger.error({ error }, 'web server error'));
    this.own('listener', () => this.#stop());
    this.advanceTo('running');
  }

  async #stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}

function isHls(target: string | undefined): boolean {
  return target?.startsWith('/hls/') === true;
}

function createExpress(options: HttpServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // Strong validators are set where they are worth it; Express's own would hash every reply.
  app.set('etag', false);
  app.use(securityHeaders(options.mediaOrigins));
  for (const handler of options.handlers) app.use(handler);
  app.use(() => {
    throw appError('HTTP_NOT_FOUND');
  });
  app.use(errorHandler(options.logger));
  return app;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return appError('HTTP_PORT_TAKEN', { cause: error, message: `Port ${port} is in use by another program.` });
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return appError('HTTP_PORT_FORBIDDEN', {
      cause: error,
      message: `Address ${host}:${port} cannot be used (${error.code}).`,
    });
  }
  return error;
}
