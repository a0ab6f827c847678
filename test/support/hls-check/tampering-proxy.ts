/** Stands between a checker and a good origin and spoils answers: a real HTTP server with one fault. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type OriginServer, type Reply } from '../hls-http.ts';

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
}

export interface SpoiledReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Bytes are sent one half after the other, so far apart. */
  readonly trickleMs?: number;
  /** Nothing is sent at all. */
  readonly isSilent?: boolean;
}

export interface Tampering {
  /** What the origin is asked instead; undefined: the same. */
  readonly ask?: (request: ProxiedRequest) => string | undefined;
  /** What is answered instead; undefined: the same. */
  readonly answer?: (request: ProxiedRequest, reply: SpoiledReply) => SpoiledReply | undefined;
}

export class TamperingProxy {
  readonly #origin: OriginServer;
  readonly #tampering: Tampering;
  readonly #server: Server;

  constructor(origin: OriginServer, tampering: Tampering) {
    this.#origin = origin;
    this.#tampering = tampering;
    this.#server = createServer((req, res) => void this.#handle(req, res));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [path = '', query = ''] = req.url!.split('?', 2);
    const request = { method: req.method!, path, query };
    const target = this.#tampering.ask?.(request) ?? req.url!;
    const accept = req.headers['accept-encoding'];
    const headers = accept === undefined ? undefined : { 'accept-encoding': String(accept) };
    const upstream = this.#origin.start(target, { method: request.method, ...(headers && { headers }) });
    res.once('close', () => upstream.req.destroy());
    let reply: Reply;
    try {
      reply = await upstream.reply;
    } catch {
      res.destroy();
      return;
    }
    const given = { ...reply, headers: reply.headers as SpoiledReply['headers'] };
    await send(res, this.#tampering.answer?.(request, given) ?? given);
  }
}

async function send(res: ServerResponse, reply: SpoiledReply): Promise<void> {
  if (reply.isSilent === true) return;
  for (const [name, value] of Object.entries(reply.headers)) {
    const isOwn = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'].includes(name);
    if (value !== undefined && !isOwn) res.setHeader(name, value);
  }
  if ('content-length' in reply.headers) res.setHeader('content-length', reply.body.length);
  res.writeHead(reply.status);
  if (reply.trickleMs !== undefined) {
    res.write(reply.body.subarray(0, reply.body.length / 2));
    await new Promise((resolve) => setTimeout(resolve, reply.trickleMs));
  }
  res.end(reply.trickleMs === undefined ? reply.body : reply.body.subarray(reply.body.length / 2));
}

/** The same answer with another text. */
export function withText(reply: SpoiledReply, change: (text: string) => string): SpoiledReply {
  const isZipped = reply.headers['content-encoding'] === 'gzip';
  const text = change((isZipped ? gunzipSync(reply.body) : reply.body).toString());
  return { ...reply, body: isZipped ? gzipSync(text) : Buffer.from(text) };
}

export function withHeaders(reply: SpoiledReply, headers: SpoiledReply['headers']): SpoiledReply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

export function refused(reply: SpoiledReply, status: number): SpoiledReply {
  return {
    ...reply,
    status,
    body: Buffer.from('{}'),
    headers: { 'content-length': '2', 'access-control-allow-origin': '*' },
  };
}
