/** Rule 77: which HTTP version and TLS the server speaks. */
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { type Clock } from '../../../core/clock.ts';
import { type CheckAnswer } from '../http/answer.ts';
import { type Judge } from '../findings.ts';

export interface Connection {
  /** Of ALPN; undefined without TLS. */
  readonly protocol: string | undefined;
  /** `TLSv1.3`; undefined without TLS or when none came about. */
  readonly tlsVersion: string | undefined;
}

const deadlineMs = 5000;

/** Opens a connection of its own that offers HTTP/2 and closes it again. Never rejects. */
export async function probeConnection(url: string, clock: Clock): Promise<Connection> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'https:') return { protocol: undefined, tlsVersion: undefined };
  const { promise, resolve } = Promise.withResolvers<Connection>();
  // URLs keep IPv6 addresses in brackets, sockets do not; a server's name in TLS is never an address (RFC 6066 §3).
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({
    host,
    port: Number(port || 443),
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  const timer = clock.schedule(deadlineMs, () => resolve({ protocol: undefined, tlsVersion: undefined }));
  socket.once('secureConnect', () => {
    resolve({ protocol: socket.alpnProtocol || 'http/1.1', tlsVersion: socket.getProtocol() ?? undefined });
  });
  socket.on('error', () => resolve({ protocol: undefined, tlsVersion: undefined }));
  try {
    return await promise;
  } finally {
    timer.cancel();
    socket.destroy();
  }
}

/** @param answer any: HTTP/3 shows in Alt-Svc */
export function checkConnection(connection: Connection, answer: CheckAnswer, judge: Judge): void {
  const { protocol, tlsVersion } = connection;
  const { url } = answer;
  const isHttps = url.startsWith('https:');
  judge.hold(77, isHttps && (tlsVersion === 'TLSv1.3' || tlsVersion === 'TLSv1.2'), () => ({
    expected: 'TLS 1.2 or later',
    seen: isHttps ? (tlsVersion ?? 'no TLS connection') : 'http:',
    url,
  }));
  const hasHttp3 = /\bh3\b/.test(String(answer.headers['alt-svc'] ?? ''));
  judge.hold(77, protocol === 'h2' || hasHttp3, () => ({
    expected: 'HTTP/2 or HTTP/3',
    seen: protocol ?? 'HTTP/1.1 without TLS',
    url,
  }));
}
