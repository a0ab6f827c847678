import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccessTokens } from '../../../src/app/auth/access-tokens.ts';
import { buildOpenApi } from '../../../src/app/http/openapi.ts';
import { programRoutes } from '../../../src/app/http/program-routes.ts';
import { ProgramControl } from '../../../src/app/program/program-control.ts';
import { openDatabase } from '../../../src/app/store/database.ts';
import { ProgramSettingsStore } from '../../../src/app/store/program-settings-store.ts';
import { WebinarStore } from '../../../src/app/store/webinar-store.ts';
import { FakeClock, systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { noSandbox } from '../../../src/mixer/ffmpeg/sandbox.ts';
import { PlainPictures } from '../../../src/mixer/index.ts';
import { type Role } from '../../../src/signaling/protocol/index.ts';
import { type ErrorBody, callApi } from '../../support/api.ts';
import { startApiServer } from '../../support/api-server.ts';
import { pngClaiming, tinyPng, tinyPngBase64 } from '../../support/tiny-picture.ts';
import { type AnsweringProgram, answeringProgram } from '../../support/mixer/answering-program.ts';

const apiKey = 'a-key-of-the-program-api-test';
let baseUrl: string;
let control: ProgramControl;
let tokens: AccessTokens;
let webinarId: string;
let otherId: string;
let program: AnsweringProgram;
let webinars: WebinarStore;
const ends: (() => unknown)[] = [];
/** Answers of the mixer come at once; only the deadline of those that never come is moved by hand. */
const mixerClock = new FakeClock();

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rostrum-program-api-'));
  const database = await openDatabase(':memory:');
  webinars = new WebinarStore(database, systemClock);
  tokens = AccessTokens.open(folder, systemClock);
  const pictures = new PlainPictures({
    canvas: { width: 1280, height: 720 },
    ffmpegPath: 'ffmpeg',
    sandbox: noSandbox,
    clock: systemClock,
    logger: silentLogger,
  });
  control = new ProgramControl({
    store: new ProgramSettingsStore(database, silentLogger),
    assertWebinar: (id) => webinars.get(id),
    isOnStage: (_webinarId, peerId) => peerId === 'ada',
    onChanged: () => undefined,
    plainPicture: (part, bytes) => pictures.make(part, bytes),
    clock: mixerClock,
    logger: silentLogger,
  });
  const server = await startApiServer({ routes: programRoutes({ control }), tokens, apiKey, dataDir: folder });
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
  webinarId = (await webinars.create({ title: 'One' })).webinar_id;
  otherId = (await webinars.create({ title: 'Other' })).webinar_id;
  program = answeringProgram();
  program.tell = (news) => control.handle(webinarId, news);
});

const goLive = () => control.attach(webinarId, program);

async function call<Body = ErrorBody>(method: string, what: string, body?: unknown, key: string | null = apiKey) {
  const options = { apiKey: key, ...(body === undefined ? {} : { body }) };
  return callApi<Body>({ baseUrl, apiKey }, method, `/api/webinars/${webinarId}/${what}`, options);
}

async function codeOf(method: string, what: string, body?: unknown, key?: string | null) {
  const answer = await call(method, what, body, key);
  return [answer.status, answer.body.error.code];
}

function invite(role: Role, of = webinarId, lifetimeSec = 60): Promise<string> {
  return tokens.issueInvite({ webinarId: of, role, displayName: 'N', lifetimeSec });
}

