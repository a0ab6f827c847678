/** Tells a browser on this machine from everyone else: loopback peer, loopback name, no proxy in between. */
import { type ForwardedRequest, type TrustedProxies } from './trusted-proxies.ts';

/**
 * The Host header must be a loopback name too: a foreign page whose name was re-bound to 127.0.0.1 reaches the
 * loopback address from this machine's browser, but under its own name. A proxy hides that name, and one that is
 * trusted may forget to say for whom it asks: nothing that comes through a proxy is local.
 */
export function isLocalRequest(request: ForwardedRequest, proxies: TrustedProxies): boolean {
  const address = proxies.clientAddressOf(request);
  const isLoopback = address === '::1' || address.startsWith('127.');
  const isProxied =
    proxies.isProxied(request) ||
    request.headers['x-forwarded-for'] !== undefined ||
    request.headers.forwarded !== undefined ||
    request.headers.via !== undefined;
  return isLoopback && !isProxied && /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(request.headers.host ?? '');
}
