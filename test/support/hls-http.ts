/** An origin behind a real loopback HTTP server, and a client that sends exactly the path it is given. */
import { once } from 'node:events';
import { type ClientRequest, createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Clock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Metrics } from '../../src/core/metrics.ts';
import { createHlsOrigin, type HlsConfig, type HlsOrigin, type HlsOriginOptions } from '../../src/hls/index.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request under way, so that a test can abort it; its reply is read to the end. */
export function startRequest(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): { req: ClientRequest; reply: Promise<Reply> } {
  const req = request({ host: '127.0.0.1', port, path, ...options, agent: false });
  const reply = new Promise<Reply>((resolve, reject) => {
    req.once('error', reject);
    req.once('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.once('error', reject);
      res.once('end', () => resolve({ status: res.statusCode!, headers: res.headers, body: Buffer.concat(chunks) }));
    });
  });
  reply.catch(() => undefined);
  req.end();
  return { req, reply };
}

export class OriginServer {
  readonly origin: HlsOrigin;
  readonly metrics = new Metrics();
  /** Every request target that arrived, in order. */
  readonly targets: string[] = [];
  readonly #server: Server;

  constructor(config: HlsConfig, clock: Clock, options: Pick<HlsOriginOptions, 'clientKeyOf' | 'access'> = {}) {
    this.origin = createHlsOrigin({ config, clock, logger: silentLogger, metrics: this.metrics, ...options });
    this.#server = createServer((req, res) => {
      this.targets.push(req.url!);
      void this.origin.handle(req, res);
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  start(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
    return startRequest(this.port, path, options);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.start(path, { headers }).reply;
  }

  async close(): Promise<void> {
    this.origin.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Lets the event loop turn until the condition holds. @throws Error after `deadlineMs` */
export async function until(condition: () => boolean, what: string, deadlineMs = 5000): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`Waited ${deadlineMs} ms for: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
