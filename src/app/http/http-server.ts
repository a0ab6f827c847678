/** The web server: one port for pages, API, HLS and signaling, and perhaps a second one for the same encrypted. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import { type Clock } from '../../core/clock.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { appError } from '../errors.ts';
import { errorHandler } from './api-router.ts';
import { type StreamHandler } from './http2-sessions.ts';
import { listenOn } from './listen-on.ts';
import { securityHeaders } from './security-headers.ts';
import { type TlsFiles, TlsListener } from './tls-listener.ts';

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
  /** Also listens encrypted, for HTTP/2 and HTTP/1.1; `hlsStream` answers what is below `/hls/` by HTTP/2. */
  readonly tls?: (TlsFiles & { readonly port: number; readonly hlsStream: StreamHandler }) | undefined;
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
  #tlsPort: number | undefined;

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

  /** Of the encrypted listener; undefined without one. */
  get tlsPort(): number | undefined {
    return this.#tlsPort;
  }

  /** @throws HTTP_PORT_TAKEN, HTTP_PORT_FORBIDDEN naming address and port, TLS_CERTIFICATE_UNUSABLE */
  async start(): Promise<void> {
    const { host, port, logger, tls, clock } = this.#options;
    await listenOn(this.server, host, port, logger);
    this.own('listener', () => this.#stop());
    if (tls !== undefined) {
      const encrypted = new TlsListener({ ...tls, host, http1: this.server, clock, logger });
      this.own('encrypted listener', (reason) => encrypted.close(reason));
      await encrypted.start();
      this.#tlsPort = encrypted.port;
    }
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
