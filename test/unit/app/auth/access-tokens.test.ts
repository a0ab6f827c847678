import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { AccessTokens } from '../../../../src/app/auth/access-tokens.ts';
import { FakeClock } from '../../../../src/core/clock.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const invite = { webinarId: 'w1', role: 'panelist', displayName: 'Ada 李', lifetimeSec: 3600 } as const;

function setUp() {
  const clock = new FakeClock();
  return { clock, tokens: new AccessTokens(privateKey, clock) };
}

describe('AccessTokens', () => {
  it('verify returns what issueInvite was given', async () => {
    const { tokens } = setUp();
    const grant = await tokens.verify(await tokens.issueInvite(invite));
    expect(grant).toMatchObject({ webinarId: 'w1', role: 'panelist', displayName: 'Ada 李' });
    expect(grant.grantId).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('verify returns the title of a person, and none when the invitation has none', async () => {
    const { tokens } = setUp();
    const titled = await tokens.verify(await tokens.issueInvite({ ...invite, title: 'CTO, Example Inc.' }));
    expect(titled.title).toBe('CTO, Example Inc.');
    expect((await tokens.verify(await tokens.issueInvite(invite))).title).toBeUndefined();
  });

  it("verify returns an interpreter's channel, and none for the floor", async () => {
    const { tokens } = setUp();
    const interpreter = await tokens.verify(await tokens.issueInvite({ ...invite, audioChannelId: 'pt-br' }));
    expect(interpreter.audioChannelId).toBe('pt-br');
    expect((await tokens.verify(await tokens.issueInvite(invite))).audioChannelId).toBeUndefined();
  });

  it('verify rejects with AUTH_TOKEN_EXPIRED beyond lifetime and leeway', async () => {
    const { tokens, clock } = setUp();
    const token = await tokens.issueInvite(invite);
    clock.advance((3600 + 59) * 1000);
    await expect(tokens.verify(token)).resolves.toBeDefined();
    clock.advance(2000);
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED' });
  });

  it('verify rejects a token signed by another key', async () => {
    const { tokens, clock } = setUp();
    const forged = new AccessTokens(generateKeyPairSync('ed25519').privateKey, clock);
    await expect(tokens.verify(await forged.issueInvite(invite))).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
  });

  it('verify rejects alg none and HS256 keyed with the public key', async () => {
    const { tokens, clock } = setUp();
    const nowSec = clock.wallMs() / 1000;
    const claims = { webinarId: 'w1', role: 'host', name: 'Eve' };
    const none = new UnsecuredJWT(claims)
      .setIssuer('rostrum')
      .setAudience('rostrum/stage')
      .setJti('x')
      .setExpirationTime(nowSec + 60)
      .setNotBefore(nowSec)
      .encode();
    const symmetric = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('rostrum')
      .setAudience('rostrum/stage')
      .setJti('x')
      .setNotBefore(nowSec)
      .setExpirationTime(nowSec + 60)
      .sign(Buffer.alloc(32, 1));
    for (const token of [none, symmetric, 'not.a.token', '']) {
      await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
    }
  });

  it('verify rejects a recording link, and verifyRecordingLink an invitation', async () => {
    const { tokens } = setUp();
    const link = await tokens.issueRecordingLink({ recordingId: 'r1', purpose: 'play', lifetimeSec: 60 });
    await expect(tokens.verifyRecordingLink(link)).resolves.toMatchObject({ recordingId: 'r1', purpose: 'play' });
    await expect(tokens.verify(link)).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
    await expect(tokens.verifyRecordingLink(await tokens.issueInvite(invite))).rejects.toMatchObject({
      code: 'AUTH_TOKEN_INVALID',
    });
  });
});

describe('viewers', () => {
  const viewer = { ...invite, role: 'viewer' } as const;

  it("a viewer's invitation opens the viewer page and not the stage", async () => {
    const { tokens } = setUp();
    const token = await tokens.issueInvite(viewer);
    await expect(tokens.verifyViewer(token)).resolves.toMatchObject({ webinarId: 'w1', role: 'viewer' });
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
  });

  it('an invitation to the stage opens the viewer page, too', async () => {
    const { tokens } = setUp();
    await expect(tokens.verifyViewer(await tokens.issueInvite(invite))).resolves.toMatchObject({ role: 'panelist' });
  });

  it('a playback token tells webinar and end, and is no invitation', async () => {
    const { tokens, clock } = setUp();
    const token = await tokens.issuePlayback({ webinarId: 'w1', lifetimeSec: 600 });
    const expiresAtSec = clock.wallMs() / 1000 + 600;
    await expect(tokens.verifyPlayback(token)).resolves.toEqual({ webinarId: 'w1', expiresAtSec });
    await expect(tokens.verifyViewer(token)).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
  });
});
