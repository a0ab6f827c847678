import { describe, expect, it, vi } from 'vitest';
import { VerifiedTokens } from '../../../../src/app/auth/verified-tokens.ts';
import { appError } from '../../../../src/app/errors.ts';
import { FakeClock } from '../../../../src/core/clock.ts';

const tokenOf = (text: string) => `${'h'.repeat(20)}.${text.padEnd(60, '-')}.${'s'.repeat(86)}`;

function setUp(maxKnown = 10) {
  const clock = new FakeClock();
  const verify = vi.fn(async (token: string) => {
    if (token.includes('forged')) throw appError('AUTH_TOKEN_INVALID');
    if (token.includes('old')) throw appError('AUTH_TOKEN_EXPIRED');
    return { token, expiresAtSec: clock.wallMs() / 1000 + 100 };
  });
  const tokens = new VerifiedTokens({ verify, clock, maxKnown });
  const get = async (text: string, clientKey = '192.0.2.1') => tokens.get(tokenOf(text), clientKey);
  return { clock, verify, get, tokens };
}

describe('VerifiedTokens', () => {
  it('get verifies a token once, also for those who come together, and gives it at once from then on', async () => {
    const { verify, get, tokens } = setUp();
    await Promise.all([get('ada'), get('ada'), get('ada')]);
    expect(verify).toHaveBeenCalledTimes(1);
    expect(tokens.get(tokenOf('ada'), '')).toMatchObject({ token: tokenOf('ada') });
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it('get refuses a known token when its time and the leeway are over', async () => {
    const { clock, get } = setUp();
    await get('ada');
    clock.advance(161_000);
    await expect(get('ada')).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED' });
  });

  it('one wrong token is one guess, however many wait for its verification', async () => {
    const { get } = setUp();
    await Promise.allSettled(Array.from({ length: 100 }, () => get('forged')));
    await expect(get('ada')).resolves.toBeDefined();
  });

  it('tokens that have expired are no guesses: newcomers of the same address get in', async () => {
    const { get } = setUp();
    for (let page = 0; page < 100; page++)
      await expect(get(`old-${page}`)).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED' });
    await expect(get('ada')).resolves.toBeDefined();
  });

  it('guesses beyond 60 in a minute cost no signature, and others are not held up', async () => {
    const { clock, verify, get } = setUp();
    for (let guess = 0; guess < 60; guess++) await get(`forged-${guess}`).catch(() => undefined);
    await expect(get('forged-60')).rejects.toMatchObject({ code: 'AUTH_RATE_LIMITED' });
    expect(verify).toHaveBeenCalledTimes(60);
    await expect(get('ada', '203.0.113.5')).resolves.toBeDefined();
    clock.advance(61_000);
    await expect(get('bob')).resolves.toBeDefined();
  });

  it('remembers so many tokens and no more', async () => {
    const { verify, get } = setUp(2);
    for (const name of ['ada', 'bob', 'cid', 'ada']) await get(name);
    expect(verify).toHaveBeenCalledTimes(4);
    await get('cid');
    expect(verify).toHaveBeenCalledTimes(4);
  });
});
