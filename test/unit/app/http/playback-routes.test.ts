import { mkdtempSync, rmSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AccessTokens } from '../../../../src/app/auth/access-tokens.ts';
import { PlaybackGate } from '../../../../src/app/auth/playback-gate.ts';
import { playbackRoutes } from '../../../../src/app/http/playback-routes.ts';
import { type Route } from '../../../../src/app/http/route.ts';
import { webinarRoutes } from '../../../../src/app/http/webinar-routes.ts';
import { openDatabase } from '../../../../src/app/store/database.ts';
import { WebinarStore } from '../../../../src/app/store/webinar-store.ts';
import { WebinarService } from '../../../../src/app/webinars/webinar-service.ts';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';

interface Created {
  readonly webinarId: string;
  readonly links: { readonly viewer: string; readonly host: string };
}

let tokens: AccessTokens;
let gate: PlaybackGate;
let store: WebinarStore;
let service: WebinarService;
let call: (
  method: Route['method'],
  path: string,
  request?: { params?: object; body?: object; bearer?: string },
) => Promise<unknown>;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rostrum-playback-'));
  const database = await openDatabase(join(folder, 'rostrum.sqlite'));
  onTestFinished(async () => {
    await database.destroy();
    rmSync(folder, { recursive: true });
  });
  const clock = new FakeClock();
  store = new WebinarStore(database, clock);
  tokens = new AccessTokens(generateKeyPairSync('ed25519').privateKey, clock);
  gate = new PlaybackGate({ tokens, clock, privateIds: [] });
  service = new WebinarService({
    store,
    maxLiveWebinars: 5,
    assertRoomFor: () => undefined,
    clock,
    logger: silentLogger,
    startSession: async () => ({ sessionId: 's', end: async () => undefined, close: async () => undefined }),
    onStateChanged: () => undefined,
  });
  const shared = { store, service, tokens, gate, inviteLifetimeHours: 1, wallMs: () => clock.wallMs() };
  const edge = { hlsPublicUrl: 'https://edge.example', playbackTokenLifetimeMinutes: 30, listPublicWebinars: true };
  const routes = [...webinarRoutes(shared), ...playbackRoutes({ ...shared, ...edge })];
  call = async (method, path, { params = {}, body = {}, bearer } = {}) => {
    const route = routes.find((one) => one.method === method && one.path === path)!;
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const request = { headers, isLocal: true, baseUrl: 'https://example.org', caller: undefined };
    const parsedBody: unknown = route.body === undefined ? undefined : route.body.parse(body);
    return route.handle({ ...request, params, body: parsedBody } as never);
  };
});

const create = async (body: object) => (await call('post', '/api/webinars', { body })) as Created;
const look = async (webinarId: string, bearer?: string) =>
  (await call('get', '/api/webinars/:webinarId/public', {
    params: { webinarId },
    ...(bearer === undefined ? {} : { bearer }),
  })) as { hlsUrl: string; title: string };
const invitationOf = (url: string): string => url.split('#')[1]!;

describe('a public or unlisted webinar', () => {
  it.each(['public', 'unlisted'])('%s is told and played without a token', async (visibility) => {
    const { webinarId, links } = await create({ title: 'Town hall', visibility });
    expect(links.viewer).toBe(`https://example.org/watch/${webinarId}`);
    expect(await look(webinarId)).toMatchObject({
      title: 'Town hall',
      hlsUrl: `https://edge.example/hls/${webinarId}/multivariant.m3u8`,
    });
  });

  it('is public when nothing was said', async () => {
    const { webinarId } = await create({ title: 'Town hall' });
    expect(await call('get', '/api/webinars/:webinarId', { params: { webinarId } })).toMatchObject({
      visibility: 'public',
    });
  });
});

