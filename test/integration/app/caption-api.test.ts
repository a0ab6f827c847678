import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccessTokens } from '../../../src/app/auth/access-tokens.ts';
import { markRoutes } from '../../../src/app/http/mark-routes.ts';
import { captionRoutes } from '../../../src/app/http/caption-routes.ts';
import { buildOpenApi } from '../../../src/app/http/openapi.ts';
import { type Route } from '../../../src/app/http/route.ts';
import { captionChannels } from '../../../src/app/pipeline/renditions.ts';
import { openDatabase } from '../../../src/app/store/database.ts';
import { WebinarStore } from '../../../src/app/store/webinar-store.ts';
import { LiveMarks } from '../../../src/app/timed-text/live-marks.ts';
import { LiveCaptions } from '../../../src/app/timed-text/live-captions.ts';
import { TimedTextDesk } from '../../../src/app/timed-text/timed-text-desk.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type CaptionsAdded, type Role } from '../../../src/signaling/protocol/index.ts';
import { callApi, type ErrorBody } from '../../support/api.ts';
import { startApiServer } from '../../support/api-server.ts';
import { TestProgram } from '../../support/hls-program.ts';

const apiKey = 'a-key-of-the-caption-api-test';
const english = { tag: 'en', name: 'English' };
let baseUrl: string;
let tokens: AccessTokens;
let webinars: WebinarStore;
let webinarId: string;
let routes: Route[];
const desk = new TimedTextDesk((id) => webinars.get(id));
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rostrum-caption-api-'));
  const database = await openDatabase(':memory:');
  webinars = new WebinarStore(database, systemClock);
  tokens = AccessTokens.open(folder, systemClock);
  routes = [...captionRoutes({ store: webinars, desk }), ...markRoutes({ desk })];
  const server = await startApiServer({ routes, tokens, apiKey, dataDir: folder });
  ({ baseUrl } = server);
  ends.push(
    () => server.close(),
    () => database.destroy(),
    () => rmSync(folder, { recursive: true }),
  );
});
afterAll(async () => {
  for (const end of ends) await end();
});
beforeEach(async () => {
  webinarId = (await webinars.create({ title: 'One', captions: [english] })).webinar_id;
});

function call<Body = ErrorBody>(method: string, body?: unknown, key: string | null = apiKey) {
  const options = { apiKey: key, ...(body === undefined ? {} : { body }) };
  return callApi<Body>({ baseUrl, apiKey }, method, `/api/webinars/${webinarId}/captions`, options);
}

async function codeOf(method: string, body?: unknown, key?: string | null) {
  const answer = await call(method, body, key);
  return [answer.status, answer.body.error.code];
}

function goLive(): TestProgram {
  const test = new TestProgram({ hasCaptions: true });
  test.beginRun();
  test.feed(4.2);
  const channels = captionChannels([{ channelId: 'en', languageTag: 'en', name: 'English' }]);
  const { program, clock } = test;
  desk.attach(webinarId, {
    captions: new LiveCaptions({ channels, program, playoutDelayMs: 350, clock, onCaption: () => undefined }),
    marks: new LiveMarks({
      ...{ program, playoutDelayMs: 350, clock, logger: silentLogger },
      ...{ nameOf: () => undefined, onMark: () => undefined },
    }),
  });
  return test;
}

const hello = { cues: [{ language: 'en', text: 'Hello', startAtMs: 'now', durationMs: 2000 }] };
const invite = (role: Role, of = webinarId) =>
  tokens.issueInvite({ webinarId: of, role, displayName: 'N', lifetimeSec: 60 });

