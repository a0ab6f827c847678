import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../../src/app/config.ts';
import { isProxyRange, TrustedProxies } from '../../../../src/app/http/trusted-proxies.ts';

const nobody = new TrustedProxies([]);
const edge = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8:1::/48']);

function request(remoteAddress: string | undefined, headers: Record<string, string> = {}) {
  return { headers, socket: { remoteAddress } };
}
const from = (proxies: TrustedProxies, remoteAddress: string | undefined, forwardedFor?: string): string =>
  proxies.clientAddressOf(
    request(remoteAddress, forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
  );

describe('clientAddressOf', () => {
  it('is the address of the connection by default, whatever the header says', () => {
    for (const address of ['192.0.2.9', '127.0.0.1', '2001:db8::1'])
      expect(from(nobody, address, '198.51.100.1')).toBe(address);
  });

  it('is the address of the connection for a client that is no trusted proxy and spoofs the header', () => {
    expect(from(edge, '192.0.2.9', '127.0.0.1')).toBe('192.0.2.9');
    expect(from(edge, '192.0.2.9', '10.1.1.1, 10.1.1.2')).toBe('192.0.2.9');
    expect(from(edge, '2001:db8:2::1', '127.0.0.1')).toBe('2001:db8:2::1');
  });

  it('is what a trusted proxy appended, not what the client sent before it', () => {
    expect(from(edge, '127.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
    expect(from(edge, '127.0.0.1', '127.0.0.1, 192.0.2.77, 198.51.100.1')).toBe('198.51.100.1');
    expect(from(edge, '127.0.0.1', 'garbage, 10.0.0.1;, 198.51.100.1')).toBe('198.51.100.1');
  });

  it('passes over every trusted proxy of a chain', () => {
    expect(from(edge, '127.0.0.1', '192.0.2.77, 198.51.100.1, 2001:db8:1::5, 10.20.30.40')).toBe('198.51.100.1');
    expect(from(edge, '::ffff:10.1.2.3', '10.1.2.4, 10.1.2.5')).toBe('10.1.2.4');
  });

  it('is the proxy nearest to the client when that one names nobody', () => {
    expect(from(edge, '127.0.0.1')).toBe('127.0.0.1');
    expect(from(edge, '127.0.0.1', '')).toBe('127.0.0.1');
    expect(from(edge, '127.0.0.1', '198.51.100.1, unknown')).toBe('127.0.0.1');
    expect(from(edge, '127.0.0.1', '198.51.100.1, _hidden, 10.0.0.7')).toBe('10.0.0.7');
  });

  it('spells one client one way: no port, no zone, IPv4 as IPv4, lower case', () => {
    expect(from(nobody, '::ffff:192.0.2.9')).toBe('192.0.2.9');
    expect(from(nobody, 'fe80::1%eth0')).toBe('fe80::1');
    expect(from(edge, '127.0.0.1', '198.51.100.1:4711')).toBe('198.51.100.1');
    expect(from(edge, '127.0.0.1', '[2001:DB8::1]:4711')).toBe('2001:db8::1');
    expect(from(edge, '127.0.0.1', '2001:DB8::1')).toBe('2001:db8::1');
    expect(from(nobody, undefined, '198.51.100.1')).toBe('unknown');
  });

  it('never throws, and returns the connection of an untrusted client, for any header', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (header) => {
        expect(from(edge, '192.0.2.9', header)).toBe('192.0.2.9');
        expect(from(edge, '127.0.0.1', header)).toMatch(/^[0-9a-f:.]+$/);
      }),
    );
  });
});

describe('baseUrlOf', () => {
  const forwarded = { host: 'inner:8080', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'webinar.example.org' };

  it('is scheme and host of the connection for everybody who is no trusted proxy', () => {
    expect(nobody.baseUrlOf(request('127.0.0.1', forwarded))).toBe('http://inner:8080');
    expect(edge.baseUrlOf(request('192.0.2.9', forwarded))).toBe('http://inner:8080');
    expect(nobody.baseUrlOf(request('127.0.0.1'))).toBe('http://localhost');
  });

  it('is what a trusted proxy says, as far as it says it', () => {
    expect(edge.baseUrlOf(request('127.0.0.1', forwarded))).toBe('https://webinar.example.org');
    expect(edge.baseUrlOf(request('127.0.0.1', { host: 'a.example', 'x-forwarded-proto': 'HTTPS, http' }))).toBe(
      'https://a.example',
    );
    expect(edge.baseUrlOf(request('127.0.0.1', { host: 'a.example' }))).toBe('http://a.example');
  });

  it('takes no scheme but http and https, and no host with a path, a user or a space', () => {
    const scheme = { host: 'a.example', 'x-forwarded-proto': 'javascript' };
    expect(edge.baseUrlOf(request('127.0.0.1', scheme))).toBe('http://a.example');
    for (const host of ['evil.example/x', 'user@evil.example', 'evil example', '', 'a'.repeat(300)]) {
      const headers = { host: 'a.example', 'x-forwarded-host': host };
      expect(edge.baseUrlOf(request('127.0.0.1', headers))).toBe('http://a.example');
    }
  });
});

describe('trustedProxies', () => {
  it('takes addresses and ranges of both families', () => {
    expect(readConfig({ ROSTRUM_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,2001:db8::/32' }).app.trustedProxies).toEqual([
      '127.0.0.1',
      '10.0.0.0/8',
      '2001:db8::/32',
    ]);
    expect(readConfig({}).app.trustedProxies).toEqual([]);
  });

  it.each(['proxy.example.org', '10.0.0.0/33', '::/129', '10.0.0', '10.0.0.1/', 'fe80::1%eth0', '*', 'loopback'])(
    'refuses %s',
    (range) => {
      expect(isProxyRange(range)).toBe(false);
      expect(() => readConfig({ ROSTRUM_TRUSTED_PROXIES: range })).toThrow(
        /app\.trustedProxies \(ROSTRUM_TRUSTED_PROXIES\) is .*each must be an IP address or a range/,
      );
    },
  );
});
