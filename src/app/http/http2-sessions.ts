/** Connections of HTTP/2: requests for the program go to the origin as streams, all others to the server of HTTP/1.1. */
import { type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { type TLSSocket } from 'node:tls';
import { type RequestSender } from '../../hls/index.ts';
import { bridgeToHttp1 } from './http2-bridge.ts';

/** As long as a connection of HTTP/1.1 that nothing comes over. */
const idleMs = 75_000;
/** Streams of one connection at once: two held requests per rendition, with a margin; more wait at the client. */
const maxConcurrentStreams = 100;
const maxSessionMemoryMegabytes = 10;
const maxHeaderListBytes = 16_384;

export type StreamHandler = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  socket: RequestSender['socket'],
) => void;

export interface Http2SessionsOptions {
  /** Answers what is below `/hls/`. */
  readonly hls: StreamHandler;
  /** Answers the rest. */
  readonly http1: Server;
}

export class Http2Sessions {
  readonly #server;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor({ hls, http1 }: Http2SessionsOptions) {
    this.#server = createServer({
      maxSessionMemory: maxSessionMemoryMegabytes,
      settings: { maxConcurrentStreams, maxHeaderListSize: maxHeaderListBytes, enableConnectProtocol: false },
    });
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      const { remoteAddress } = session.socket;
      // Not in order: whoever takes nothing any more would hold it open for ever.
      session.setTimeout(idleMs, () => session.destroy());
      // A client that broke off or broke the protocol; the session is closed by then.
      session.on('error', () => session.destroy());
      session.once('close', () => this.#sessions.delete(session));
      session.on('stream', (stream, headers) => {
        // A client that resets its stream is no error of ours; without a listener it would end the process.
        stream.on('error', () => undefined);
        if (isHls(headers)) hls(stream, headers, { remoteAddress });
        else bridgeToHttp1(stream, headers, http1, { remoteAddress, encrypted: true });
      });
    });
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Takes the connection over. */
  serve(socket: TLSSocket): void {
    this.#server.emit('connection', socket);
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
  }
}

function isHls(headers: IncomingHttpHeaders): boolean {
  return String(headers[':path']).startsWith('/hls/');
}
