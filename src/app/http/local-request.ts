/** Tells a browser on this machine from everyone else: loopback peer, loopback name, no proxy in between. */
import { type IncomingMessage } from 'node:http';

/**
 * The Host header must be a loopback name too: a foreign page whose name was re-bound to 127.0.0.1 reaches the
 * loopback address from this machine's browser, but under its own name.
 */
export function isLocalRequest(
  request: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } },
): boolean {
  const address = request.socket.remoteAddress ?? '';
  const isLoopback = address === '::1' || /^(::ffff:)?127\./.test(address);
  const isProxied =
    request.headers['x-forwarded-for'] !== undefined ||
    request.headers.forwarded !== undefined ||
    request.headers.via !== undefined;
  return isLoopback && !isProxied && /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(request.headers.host ?? '');
}
