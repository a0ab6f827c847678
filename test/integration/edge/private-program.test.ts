/** A private program at the origin and behind the deployed edge: who gets it, who does not, and what that costs the origin. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessTokens } from '../../../src/app/auth/access-tokens.ts';
import { PlaybackGate } from '../../../src/app/auth/playback-gate.ts';
import { FakeClock } from '../../../src/core/clock.ts';
import { type EdgeProgram, startEdgeProgram } from '../../support/edge-program.ts';
import { smallestVideoUri } from '../../support/hls-client.ts';
import { type OriginServer, type Reply, startRequest, until } from '../../support/hls-http.ts';
import { type TestProgram } from '../../support/hls-program.ts';
import { type VarnishEdge } from '../../support/varnish-edge.ts';
import { waitFor } from '../../support/wait-for.ts';

const webinarId = 'webinar-1';
const media = `${webinarId}/session-1/video`;
const playlist = `${media}/media.m3u8`;
const segment = `${media}/0.m4s`;

let program: EdgeProgram;
let test: TestProgram;
let clock: FakeClock;
let tokens: AccessTokens;
let gate: PlaybackGate;
let server: OriginServer;
let edge: VarnishEdge;

beforeEach(async () => {
  clock = new FakeClock(Date.now());
  tokens = new AccessTokens(generateKeyPairSync('ed25519').privateKey, clock);
  gate = new PlaybackGate({ tokens, clock, privateIds: [webinarId] });
  program = await startEdgeProgram({ access: gate });
  ({ test, server, edge } = program);
});

afterEach(() => program.close());

const issue = (lifetimeSec = 3600, id = webinarId) => tokens.issuePlayback({ webinarId: id, lifetimeSec });
const atEdge = (path: string, headers: Record<string, string> = {}) =>
  startRequest(edge.port, `/hls/${path}`, { headers }).reply;
const atOrigin = (path: string, headers: Record<string, string> = {}) => server.get(`/hls/${path}`, headers);
const refusalOf = ({ status, body }: Reply): string =>
  `${status} ${(JSON.parse(body.toString() || '{}') as { error?: { code: string } }).error?.code}`;
/** What the origin was asked for besides verdicts, without tokens. */
const contentTargets = () =>
  server.targets.filter((target) => !target.endsWith('/auth')).map((target) => target.replace(/^\/hls\/t\/[^/]+/, ''));
const verdictCount = () => server.targets.filter((target) => target.endsWith('/auth')).length;

async function wrongTokens(): Promise<Record<string, string>> {
  const valid = await issue();
  const [head, claims, signature] = valid.split('.') as [string, string, string];
  const forger = new AccessTokens(generateKeyPairSync('ed25519').privateKey, clock);
  const other = Buffer.from(Buffer.from(claims, 'base64url').toString().replace(webinarId, 'webinar-9')).toString(
    'base64url',
  );
  return {
    forged: await forger.issuePlayback({ webinarId, lifetimeSec: 3600 }),
    edited: `${head}.${other}.${signature}`,
    unsigned: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.${signature}`,
    invitation: await tokens.issueInvite({ webinarId, role: 'viewer', displayName: 'V', lifetimeSec: 3600 }),
  };
}

describe.each([
  { place: 'the origin', get: atOrigin },
  { place: 'the edge', get: atEdge },
])('at $place', ({ get }) => {
  it('plays with a token in the path, from the multivariant playlist along its relative addresses', async () => {
    const start = `t/${await issue()}/${webinarId}/multivariant.m3u8`;
    const multivariant = await get(start);
    expect(multivariant.status).toBe(200);
    const uri = smallestVideoUri(multivariant.body.toString());
    const list = new URL(uri, `http://x/hls/${start}`).pathname;
    const { status, body } = await get(list.slice('/hls/'.length));
    expect(status).toBe(200);
    const part = new URL(/URI="(3\.1\.m4s)"/.exec(body.toString())![1]!, `http://x${list}`).pathname;
    const reply = await get(part.slice('/hls/'.length));
    expect([reply.status, reply.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
  });

  it('plays with the token in a cookie, and no shared cache may keep it', async () => {
    const cookie = `theme=dark; rostrum-playback=${await issue()}; x=y`;
    const reply = await get(segment, { cookie });
    expect([reply.status, reply.headers['cache-control']]).toEqual([200, 'private, max-age=31536000, immutable']);
    const verdict = await get(`${webinarId}/auth`, { cookie });
    expect([verdict.status, verdict.headers['cache-control']]).toEqual([204, 'private, max-age=900']);
    // At the same addresses: a cache that kept them would refuse everybody.
    for (const path of [segment, `${webinarId}/auth`]) {
      const refused = await get(path);
      expect([refused.status, refused.headers['cache-control']]).toEqual([401, 'private, max-age=1']);
    }
  });

  it('refuses who has no token, also what others have loaded before, in path and cookie', async () => {
    expect((await get(`t/${await issue()}/${segment}`)).status).toBe(200);
    expect((await get(`t/${await issue()}/${playlist}`)).status).toBe(200);
    for (const path of [segment, playlist, `${webinarId}/multivariant.m3u8`, `${webinarId}/auth`])
      expect([path, refusalOf(await get(path))]).toEqual([path, '401 AUTH_INVITATION_REQUIRED']);
    for (const [name, token] of Object.entries(await wrongTokens())) {
      expect([name, refusalOf(await get(`t/${token}/${segment}`))]).toEqual([name, '401 AUTH_TOKEN_INVALID']);
      const byCookie = await get(segment, { cookie: `rostrum-playback=${token}` });
      expect([name, refusalOf(byCookie)]).toEqual([name, '401 AUTH_TOKEN_INVALID']);
    }
    const other = await issue(3600, 'webinar-2');
    expect(refusalOf(await get(`t/${other}/${segment}`))).toBe('403 AUTH_TOKEN_OF_OTHER_WEBINAR');
    // The token opens its own webinar, not another one whose path it is put in front of.
    expect(refusalOf(await get(`t/${other}/webinar-2/session-1/video/0.m4s`))).toMatch(/^404/);
  });

  it('refuses before holding: whoever may not watch waits for nothing', async () => {
    const ahead = `${playlist}?_HLS_msn=3&_HLS_part=2`;
    const { forged } = await wrongTokens();
    expect(refusalOf(await get(ahead))).toBe('401 AUTH_INVITATION_REQUIRED');
    expect(refusalOf(await get(`t/${forged}/${ahead}`))).toBe('401 AUTH_TOKEN_INVALID');
    expect(server.origin.heldRequestCount).toBe(0);
  });

  it('refuses what is no token in front of the path', async () => {
    const prefixes = ['t/', 't/x/', 't//', 't/a.b.c', `t/${'a'.repeat(1500)}/`, 't/a.b/../', 't/%2e.b.c/'];
    for (const prefix of prefixes) expect([401, 404]).toContain((await get(`${prefix}${segment}`)).status);
  });

  it('lets everybody in again when the webinar becomes public, token or not', async () => {
    gate.setVisibility(webinarId, 'unlisted');
    for (const path of [segment, `t/${await issue()}/${segment}`]) expect((await get(path)).status).toBe(200);
  });
});

