/** When a page goes to the store, when it comes back, and that it does neither again and again. */
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { type LostPlayer, StreamSource } from '../../../../web/src/watch/stream-source.ts';

const addresses = { hlsUrl: '/hls/w/multivariant.m3u8', fallbackHlsUrl: 'https://cdn.example/w/multivariant.m3u8' };
const networkError = (httpStatus?: number) =>
  ({ kind: 'network', isFatal: true, httpStatus, details: 'levelLoadError' }) as const;
const lost = (change: Partial<LostPlayer> = {}): LostPlayer => ({
  ...{ error: networkError(), isOnline: true, isShifted: false, attempt: 1 },
  ...change,
});

function setUp() {
  const clock = new FakeClock();
  const looks: string[] = [];
  /** What the origin says: nothing, the same again and again, or a program that goes on. */
  const state: { says: 'nothing' | 'the same' | 'more'; returns: number } = { says: 'nothing', returns: 0 };
  const source = new StreamSource({
    scheduler: clock,
    readProgram: (url) => {
      looks.push(url);
      const playlists = { nothing: undefined, 'the same': 'playlist', more: `playlist ${looks.length}` };
      return Promise.resolve(playlists[state.says]);
    },
    onReturn: () => state.returns++,
  });
  return { clock, looks, state, source };
}

/** The program goes on at the origin; resolves when the source is back there. @returns ms */
async function timeToReturn({ clock, state, source }: ReturnType<typeof setUp>): Promise<number> {
  state.says = 'more';
  const fromMs = clock.nowMs();
  while (source.isFallback && clock.nowMs() - fromMs < 3_600_000) await clock.advanceAsync(1000, 1000);
  return clock.nowMs() - fromMs;
}

describe('StreamSource', () => {
  it('failed leads to the store when the origin does not answer', () => {
    const { source } = setUp();
    expect(source.urlOf(addresses)).toBe(addresses.hlsUrl);
    expect(source.failed(addresses, lost())).toBe(true);
    expect(source.urlOf(addresses)).toBe(addresses.fallbackHlsUrl);
  });

  it.each<[string, { hlsUrl: string; fallbackHlsUrl: string | null } | undefined, Partial<LostPlayer>]>([
    ['there is no store', { ...addresses, fallbackHlsUrl: null }, {}],
    ['nothing is known of the webinar', undefined, {}],
    ['the origin says that there is no such program', addresses, { error: networkError(404) }],
    ['this device is offline', addresses, { isOnline: false }],
    ['decoding failed', addresses, { error: { ...networkError(), kind: 'media' } }],
    ['the viewer has gone back and would lose the place', addresses, { isShifted: true }],
  ])('failed stays at the origin when %s', (_why, given, change) => {
    const { source } = setUp();
    expect(source.failed(given, lost(change))).toBe(false);
    expect(source.isFallback).toBe(false);
  });

  it.each([undefined, 408, 429, 500, 503])('failed leads to the store for status %s', (httpStatus) => {
    expect(setUp().source.failed(addresses, lost({ error: networkError(httpStatus) }))).toBe(true);
  });

  it('failed leads to the store even somebody who has gone back, after three tries', () => {
    expect(setUp().source.failed(addresses, lost({ isShifted: true, attempt: 3 }))).toBe(true);
  });

  it('returns when the program is seen to go on, and not before', async () => {
    const setup = setUp();
    const { clock, looks, state, source } = setup;
    source.failed(addresses, lost());
    await clock.advanceAsync(30_000, 500);
    expect(looks.length).toBeGreaterThanOrEqual(2);
    expect(new Set(looks)).toEqual(new Set([addresses.hlsUrl]));
    // What a cache kept of it, for ever the same.
    state.says = 'the same';
    await clock.advanceAsync(60_000, 500);
    expect([source.isFallback, state.returns]).toEqual([true, 0]);
    expect(await timeToReturn(setup)).toBeLessThan(26_000);
    expect([source.isFallback, state.returns, clock.pendingTimerCount]).toEqual([false, 1, 0]);
  });

  it('comes back more and more seldom when each return fails at once', async () => {
    const setup = setUp();
    const times: number[] = [];
    for (let round = 0; round < 4; round++) {
      expect(setup.source.failed(addresses, lost())).toBe(true);
      times.push(await timeToReturn(setup));
      setup.clock.advance(5000);
    }
    expect(times[3]!).toBeGreaterThan(60_000);
    // A return that held makes it quick again.
    setup.clock.advance(120_000);
    setup.source.failed(addresses, lost());
    expect(await timeToReturn(setup)).toBeLessThan(40_000);
  });

  it('does not go to a store again for a while that failed as well: it would show the same seconds again and again', () => {
    const { clock, source } = setUp();
    source.failed(addresses, lost());
    expect(source.failed(addresses, lost({ error: { ...networkError(), details: 'rostrumStuck' } }))).toBe(false);
    expect(source.urlOf(addresses)).toBe(addresses.hlsUrl);
    expect(source.failed(addresses, lost())).toBe(false);
    clock.advance(61_000);
    expect(source.failed(addresses, lost())).toBe(true);
    source.failed(addresses, lost());
    clock.advance(61_000);
    expect(source.failed(addresses, lost())).toBe(false);
  });

  it('reset ends the looking', async () => {
    const { clock, looks, source } = setUp();
    source.failed(addresses, lost());
    source.reset();
    await clock.advanceAsync(30_000, 500);
    expect(looks).toEqual([]);
    expect(source.isFallback).toBe(false);
  });
});