describe('PUT layout', () => {
  it('answers 200 with the frame that shows it while live, and GET tells both the decision and what is seen', async () => {
    await goLive();
    const put = await call<object>('PUT', 'layout', { layout: 'grid', pinnedIds: ['ada'], crossfade: true });
    expect(put.status).toBe(200);
    expect(put.body).toEqual({
      name: 'grid',
      participantIds: ['ada'],
      hiddenCount: 0,
      frameIndex: 42,
      mediaTimeSec: 12.4,
      atWallMs: 1_700_000_000_000,
    });
    expect((await call<object>('GET', 'layout')).body).toMatchObject({
      layout: 'grid',
      pinnedIds: ['ada'],
      crossfade: true,
      shown: { name: 'grid', tiles: [{ peerId: 'ada' }] },
    });
  });

  it('answers 409 PROGRAM_NOT_LIVE while not live and keeps it for the start', async () => {
    expect(await codeOf('PUT', 'layout', { layout: 'solo' })).toEqual([409, 'PROGRAM_NOT_LIVE']);
    expect((await call<object>('GET', 'layout')).body).toMatchObject({ layout: 'solo', shown: null });
    await goLive();
    expect(program.commands[1]).toMatchObject({ layout: { mode: 'fixed', name: 'solo' } });
  });

  it('answers 504 PROGRAM_NOT_APPLIED when the mixer stays silent', async () => {
    await goLive();
    program.isAnswering = false;
    const timersBefore = mixerClock.pendingTimerCount;
    const waiting = codeOf('PUT', 'layout', { layout: 'solo' });
    while (mixerClock.pendingTimerCount === timersBefore) await new Promise((resolve) => setImmediate(resolve));
    mixerClock.advance(60_000);
    expect(await waiting).toEqual([504, 'PROGRAM_NOT_APPLIED']);
  });

  it.each([
    ['a layout nobody knows', { layout: 'mosaic' }],
    ['nothing', {}],
    ['a field nobody knows', { layout: 'grid', colour: 'red' }],
    ['a list', [1]],
    ['pins that are no list', { layout: 'grid', pinnedIds: 'ada' }],
  ])('answers 400 to %s', async (_what, body) => {
    expect(await codeOf('PUT', 'layout', body)).toEqual([400, 'HTTP_BODY_INVALID']);
  });

  it('answers 404 to a pin on nobody and for a webinar that does not exist', async () => {
    const body = { layout: 'grid', pinnedIds: ['eve'] };
    expect(await codeOf('PUT', 'layout', body)).toEqual([404, 'PROGRAM_PARTICIPANT_UNKNOWN']);
    webinarId = 'nope';
    expect(await codeOf('PUT', 'layout', { layout: 'grid' })).toEqual([404, 'WEBINAR_NOT_FOUND']);
    expect(await codeOf('GET', 'layout')).toEqual([404, 'WEBINAR_NOT_FOUND']);
  });
});

describe('who may decide', () => {
  it('the API key and a host of this webinar', async () => {
    await goLive();
    expect((await call('PUT', 'layout', { layout: 'grid' }, await invite('host'))).status).toBe(200);
    expect((await call('GET', 'branding', undefined, await invite('host'))).status).toBe(200);
  });

  it('nobody else: no key, a wrong key, a panelist, a host of another webinar, an expired host', async () => {
    const body = { layout: 'grid' };
    const panelist = await invite('panelist');
    const stranger = await invite('host', otherId);
    const late = await invite('host', webinarId, -120);
    expect(await codeOf('PUT', 'layout', body, null)).toEqual([401, 'AUTH_API_KEY_MISSING']);
    expect(await codeOf('PUT', 'layout', body, 'wrong-key')).toEqual([401, 'AUTH_API_KEY_WRONG']);
    expect(await codeOf('PUT', 'layout', body, `${panelist.slice(0, -4)}AAAA`)).toEqual([401, 'AUTH_API_KEY_WRONG']);
    expect(await codeOf('PUT', 'layout', body, panelist)).toEqual([403, 'AUTH_PERMISSION_REQUIRED']);
    expect(await codeOf('PUT', 'layout', body, stranger)).toEqual([403, 'AUTH_PERMISSION_REQUIRED']);
    expect(await codeOf('PUT', 'layout', body, late)).toEqual([401, 'AUTH_TOKEN_EXPIRED']);
  });

  it('a body of several megabytes is read only from those who may, and only for the look', async () => {
    const imageBase64 = Buffer.concat([tinyPng, Buffer.alloc(2_000_000)]).toString('base64');
    expect(await codeOf('PUT', 'branding', { logo: { imageBase64 } }, 'wrong-key')).toEqual([
      401,
      'AUTH_API_KEY_WRONG',
    ]);
    expect(await codeOf('PUT', 'branding', { logo: { imageBase64 } })).toEqual([409, 'PROGRAM_NOT_LIVE']);
    expect(await codeOf('PUT', 'scene', { kind: 'live', text: imageBase64 })).toEqual([400, 'HTTP_BODY_INVALID']);
  });
});