describe('a private webinar', () => {
  it("is told to viewers with the invitation in the viewer's link, with an address that the gate admits", async () => {
    const { webinarId, links } = await create({ title: 'Board', visibility: 'private' });
    const { hlsUrl, title } = await look(webinarId, invitationOf(links.viewer));
    expect(title).toBe('Board');
    const [, token] = /^https:\/\/edge\.example\/hls\/t\/([^/]+)\/[^/]+\/multivariant\.m3u8$/.exec(hlsUrl)!;
    await expect(Promise.resolve(gate.admit({ webinarId, token, clientKey: 'x' }))).resolves.toEqual({
      isPrivate: true,
      validForSec: 1800,
    });
  });

  it('is told to who is invited to its stage, and to nobody else', async () => {
    const { webinarId, links } = await create({ title: 'Board', visibility: 'private' });
    const other = await create({ title: 'Other', visibility: 'private' });
    await expect(look(webinarId, invitationOf(links.host))).resolves.toBeDefined();
    await expect(look(webinarId)).rejects.toMatchObject({ code: 'AUTH_INVITATION_REQUIRED' });
    await expect(look(webinarId, 'a.b.c')).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
    await expect(look(webinarId, invitationOf(other.links.viewer))).rejects.toMatchObject({
      code: 'AUTH_TOKEN_OF_OTHER_WEBINAR',
    });
  });

  it('gives viewers a personal link, a host the link for all of them, and the API a playback token', async () => {
    const { webinarId } = await create({ title: 'Board', visibility: 'private' });
    const params = { webinarId };
    const body = { role: 'viewer', name: 'Ada' };
    const personal = (await call('post', '/api/webinars/:webinarId/invites', { params, body })) as { url: string };
    await expect(tokens.verifyViewer(invitationOf(personal.url))).resolves.toMatchObject({ displayName: 'Ada' });
    const shared = (await call('get', '/api/webinars/:webinarId/viewer-link', { params })) as { url: string };
    await expect(look(webinarId, invitationOf(shared.url))).resolves.toBeDefined();
    const given = (await call('post', '/api/webinars/:webinarId/playback', {
      params,
      body: { lifetimeMinutes: 2 },
    })) as { token: string };
    await expect(Promise.resolve(gate.admit({ webinarId, token: given.token, clientKey: 'x' }))).resolves.toMatchObject(
      { validForSec: 120 },
    );
  });

  it('where everybody may watch, a viewer’s own link has a token still, and the shared one has none', async () => {
    const { webinarId, links } = await create({ title: 'Town hall' });
    const params = { webinarId };
    const body = { role: 'viewer', name: 'Ada' };
    const given = await call('post', '/api/webinars/:webinarId/invites', { params, body });
    const { token, url } = given as { token: string; url: string };
    expect(invitationOf(url)).toBe(token);
    await expect(tokens.verifyViewer(token)).resolves.toMatchObject({ displayName: 'Ada' });
    const shared = (await call('get', '/api/webinars/:webinarId/viewer-link', { params })) as { url: string };
    expect([shared.url, links.viewer]).toEqual([url.split('#')[0], url.split('#')[0]]);
  });

  it('becomes open to all, and private again, by PUT visibility', async () => {
    const { webinarId } = await create({ title: 'Board', visibility: 'private' });
    const params = { webinarId };
    const put = (visibility: string) =>
      call('put', '/api/webinars/:webinarId/visibility', { params, body: { visibility } });
    await put('unlisted');
    await expect(look(webinarId)).resolves.toBeDefined();
    expect(gate.admit({ webinarId, token: undefined, clientKey: 'x' })).toMatchObject({ isPrivate: false });
    await put('private');
    await expect(look(webinarId)).rejects.toMatchObject({ code: 'AUTH_INVITATION_REQUIRED' });
    expect(await store.privateIds()).toEqual([webinarId]);
    await expect(put('secret')).rejects.toThrow();
  });
});

describe('GET /api/live', () => {
  it('lists what is live and public, and neither unlisted nor private webinars', async () => {
    const ids: Record<string, string> = {};
    for (const visibility of ['public', 'unlisted', 'private']) {
      const { webinarId } = await create({ title: visibility, visibility });
      ids[visibility] = webinarId;
      await service.setLive(webinarId, true);
    }
    await create({ title: 'not live' });
    expect(await call('get', '/api/live')).toEqual({
      webinars: [{ webinarId: ids.public, title: 'public', viewerUrl: `https://example.org/watch/${ids.public}` }],
    });
  });
});
