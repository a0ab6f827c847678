import { describe, expect, it } from 'vitest';
import { isLocalRequest } from '../../../../src/app/http/local-request.ts';
import { type ForwardedRequest, TrustedProxies } from '../../../../src/app/http/trusted-proxies.ts';
import { parseRange } from '../../../../src/app/http/recording-media.ts';

function request(remoteAddress: string, headers: Record<string, string>) {
  return { headers, socket: { remoteAddress } };
}

const isLocal = (received: ForwardedRequest, trusted: readonly string[] = []): boolean =>
  isLocalRequest(received, new TrustedProxies(trusted));

describe('isLocalRequest', () => {
  it('is true for a browser on this machine', () => {
    for (const [address, host] of [
      ['127.0.0.1', 'localhost:8080'],
      ['::1', '[::1]:8080'],
      ['::ffff:127.0.0.1', '127.0.0.1'],
    ]) {
      expect(isLocal(request(address!, { host: host! }))).toBe(true);
    }
  });

  it('is false for another machine, a proxy, and a name re-bound to loopback', () => {
    expect(isLocal(request('192.0.2.9', { host: 'localhost:8080' }))).toBe(false);
    expect(isLocal(request('127.0.0.1', { host: 'localhost', 'x-forwarded-for': '192.0.2.9' }))).toBe(false);
    expect(isLocal(request('127.0.0.1', { host: 'evil.example:8080' }))).toBe(false);
    expect(isLocal(request('127.0.0.1', {}))).toBe(false);
  });

  it('is false for another machine that says it is this one', () => {
    expect(isLocal(request('192.0.2.9', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }))).toBe(false);
  });

  it('is false for whatever comes through a trusted proxy, whoever it says it asks for', () => {
    for (const forwardedFor of [{}, { 'x-forwarded-for': '127.0.0.1' }, { 'x-forwarded-for': '127.0.0.1, 192.0.2.9' }])
      expect(isLocal(request('127.0.0.1', { host: 'localhost:8080', ...forwardedFor }), ['127.0.0.1'])).toBe(false);
    expect(isLocal(request('10.0.0.1', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }), ['10.0.0.0/8'])).toBe(
      false,
    );
    expect(isLocal(request('127.0.0.1', { host: 'localhost' }), ['10.0.0.0/8'])).toBe(true);
  });
});

describe('parseRange', () => {
  it('returns inclusive positions for first, open and suffix ranges', () => {
    expect(parseRange('bytes=0-9', 100)).toEqual({ start: 0, end: 9 });
    expect(parseRange('bytes=90-', 100)).toEqual({ start: 90, end: 99 });
    expect(parseRange('bytes=-10', 100)).toEqual({ start: 90, end: 99 });
    expect(parseRange('bytes=50-500', 100)).toEqual({ start: 50, end: 99 });
  });

  it('is unsatisfiable beyond the end', () => {
    expect(parseRange('bytes=100-', 100)).toBe('unsatisfiable');
    expect(parseRange('bytes=-0', 100)).toBe('unsatisfiable');
  });

  it('ignores what is no single byte range', () => {
    for (const header of [undefined, 'bytes=5-3', 'bytes=-', 'bytes=0-1,3-4', 'items=0-1'])
      expect(parseRange(header, 100)).toBeUndefined();
  });
});
