import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { type PlayerError } from '../../../../web/src/watch/recovery-policy.ts';
import { StreamSource } from '../../../../web/src/watch/stream-source.ts';

const addresses = { hlsUrl: '/hls/w/multivariant.m3u8', fallbackHlsUrl: 'https://cdn.example/w/multivariant.m3u8' };
const networkError = (httpStatus?: number): PlayerError => ({
  ...{ kind: 'network', isFatal: true, httpStatus, details: 'levelLoadError' },
});

function setUp() {
  const clock = new FakeClock();
  const looks: string[] = [];
  const state = { isReachable: false, returns: 0 };
  const source = new StreamSource({
    scheduler: clock,
    isReachable: (url) => {
      looks.push(url);
      return Promise.resolve(state.isReachable);
    },
    onReturn: () => state.returns++,
  });
  return { clock, looks, state, source };
}

describe('StreamSource', () => {
  it('failed leads to the other address when the origin does not answer, and back when that fails as well', () => {
    const { source } = setUp();
    expect(source.urlOf(addresses)).toBe(addresses.hlsUrl);
    expect(source.failed(addresses, networkError(), true)).toBe(true);
    expect(source.urlOf(addresses)).toBe(addresses.fallbackHlsUrl);
    expect(source.failed(addresses, networkError(404), true)).toBe(false);
    expect(source.urlOf(addresses)).toBe(addresses.hlsUrl);
    expect(source.failed(addresses, networkError(503), true)).toBe(true);
  });

  it.each<[string, typeof addresses | { hlsUrl: string; fallbackHlsUrl: null } | undefined, PlayerError, boolean]>([
    ['there is no other address', { ...addresses, fallbackHlsUrl: null }, networkError(), true],
    ['nothing is known of the webinar', undefined, networkError(), true],
    ['the origin says that there is no such program', addresses, networkError(404), true],
    ['this device is offline', addresses, networkError(), false],
    ['decoding failed', addresses, { ...networkError(), kind: 'media' }, true],
  ])('failed stays at the origin when %s', (_why, given, error, isOnline) => {
    const { source } = setUp();
    expect(source.failed(given, error, isOnline)).toBe(false);
    expect(source.isFallback).toBe(false);
  });

  it('returns after two good looks in a row', async () => {
    const { clock, looks, state, source } = setUp();
    source.failed(addresses, networkError(), true);
    await clock.advanceAsync(30_000, 500);
    expect(looks.length).toBeGreaterThanOrEqual(2);
    expect(new Set(looks)).toEqual(new Set([addresses.hlsUrl]));
    expect(state.returns).toBe(0);
    state.isReachable = true;
    await clock.advanceAsync(7000, 500);
    expect(state.returns).toBe(0);
    await clock.advanceAsync(19_000, 500);
    expect(state.returns).toBe(1);
    expect(source.isFallback).toBe(false);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('reset ends the looking', async () => {
    const { clock, looks, source } = setUp();
    source.failed(addresses, networkError(), true);
    source.reset();
    await clock.advanceAsync(30_000, 500);
    expect(looks).toEqual([]);
    expect(source.isFallback).toBe(false);
  });
});
