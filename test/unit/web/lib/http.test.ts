import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../web/src/lib/api-error.ts';
import { requestJson } from '../../../../web/src/lib/http.ts';
import { parseDemo, parsePublicWebinar } from '../../../../web/src/lib/public-api.ts';

function answer(body: string, status: number): void {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })));
}
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (thrown: unknown) => thrown,
  );

describe('requestJson', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('resolves with the parsed body', async () => {
    answer('{"wallMs":5}', 200);
    await expect(requestJson('/api/time')).resolves.toEqual({ wallMs: 5 });
  });

  it("rejects with the server's code and status", async () => {
    answer('{"error":{"code":"AUTH_API_KEY_WRONG","message":"Wrong key."}}', 401);
    const failure = await failureOf(requestJson('/api/recordings'));
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ code: 'AUTH_API_KEY_WRONG', status: 401, message: 'Wrong key.' });
  });

  it.each([
    ['<html>Bad gateway</html>', 502],
    ['', 200],
    ['{"error":"text"}', 500],
  ])('rejects with WEB_BAD_REPLY for %j with status %i', async (body, status) => {
    answer(body, status);
    expect(await failureOf(requestJson('/x'))).toMatchObject({ code: 'WEB_BAD_REPLY', status });
  });

  it('rejects with WEB_NETWORK when there is no answer, keeping the cause', async () => {
    const cause = new TypeError('fetch failed');
    vi.stubGlobal('fetch', () => Promise.reject(cause));
    expect(await failureOf(requestJson('/x'))).toMatchObject({ code: 'WEB_NETWORK', status: 0, cause });
  });
});

describe('parsePublicWebinar', () => {
  const webinar = {
    webinarId: 'a',
    title: 'T',
    state: 'live',
    hasJustEnded: false,
    hlsUrl: '/hls/a/multivariant.m3u8',
    fallbackHlsUrl: null,
  };

  it('returns the fields it knows', () => {
    expect(parsePublicWebinar({ ...webinar, other: 1 })).toEqual(webinar);
  });

  it.each([
    null,
    [],
    {},
    { ...webinar, state: 'paused' },
    { ...webinar, hlsUrl: 5 },
    { ...webinar, fallbackHlsUrl: 5 },
  ])('throws WEB_BAD_REPLY for %j', (value) => expect(() => parsePublicWebinar(value)).toThrow(ApiError));
});

describe('parseDemo', () => {
  it('returns host and panelist links only when they were given', () => {
    const demo = { webinarId: 'a', title: 'T', state: 'idle', links: { viewer: '/watch/a' } };
    expect(parseDemo(demo).links).toEqual({ viewer: '/watch/a' });
    expect(parseDemo({ ...demo, links: { viewer: 'v', host: 'h', panelist: 'p' } }).links.host).toBe('h');
  });

  it('throws WEB_BAD_REPLY without a viewer link', () => {
    expect(() => parseDemo({ webinarId: 'a', title: 'T', state: 'idle', links: {} })).toThrow(ApiError);
  });
});
