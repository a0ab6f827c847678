/** One answer of the server under check, with everything the HTTP rules look at. */
import { type IncomingHttpHeaders } from 'node:http';

export interface CheckAnswer {
  /** The one that answered: the last of the redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded. */
  readonly body: Buffer;
  /** Addresses that sent on to another one. */
  readonly redirects: readonly string[];
  /** Monotonic ms. */
  readonly askedAtMs: number;
  /** Of the first byte of the body; of the end when there is none. */
  readonly firstByteAtMs: number;
  readonly endAtMs: number;
}

/** Value of one Cache-Control directive: '' for one without a value, undefined for none. */
export function cacheDirective(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const directive of (headers['cache-control'] ?? '').split(',')) {
    const [key, value = ''] = directive.trim().split('=', 2);
    if (key!.toLowerCase() === name) return value.replace(/"/g, '');
  }
  return undefined;
}

export function maxAgeSec(headers: IncomingHttpHeaders): number | undefined {
  const text = cacheDirective(headers, 's-maxage') ?? cacheDirective(headers, 'max-age');
  return text !== undefined && /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined;
}

export function isUncacheable(headers: IncomingHttpHeaders): boolean {
  return ['no-store', 'no-cache', 'private'].some((name) => cacheDirective(headers, name) !== undefined);
}
