import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { AccessTokens } from '../../../../src/app/auth/access-tokens.ts';
import { PlaybackGate } from '../../../../src/app/auth/playback-gate.ts';
import { FakeClock } from '../../../../src/core/clock.ts';

const { privateKey } = generateKeyPairSync('ed25519');

function setUp() {
  const clock = new FakeClock();
  const tokens = new AccessTokens(privateKey, clock);
  const verify = vi.spyOn(tokens, 'verifyPlayback');
  const gate = new PlaybackGate({ tokens, clock, privateIds: ['secret'] });
  const admit = async (token: string | undefined, webinarId = 'secret', clientKey = '192.0.2.1') =>
    gate.admit({ webinarId, token, clientKey });
  const issue = (lifetimeSec = 3600, webinarId = 'secret') => tokens.issuePlayback({ webinarId, lifetimeSec });
  const forge = () =>
    new AccessTokens(generateKeyPairSync('ed25519').privateKey, clock).issuePlayback({
      webinarId: 'secret',
      lifetimeSec: 3600,
    });
  return { clock, tokens, verify, gate, admit, issue, forge };
}

describe('PlaybackGate', () => {
  it('admits anybody to a webinar that is not private, without looking at a token', async () => {
    const { admit, verify } = setUp();
    expect(await admit(undefined, 'open')).toMatchObject({ isPrivate: false });
    expect(await admit('nonsense', 'open')).toMatchObject({ isPrivate: false });
    expect(verify).not.toHaveBeenCalled();
  });

  it('admits to a private webinar for as long as the token lives, and verifies each token once', async () => {
    const { admit, issue, verify, clock } = setUp();
    const token = await issue(100);
    const together = await Promise.all([admit(token), admit(token), admit(token)]);
    expect(together).toEqual(Array(3).fill({ isPrivate: true, validForSec: 100 }));
    clock.advance(40_500);
    expect(await admit(token)).toEqual({ isPrivate: true, validForSec: 59 });
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it('refuses a token that it admitted before, once it has expired', async () => {
    const { admit, issue, clock } = setUp();
    const token = await issue(100);
    await admit(token);
    clock.advance(159_000);
    expect(await admit(token)).toEqual({ isPrivate: true, validForSec: 0 });
    clock.advance(2_000);
    await expect(admit(token)).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED' });
  });

  it.each([
    ['none', () => undefined, 'AUTH_INVITATION_REQUIRED'],
    ['that is no token', () => 'a.b.c', 'AUTH_TOKEN_INVALID'],
    ['that somebody else signed', ({ forge }: ReturnType<typeof setUp>) => forge(), 'AUTH_TOKEN_INVALID'],
    ['of another webinar', ({ issue }: ReturnType<typeof setUp>) => issue(100, 'open'), 'AUTH_TOKEN_OF_OTHER_WEBINAR'],
    [
      'that is an invitation',
      ({ tokens }: ReturnType<typeof setUp>) =>
        tokens.issueInvite({ webinarId: 'secret', role: 'viewer', displayName: 'V', lifetimeSec: 60 }),
      'AUTH_TOKEN_INVALID',
    ],
  ])('refuses a token %s', async (_what, make, code) => {
    const parts = setUp();
    await expect(parts.admit(await make(parts))).rejects.toMatchObject({ code });
  });

  it('checks no signature for what cannot be a token', async () => {
    const { admit, verify } = setUp();
    for (const token of ['', 'x', `${'a'.repeat(2000)}.${'b'.repeat(50)}.${'c'.repeat(86)}`])
      await expect(admit(token)).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
    expect(verify).not.toHaveBeenCalled();
  });

  it('checks no more guesses of an address after 60 in a minute; tokens it knows and other addresses go on', async () => {
    const { admit, issue, forge, verify, clock } = setUp();
    const known = await issue();
    await admit(known);
    for (let guess = 0; guess < 60; guess++)
      await expect(admit(await forge())).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
    const checked = verify.mock.calls.length;
    await expect(admit(await forge())).rejects.toMatchObject({ code: 'AUTH_RATE_LIMITED' });
    expect(verify).toHaveBeenCalledTimes(checked);
    await expect(admit(known)).resolves.toMatchObject({ isPrivate: true });
    await expect(admit(await issue(), 'secret', '192.0.2.2')).resolves.toMatchObject({ isPrivate: true });
    clock.advance(61_000);
    await expect(admit(await issue())).resolves.toMatchObject({ isPrivate: true });
  });

  it('follows setVisibility from the next request on', async () => {
    const { admit, gate } = setUp();
    gate.setVisibility('open', 'private');
    await expect(admit(undefined, 'open')).rejects.toMatchObject({ code: 'AUTH_INVITATION_REQUIRED' });
    for (const visibility of ['public', 'unlisted'] as const) {
      gate.setVisibility('open', visibility);
      expect(await admit(undefined, 'open')).toMatchObject({ isPrivate: false });
    }
  });
});