describe('POST captions', () => {
  it('answers 201 with when viewers see them, by the API key, a host and a captioner', async () => {
    const nowMs = goLive().clock.wallMs();
    for (const key of [apiKey, await invite('host'), await invite('captioner')]) {
      const { status, body } = await call<CaptionsAdded>('POST', hello, key);
      expect(status).toBe(201);
      const span = { startAtMs: nowMs, endAtMs: nowMs + 2000 };
      expect(body.cues).toMatchObject([{ ...span, shown: { ...span, delayMs: 0 } }]);
    }
  });

  it('refuses everybody else', async () => {
    goLive();
    expect(await codeOf('POST', hello, null)).toEqual([401, 'AUTH_API_KEY_MISSING']);
    expect(await codeOf('POST', hello, await invite('panelist'))).toEqual([403, 'AUTH_PERMISSION_REQUIRED']);
    expect(await codeOf('POST', hello, await invite('captioner', 'another'))).toEqual([
      403,
      'AUTH_PERMISSION_REQUIRED',
    ]);
  });

  it('answers 409 without a running event, 404 for a language it does not have, 400 for what is no caption', async () => {
    expect(await codeOf('POST', hello)).toEqual([409, 'TIMED_TEXT_NOT_LIVE']);
    goLive();
    const french = { cues: [{ ...hello.cues[0], language: 'fr' }] };
    expect(await codeOf('POST', french)).toEqual([404, 'CAPTIONS_LANGUAGE_UNKNOWN']);
    expect(await codeOf('POST', { cues: [] })).toEqual([400, 'HTTP_BODY_INVALID']);
    const old = { cues: [{ ...hello.cues[0], startAtMs: 1000 }] };
    expect(await codeOf('POST', old)).toEqual([400, 'CAPTIONS_TIME_INVALID']);
  });
});

describe('PUT and GET captions', () => {
  it('replace and tell the languages; a captioner may not', async () => {
    expect((await call<object>('GET')).body).toEqual({ languages: [english] });
    const languages = [english, { tag: 'de', name: 'Deutsch' }];
    expect((await call<object>('PUT', { languages })).status).toBe(200);
    expect((await call<object>('GET')).body).toEqual({ languages });
    expect(await codeOf('PUT', { languages }, await invite('captioner'))).toEqual([401, 'AUTH_API_KEY_WRONG']);
    expect(await codeOf('PUT', { languages: [english, english] })).toEqual([400, 'HTTP_BODY_INVALID']);
  });
});

describe('POST marks', () => {
  const post = (body: unknown, key: string | null = apiKey) =>
    callApi<ErrorBody>({ baseUrl, apiKey }, 'POST', `/api/webinars/${webinarId}/marks`, { apiKey: key, body });
  const slide = { type: 'slide', number: 3, title: 'Roadmap' };

  it('answers 201 with its span of program time, by the API key and a host, not by a captioner', async () => {
    const nowMs = goLive().clock.wallMs();
    const { status, body } = await post(slide, await invite('host'));
    expect([status, body]).toEqual([201, { markId: 'slide-0', startAtMs: nowMs, endAtMs: null }]);
    const question = { type: 'question', text: 'Why?', startAtMs: nowMs - 1000, clock: 'capture', durationMs: 5000 };
    expect((await post(question)).body).toEqual({
      ...{ markId: 'question-1', startAtMs: nowMs - 650, endAtMs: nowMs + 4350 },
    });
    expect((await post(slide, await invite('captioner'))).body.error.code).toBe('AUTH_PERMISSION_REQUIRED');
  });

  it.each([
    ['a type nobody knows', { type: 'confetti' }, 'HTTP_BODY_INVALID'],
    ['a slide without a title', { type: 'slide', number: 1 }, 'HTTP_BODY_INVALID'],
    ['a line break', { ...slide, title: 'a\nb' }, 'HTTP_BODY_INVALID'],
    ['a field nobody knows', { ...slide, url: 'x' }, 'HTTP_BODY_INVALID'],
    ['a time long ago', { ...slide, startAtMs: 1000 }, 'MARK_TIME_INVALID'],
  ])('refuses %s', async (_what, body, code) => {
    goLive();
    const answer = await post(body);
    expect([answer.status, answer.body.error.code]).toEqual([400, code]);
  });

  it('answers 409 without a running event', async () => {
    expect((await post(slide)).body.error.code).toBe('TIMED_TEXT_NOT_LIVE');
  });
});

it('OpenAPI describes who may send captions', () => {
  const description = buildOpenApi(routes, '1.0.0') as { paths: Record<string, Record<string, { security: unknown }>> };
  const { post, put } = description.paths['/api/webinars/{webinarId}/captions']!;
  expect(post?.security).toEqual([{ apiKey: [] }, { stageToken: [] }]);
  expect(put?.security).toEqual([{ apiKey: [] }]);
});