describe('PUT scene and PUT branding', () => {
  it('answer 200 while live', async () => {
    await goLive();
    const scene = { kind: 'countdown', untilWallMs: 1_900_000_000_000, text: 'Soon' };
    expect((await call<object>('PUT', 'scene', scene)).body).toEqual({
      kind: 'countdown',
      frameIndex: 42,
      mediaTimeSec: 12.4,
      atWallMs: 1_700_000_000_000,
    });
    expect((await call<object>('GET', 'scene')).body).toEqual({ scene });
    const look = {
      theme: { base: 'light' },
      ticker: 'News',
      logo: { imageBase64: tinyPngBase64 },
    };
    expect((await call<object>('PUT', 'branding', look)).body).toEqual({ frameIndex: 42, problems: [] });
    expect((await call<object>('GET', 'branding')).body).toEqual({
      theme: 'light',
      ticker: 'News',
      banner: '',
      bannerDetail: '',
      hasLogo: true,
      hasBackground: false,
    });
  });

  it.each([
    ['scene', { kind: 'party' }],
    ['scene', { kind: 'countdown' }],
    ['branding', { theme: 'light' }],
    ['branding', { logo: { imageBase64: 'no base64!' } }],
    ['branding', { style: 'body{}' }],
  ])('answer 400 to a bad %s: %j', async (what, body) => {
    expect(await codeOf('PUT', what, body)).toEqual([400, 'HTTP_BODY_INVALID']);
  });
});

describe('PUT branding', () => {
  it('answers 422 to a file that is no picture and 413 to one that claims 400 megapixels, and keeps neither', async () => {
    const send = (file: Buffer) => codeOf('PUT', 'branding', { logo: { imageBase64: file.toString('base64') } });
    expect(await send(Buffer.from('no picture'))).toEqual([422, 'MIXER_IMAGE_INVALID']);
    expect(await send(pngClaiming(20_000, 20_000))).toEqual([413, 'MIXER_IMAGE_TOO_LARGE']);
    expect((await call<object>('GET', 'branding')).body).toMatchObject({ hasLogo: false });
  });
});

describe('OpenAPI', () => {
  it('describes the calls from the schemas that validate, with their codes and both ways to be let in', () => {
    const api = buildOpenApi(programRoutes({ control }), '1') as {
      paths: Record<
        string,
        Record<string, { security: object[]; requestBody?: unknown; responses: { default: object } }>
      >;
    };
    expect(Object.keys(api.paths)).toEqual(
      ['layout', 'scene', 'branding'].map((what) => `/api/webinars/{webinarId}/${what}`),
    );
    const { put } = api.paths['/api/webinars/{webinarId}/layout']!;
    expect(put).toMatchObject({
      security: [{ apiKey: [] }, { stageToken: [] }],
      description: expect.stringContaining('changeLayout') as string,
    });
    expect(JSON.stringify(put!.requestBody)).toContain('side-by-side');
    expect(JSON.stringify(put!.responses.default)).toContain('PROGRAM_PARTICIPANT_UNKNOWN');
    expect(JSON.stringify(api.paths['/api/webinars/{webinarId}/scene'])).toContain('untilWallMs');
  });
});
