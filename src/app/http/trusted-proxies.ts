/** What reverse proxies say about a request, believed only from the proxies that the configuration names. */
import { type IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The part of a request that tells where it came from. */
export type ForwardedRequest = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean };
};

const unknownAddress = 'unknown';
/** A name or an address in brackets, perhaps with a port: nothing that could bring a path or a user into a link. */
const authorityPattern = /^([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i;

export class TrustedProxies {
  readonly #ranges = new BlockList();

  /** @param ranges what `isProxyRange` accepts; nobody is trusted when there are none. */
  constructor(ranges: readonly string[]) {
    for (const range of ranges.map(parseRange)) {
      if (range !== undefined) this.#ranges.addSubnet(range.address, range.prefixLength, range.family);
    }
  }

  /** True when the connection itself comes from a trusted proxy. */
  isProxied(request: ForwardedRequest): boolean {
    return this.#isTrusted(peerOf(request));
  }

  /**
   * The address of the client: the nearest one on the way here that is no trusted proxy. X-Forwarded-For is read from
   * its end, where the nearest proxy writes; what stands further left was sent by the client and may be invented.
   */
  clientAddressOf(request: ForwardedRequest): string {
    let address = peerOf(request);
    for (const hop of listOf(request, 'x-forwarded-for').reverse()) {
      if (!this.#isTrusted(address)) break;
      const said = parseAddress(hop);
      // A proxy that hides or garbles its client answers for it.
      if (said === undefined) break;
      address = said;
    }
    return address;
  }

  /** Scheme and authority that the client asked for, without a trailing slash. */
  baseUrlOf(request: ForwardedRequest): string {
    const isProxied = this.isProxied(request);
    const own = request.socket.encrypted === true ? 'https' : 'http';
    const [scheme = own] = isProxied ? listOf(request, 'x-forwarded-proto') : [];
    const [authority] = isProxied ? listOf(request, 'x-forwarded-host') : [];
    const isUsable = authority !== undefined && authorityPattern.test(authority);
    const host = isUsable ? authority : (request.headers.host ?? 'localhost');
    return `${scheme.toLowerCase() === 'https' ? 'https' : 'http'}://${host}`;
  }

  #isTrusted(address: string): boolean {
    const family = familyOf(address);
    return family !== undefined && this.#ranges.check(address, family);
  }
}

/** True for an IP address and for a range in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3). */
export function isProxyRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

function parseRange(text: string) {
  const [, address = '', length] = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const family = familyOf(address);
  if (family === undefined) return undefined;
  const maxLength = family === 'ipv4' ? 32 : 128;
  const prefixLength = Number(length ?? maxLength);
  return prefixLength <= maxLength ? { address, family, prefixLength } : undefined;
}

function peerOf(request: ForwardedRequest): string {
  return parseAddress(request.socket.remoteAddress ?? '') ?? unknownAddress;
}

/** One spelling per address: without port, zone and the IPv6 form of IPv4 addresses. */
function parseAddress(text: string): string | undefined {
  const [, bracketed, withPort] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  const address = (bracketed ?? withPort ?? text)
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=[\d.]+$)/i, '')
    .toLowerCase();
  return isIP(address) === 0 ? undefined : address;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}

function listOf(request: ForwardedRequest, header: string): string[] {
  const value = request.headers[header];
  return value === undefined
    ? []
    : String(value)
        .split(',')
        .map((item) => item.trim());
}
