import { mkdtempSync, rmSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AccessTokens } from '../../../src/app/auth/access-tokens.ts';
import { PlaybackGate } from '../../../src/app/auth/playback-gate.ts';
import { languageRoutes } from '../../../src/app/http/language-routes.ts';
import { type Route } from '../../../src/app/http/route.ts';
import { webinarRoutes } from '../../../src/app/http/webinar-routes.ts';
import { openDatabase } from '../../../src/app/store/database.ts';
import { WebinarStore } from '../../../src/app/store/webinar-store.ts';
import { channelAmong, languageChannels, languagesSchema } from '../../../src/app/webinars/languages.ts';
import { StageRoster } from '../../../src/app/webinars/stage-roster.ts';
import { WebinarService } from '../../../src/app/webinars/webinar-service.ts';
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type MixerParticipant } from '../../../src/mixer/index.ts';

const german = { tag: 'de', name: 'Deutsch' };
const brazilian = { tag: 'pt-BR', name: 'Português' };

describe('languagesSchema', () => {
  it.each([
    ['nothing', []],
    ['tags with script and region', [german, brazilian, { tag: 'zh-Hant-TW', name: '中文' }]],
  ])('takes %s', (_what, languages) => {
    expect(languagesSchema.parse(languages)).toEqual(languages);
  });

  it.each([
    ['no language tag', [{ tag: 'deutsch', name: 'Deutsch' }]],
    ["the floor's name for a channel", [{ tag: 'main', name: 'Main' }]],
    ['a tag that leads out of a path', [{ tag: '../de', name: 'Deutsch' }]],
    ['a language twice, in other letters', [german, { tag: 'DE', name: 'Deutsch 2' }]],
    ['a name twice', [german, { tag: 'de-AT', name: 'Deutsch' }]],
    ["the floor's own name", [{ tag: 'de', name: 'Program' }]],
    ['an empty name', [{ tag: 'de', name: ' ' }]],
    ['seven languages', ['de', 'fr', 'es', 'it', 'pt', 'nl', 'pl'].map((tag) => ({ tag, name: tag }))],
  ])('refuses %s', (_what, languages) => {
    expect(languagesSchema.safeParse(languages).success).toBe(false);
  });
});

describe('languageChannels', () => {
  it('gives path-safe channel ids and tags in canonical form', () => {
    expect(languageChannels([{ tag: 'PT-br', name: 'Português' }])).toEqual([
      { channelId: 'pt-br', languageTag: 'pt-BR', name: 'Português' },
    ]);
  });
});

describe('channelAmong', () => {
  it('finds a language in any letters and throws WEBINAR_LANGUAGE_UNKNOWN for others', () => {
    expect(channelAmong([german, brazilian], 'PT-BR')).toBe('pt-br');
    expect(() => channelAmong([german], 'fr')).toThrow(expect.objectContaining({ code: 'WEBINAR_LANGUAGE_UNKNOWN' }));
  });
});