describe('the edge', () => {
  it('tells nothing of what others loaded to headers that claim to be admitted', async () => {
    await atEdge(`t/${await issue()}/${segment}`);
    const reply = await atEdge(segment, {
      'Rostrum-Stage': 'admitted',
      'Rostrum-Target': `/hls/${segment}`,
      'Rostrum-Carrier': 'path',
    });
    expect(refusalOf(reply)).toBe('401 AUTH_INVITATION_REQUIRED');
    expect((await atEdge(segment, { 'Rostrum-Token': 'a.b.c' })).status).toBe(401);
  });

  it('100 viewers with a token each are one held request, and one question per token for all they ever load', async () => {
    const issued = await Promise.all(Array.from({ length: 100 }, () => issue()));
    const load = (path: string) => Promise.all(issued.map((token) => atEdge(`t/${token}/${path}`)));
    const replies = load(`${playlist}?utm=1&_HLS_skip=YES&_HLS_part=2&_HLS_msn=3`);
    await until(() => server.origin.heldRequestCount > 0, 'the origin holds the request');
    test.feedParts(1);
    const bodies = new Set((await replies).map(({ status, body }) => `${status} ${body.toString()}`));
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).toMatch(/^200 #EXTM3U/);
    const parts = await load(`${media}/3.2.m4s`);
    expect(new Set(parts.map(({ status }) => status))).toEqual(new Set([200]));
    expect(contentTargets()).toEqual([`/${playlist}?_HLS_msn=3&_HLS_part=2&_HLS_skip=YES`, `/${media}/3.2.m4s`]);
    expect(verdictCount()).toBe(100);
  });

  it('a verdict ends with its token', async () => {
    const token = await issue(2);
    expect((await atEdge(`t/${token}/${segment}`)).status).toBe(200);
    clock.advance(63_000);
    const refused = await waitFor('the edge to ask again', async () => {
      const reply = await atEdge(`t/${token}/${segment}`);
      return reply.status === 200 ? undefined : reply;
    });
    expect(refusalOf(refused)).toBe('401 AUTH_TOKEN_EXPIRED');
  });

  it('what cannot be a token is refused without asking the origin', async () => {
    for (const token of ['x', 'a.b', 'a.b.c.d', 'a..c', '%2e.b.c', `${'a'.repeat(101)}.b.c`])
      expect([token, refusalOf(await atEdge(`t/${token}/${segment}`))]).toEqual([token, '401 AUTH_TOKEN_INVALID']);
    expect(server.targets).toEqual([]);
  });

  it("a refused token is asked about once a second at most, and changes nothing for others' answers", async () => {
    const { forged } = await wrongTokens();
    await Promise.all(Array.from({ length: 50 }, () => atEdge(`t/${forged}/${segment}`)));
    expect(server.targets.length).toBe(1);
    expect((await atEdge(`t/${await issue()}/${segment}`)).status).toBe(200);
  });

  it('serves ranges and heads of what it admitted', async () => {
    const token = await issue();
    const whole = await atEdge(`t/${token}/${segment}`);
    const range = await atEdge(`t/${token}/${segment}`, { range: 'bytes=0-99', 'if-none-match': '"x"' });
    expect([range.status, range.body.equals(whole.body.subarray(0, 100))]).toEqual([206, true]);
    const head = await startRequest(edge.port, `/hls/t/${token}/${segment}`, { method: 'HEAD' }).reply;
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const unchanged = await atEdge(`t/${token}/${segment}`, { 'if-none-match': whole.headers.etag! });
    expect(unchanged.status).toBe(304);
  });
});
