/** Hands a request of HTTP/2 to the server of HTTP/1.1 and its answer back: Express knows no other. */
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request, type Server } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { pipeline } from 'node:stream';
import { connectInMemory, type MemoryPeer } from './memory-connection.ts';

/** Of one connection (RFC 9113 section 8.2.2): the other side has its own. */
const connectionHeaders: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te', 'expect', 'http2-settings'],
  // Announces what is not passed on.
  'trailer',
]);

export function bridgeToHttp1(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  server: Server,
  peer: MemoryPeer,
): void {
  const hasBody = !stream.endAfterHeaders;
  const isUnframed = hasBody && headers['content-length'] === undefined;
  const asked = request({
    createConnection: () => connectInMemory(server, peer),
    method: String(headers[':method']),
    path: String(headers[':path']),
    headers: {
      ...forwarded(headers),
      host: String(headers[':authority'] ?? headers.host ?? 'localhost'),
      ...(isUnframed ? { 'transfer-encoding': 'chunked' } : {}),
    },
  });
  stream.once('close', () => asked.destroy());
  asked.once('response', (answer) => {
    if (stream.destroyed || stream.closed || stream.headersSent) return;
    stream.respond({ ':status': answer.statusCode ?? 502, ...forwarded(answer.headers) });
    // A failure on either side has ended both.
    pipeline(answer, stream, () => undefined);
  });
  asked.once('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  if (hasBody) pipeline(stream, asked, () => undefined);
  else asked.end();
}

function forwarded(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name, value]) => !name.startsWith(':') && value !== undefined && !connectionHeaders.has(name),
    ),
  );
}