describe('the calls about languages', () => {
  let tokens: AccessTokens;
  let call: (method: Route['method'], path: string, params: object, body?: object) => Promise<unknown>;

  beforeEach(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rostrum-languages-'));
    const database = await openDatabase(join(folder, 'rostrum.sqlite'));
    onTestFinished(async () => {
      await database.destroy();
      rmSync(folder, { recursive: true });
    });
    const clock = new FakeClock();
    const store = new WebinarStore(database, clock);
    tokens = new AccessTokens(generateKeyPairSync('ed25519').privateKey, clock);
    const service = new WebinarService({
      store,
      maxLiveWebinars: 1,
      assertRoomFor: () => undefined,
      clock,
      logger: silentLogger,
      startSession: async () => ({ sessionId: 's', end: async () => undefined, close: async () => undefined }),
      onStateChanged: () => undefined,
    });
    const gate = new PlaybackGate({ tokens, clock, privateIds: [] });
    const options = { store, service, tokens, gate, inviteLifetimeHours: 1, wallMs: () => clock.wallMs() };
    const routes = [...webinarRoutes(options), ...languageRoutes({ store, service })];
    call = async (method, path, params, body = {}) => {
      const route = routes.find((one) => one.method === method && one.path === path)!;
      const request = { headers: {}, isLocal: true, baseUrl: 'https://example.org', caller: undefined };
      const parsedBody: unknown = route.body === undefined ? undefined : route.body.parse(body);
      return route.handle({ ...request, params, body: parsedBody } as never);
    };
  });

  const create = async (body: object) => (await call('post', '/api/webinars', {}, body)) as { webinarId: string };

  it('POST /api/webinars keeps the languages, PUT replaces them, GET tells them', async () => {
    const { webinarId } = await create({ title: 'Town hall', languages: [german] });
    expect(await call('get', '/api/webinars/:webinarId', { webinarId })).toMatchObject({ languages: [german] });
    await call('put', '/api/webinars/:webinarId/languages', { webinarId }, { languages: [german, brazilian] });
    const languages = await call('get', '/api/webinars/:webinarId/languages', { webinarId });
    expect(languages).toEqual({ languages: [german, brazilian] });
    expect(await call('get', '/api/webinars/:webinarId', await create({ title: 'Plain' }))).toMatchObject({
      languages: [],
    });
  });

  it('PUT for an unknown webinar answers WEBINAR_NOT_FOUND', async () => {
    const put = call('put', '/api/webinars/:webinarId/languages', { webinarId: 'nobody' }, { languages: [] });
    await expect(put).rejects.toMatchObject({ code: 'WEBINAR_NOT_FOUND' });
  });

  it('POST invites with a channel gives a token that carries it, in any letters', async () => {
    const { webinarId } = await create({ title: 'Town hall', languages: [brazilian] });
    const invite = { role: 'panelist', name: 'Ivy', channel: 'PT-br' };
    const { token } = (await call('post', '/api/webinars/:webinarId/invites', { webinarId }, invite)) as {
      token: string;
    };
    expect(await tokens.verify(token)).toMatchObject({ displayName: 'Ivy', audioChannelId: 'pt-br' });
  });

  it('POST invites with a title gives a token that carries it, and refuses one with controls or without end', async () => {
    const { webinarId } = await create({ title: 'Town hall' });
    const invite = (title: string) =>
      call('post', '/api/webinars/:webinarId/invites', { webinarId }, { role: 'panelist', name: 'Ivy', title });
    const { token } = (await invite('CTO, Example Inc.')) as { token: string };
    expect(await tokens.verify(token)).toMatchObject({ displayName: 'Ivy', title: 'CTO, Example Inc.' });
    for (const title of ['a\u0000b', 'x'.repeat(81)])
      await expect(invite(title)).rejects.toMatchObject({ issues: [{ path: ['title'] }] });
  });

  it('a language added while live is warned of, in PUT languages and in POST invites, until the next go-live', async () => {
    const { webinarId } = await create({ title: 'Town hall', languages: [german] });
    const at = { webinarId };
    const live = (isLive: boolean) => call('post', '/api/webinars/:webinarId/live', at, { live: isLive });
    const invite = (channel: string) =>
      call('post', '/api/webinars/:webinarId/invites', at, { role: 'panelist', name: 'Ivy', channel });
    await live(true);
    const put = await call('put', '/api/webinars/:webinarId/languages', at, { languages: [german, brazilian] });
    const warnings = [{ code: 'WEBINAR_CHANNEL_NOT_CARRIED', channelId: 'pt-br' }];
    expect(put).toMatchObject({ languages: [german, brazilian], warnings });
    expect(await invite('pt-BR')).toMatchObject({ warnings });
    expect(await invite('de')).not.toHaveProperty('warnings');
    await live(false);
    await live(true);
    expect(await invite('pt-BR')).not.toHaveProperty('warnings');
  });

  it('POST invites refuses a language that the webinar has not, and a host with a channel', async () => {
    const { webinarId } = await create({ title: 'Town hall', languages: [german] });
    const invite = (body: object) =>
      call('post', '/api/webinars/:webinarId/invites', { webinarId }, { name: 'Ivy', ...body });
    await expect(invite({ role: 'panelist', channel: 'fr' })).rejects.toMatchObject({
      code: 'WEBINAR_LANGUAGE_UNKNOWN',
    });
    await expect(invite({ role: 'host', channel: 'de' })).rejects.toMatchObject({ issues: [{ path: ['channel'] }] });
  });
});

describe('StageRoster', () => {
  it('tells the mixer what people are', () => {
    const roster = new StageRoster(new FakeClock());
    roster.peerJoined({ webinarId: 'w', peerId: 'ivy', displayName: 'Ivy', title: 'CTO', role: 'panelist' });
    const heard: unknown[] = [];
    roster.watch('w', (participants) => heard.push(...participants));
    expect(heard).toMatchObject([{ displayName: 'Ivy', title: 'CTO' }]);
  });

  it("tells the mixer an interpreter's channel and who is one", () => {
    const roster = new StageRoster(new FakeClock());
    const ivy = { webinarId: 'w', peerId: 'ivy' };
    const ann = { webinarId: 'w', peerId: 'ann' };
    roster.peerJoined({ ...ivy, displayName: 'Ivy', role: 'panelist', audioChannelId: 'de' });
    roster.peerJoined({ ...ann, displayName: 'Ann', role: 'panelist' });
    let participants: readonly MixerParticipant[] = [];
    roster.watch('w', (all) => (participants = all));
    expect(participants.map(({ audioChannelId }) => audioChannelId)).toEqual(['de', undefined]);
    expect([roster.isInterpreter(ivy), roster.isInterpreter(ann)]).toEqual([true, false]);
    expect([roster.isOnStage('w', 'ivy'), roster.isOnStage('w', 'ann')]).toEqual([false, true]);
    roster.peerLeft(ivy);
    expect(roster.isInterpreter(ivy)).toBe(false);
  });
});
