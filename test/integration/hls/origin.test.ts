/** The origin over real HTTP: headers, caching, limits, hostile paths, and clients that leave or do not read. */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrustedProxies } from '../../../src/app/http/trusted-proxies.ts';
import { h264Sample } from '../../support/cmaf-fixtures.ts';
import { OriginServer, until } from '../../support/hls-http.ts';
import { TestProgram } from '../../support/hls-program.ts';

const root = '/hls/webinar-1';
const multivariant = `${root}/multivariant.m3u8`;
const playlist = `${root}/session-1/video/media.m3u8`;
const iFrames = `${root}/session-1/video/iframes.m3u8`;
const segment = `${root}/session-1/video/0.m4s`;

let test: TestProgram;
let server: OriginServer;

async function start(
  limits: Partial<TestProgram['config']> = {},
  options: ConstructorParameters<typeof OriginServer>[2] = {},
): Promise<void> {
  test = new TestProgram({ hasCaptions: true });
  server = new OriginServer({ ...test.config, ...limits }, test.clock, options);
  server.origin.addProgram(test.program);
  await server.listen();
  test.beginRun();
  test.feed(6.7);
}

beforeEach(() => start());
afterEach(() => server.close());

describe('responses', () => {
  it.each([
    [multivariant, 'application/vnd.apple.mpegurl', 'public, max-age=1'],
    [playlist, 'application/vnd.apple.mpegurl', 'public, max-age=1'],
    [iFrames, 'application/vnd.apple.mpegurl', 'public, max-age=1'],
    [segment, 'video/mp4', 'public, max-age=31536000, immutable'],
    [`${root}/session-1/video/3.0.m4s`, 'video/mp4', 'public, max-age=31536000, immutable'],
    [`${root}/session-1/captions-en/media.m3u8`, 'application/vnd.apple.mpegurl', 'public, max-age=1'],
    [`${root}/session-1/captions-en/0.vtt`, 'text/vtt; charset=utf-8', 'public, max-age=31536000, immutable'],
    [`${root}/session-1/audio/init-0.mp4`, 'audio/mp4', 'public, max-age=31536000, immutable'],
  ])('GET %s carries type, cache lifetime, CORS and length', async (path, type, cacheControl) => {
    const { status, headers, body } = await server.get(path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': type,
      'cache-control': cacheControl,
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Age, Date, Content-Range',
      'content-length': String(body.length),
    });
  });

  it('gives the range of media that was asked for, and refuses one behind the end', async () => {
    const whole = await server.get(segment);
    const size = whole.body.length;
    const middle = await server.get(segment, { range: 'bytes=10-99' });
    expect(middle.status).toBe(206);
    expect(middle.headers).toMatchObject({
      ...{ 'content-range': `bytes 10-99/${size}`, 'content-length': '90', etag: whole.headers.etag },
      'cache-control': whole.headers['cache-control'],
    });
    expect(middle.body.equals(whole.body.subarray(10, 100))).toBe(true);
    const behind = await server.get(segment, { range: `bytes=${size}-` });
    expect([behind.status, behind.headers['content-range']]).toEqual([416, `bytes */${size}`]);
    const outdated = await server.get(segment, { range: 'bytes=10-99', 'if-range': '"other"' });
    expect(outdated.status).toBe(200);
    const unchanged = await server.get(segment, { range: 'bytes=10-99', 'if-none-match': whole.headers.etag! });
    expect(unchanged.status).toBe(304);
    // Playlists change: a piece of one would be of no use.
    expect((await server.get(playlist, { range: 'bytes=0-9' })).status).toBe(200);
  });

  it('lists the first picture of every segment of the smallest size as a range that ends behind it', async () => {
    const { body, headers } = await server.get(iFrames);
    expect(headers['content-type']).toBe('application/vnd.apple.mpegurl');
    const lines = body.toString().split('\n');
    expect(lines).toContain('#EXT-X-I-FRAMES-ONLY');
    const entries = [...body.toString().matchAll(/^#EXTINF:2.00000,\n#EXT-X-BYTERANGE:(\d+)@0\n(\d+\.m4s)$/gm)];
    expect(entries.map(([, , uri]) => uri)).toEqual(['0.m4s', '1.m4s', '2.m4s']);
    for (const [index, [, length, uri]] of entries.entries()) {
      const range = `bytes=0-${Number(length) - 1}`;
      const piece = await server.get(`${root}/session-1/video/${uri}`, { range });
      expect(piece.status).toBe(206);
      const picture = h264Sample(true, index * 60);
      expect(piece.body.subarray(-picture.length).equals(picture)).toBe(true);
      expect(piece.body.indexOf('mdat')).toBe(piece.body.length - picture.length - 4);
    }
    expect((await server.get(`${root}/session-1/audio/iframes.m3u8`)).status).toBe(404);
  });

  it('gzips playlists for those who accept it, with an ETag of its own, and never media', async () => {
    const plain = await server.get(playlist);
    const zipped = await server.get(playlist, { 'accept-encoding': 'br, gzip' });
    const refused = await server.get(playlist, { 'accept-encoding': 'gzip;q=0' });
    const media = await server.get(segment, { 'accept-encoding': 'gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    expect(zipped.headers.etag).not.toBe(plain.headers.etag);
    expect(zipped.headers.vary).toBe('Accept-Encoding');
    expect(refused.headers['content-encoding']).toBeUndefined();
    expect(media.headers['content-encoding']).toBeUndefined();
  });

  it('gzips captions too, and answers 304 to their ETag', async () => {
    const path = `${root}/session-1/captions-en/0.vtt`;
    const zipped = await server.get(path, { 'accept-encoding': 'gzip' });
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(zipped.body).equals((await server.get(path)).body)).toBe(true);
    const again = await server.get(path, { 'accept-encoding': 'gzip', 'if-none-match': zipped.headers.etag! });
    expect(again.status).toBe(304);
  });

  it.each(['captions-en/0.m4s', 'captions-en/0.0.m4s', 'captions-en/init-0.mp4', 'captions-en/3.vtt', 'video/0.vtt'])(
    'answers 404 to %s: text has no media, media no text',
    async (file) => {
      expect((await server.get(`${root}/session-1/${file}`)).status).toBe(404);
    },
  );

  it.each([multivariant, playlist, segment])('GET %s with its ETag answers 304 without body', async (path) => {
    const etag = (await server.get(path)).headers.etag!;
    const { status, body, headers } = await server.get(path, { 'if-none-match': `"other", ${etag}` });
    expect([status, body.length, headers.etag]).toEqual([304, 0, etag]);
  });

  it('HEAD answers with the headers of GET and no body', async () => {
    const get = await server.get(segment);
    const head = await server.start(segment, { method: 'HEAD' }).reply;
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it('OPTIONS answers the preflight', async () => {
    const { status, headers } = await server.start(playlist, { method: 'OPTIONS' }).reply;
    expect(status).toBe(204);
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-max-age': '86400' });
  });

  it('POST answers 405 and names what is allowed', async () => {
    const { status, headers } = await server.start(playlist, { method: 'POST' }).reply;
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it('a segment is the concatenation of its parts', async () => {
    const parts = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((part) => server.get(`${root}/session-1/audio/1.${part}.m4s`)),
    );
    const whole = await server.get(`${root}/session-1/audio/1.m4s`);
    expect(Buffer.concat(parts.map(({ body }) => body)).equals(whole.body)).toBe(true);
  });

  it.each([
    '/hls/webinar-1/session-1/video/..%2f..%2fmultivariant.m3u8',
    '/hls/webinar-1/session-1/video/../video/0.m4s',
    '/hls/webinar-1/session-1/video/%30.m4s',
    '/hls/webinar-1/session-1/video/0.m4s%00',
    '/hls/webinar-1/session-1/video\\0.m4s',
    '/hls/webinar-1//video/0.m4s',
    '/hls/webinar-1/session-1/video/00.m4s',
    '/hls/webinar-1/session-1/video/-1.m4s',
    '/hls/webinar-1/session-1/video/1e3.m4s',
    '/hls/webinar-2/session-1/video/0.m4s',
    '/hls/webinar-1/session-2/video/0.m4s',
    '/hls/webinar-1/session-1/other/0.m4s',
    '/hls/__proto__/multivariant.m3u8',
    '/hls/webinar-1/session-1/constructor/media.m3u8',
    `/hls/${'a'.repeat(3000)}`,
    '/other',
  ])('answers 404 to %s', async (path) => {
    expect((await server.get(path)).status).toBe(404);
  });
});

describe('held requests', () => {
  it('are forgotten when the client leaves', async () => {
    const { req } = server.start(`${playlist}?_HLS_msn=3&_HLS_part=2`);
    await until(() => server.origin.heldRequestCount === 1, 'the request is held');
    req.destroy();
    await until(() => server.origin.heldRequestCount === 0, 'the request is forgotten');
    expect(test.clock.pendingTimerCount).toBe(0);
  });

  it('share one timer, however many wait for the same', async () => {
    const replies = Array.from({ length: 20 }, () => server.start(`${playlist}?_HLS_msn=3&_HLS_part=2`).reply);
    await until(() => server.origin.heldRequestCount === 20, 'all are held');
    expect(test.clock.pendingTimerCount).toBe(1);
    test.feedParts(1);
    const bodies = (await Promise.all(replies)).map(({ body }) => body.toString());
    expect(new Set(bodies).size).toBe(1);
  });

  it.each([{ maxHeldRequests: 2 }, { maxHeldRequestsPerClient: 2 }])('answer 503 above %o', async (limits) => {
    await server.close();
    await start(limits);
    const waiting = [2, 3].map((part) => server.start(`${playlist}?_HLS_msn=3&_HLS_part=${part}`).reply);
    await until(() => server.origin.heldRequestCount === 2, 'two are held');
    const { status, body } = await server.get(`${playlist}?_HLS_msn=3&_HLS_part=4`);
    expect([status, body.toString()]).toEqual([503, expect.stringContaining('HLS_TOO_MANY_HELD')]);
    test.feedParts(2);
    expect((await Promise.all(waiting)).map((reply) => reply.status)).toEqual([200, 200]);
  });

  it.each([
    { trusted: [], status: 503 },
    { trusted: ['127.0.0.1'], status: 200 },
  ])(
    'of another client in X-Forwarded-For, with $trusted trusted, are answered $status',
    async ({ trusted, status }) => {
      await server.close();
      const proxies = new TrustedProxies(trusted);
      await start({ maxHeldRequestsPerClient: 1 }, { clientKeyOf: (request) => proxies.clientAddressOf(request) });
      const ask = (part: number, client: string) =>
        server.get(`${playlist}?_HLS_msn=3&_HLS_part=${part}`, { 'x-forwarded-for': client });
      const first = ask(2, '198.51.100.1');
      await until(() => server.origin.heldRequestCount === 1, 'one is held');
      expect((await ask(3, '198.51.100.2, 198.51.100.1')).status).toBe(503);
      const other = ask(4, '198.51.100.2');
      if (status === 200) await until(() => server.origin.heldRequestCount === 2, 'two are held');
      else expect((await other).status).toBe(503);
      test.feedParts(3);
      expect([(await first).status, (await other).status]).toEqual([200, status]);
    },
  );

  it('are answered 404 when the program is removed', async () => {
    const { reply } = server.start(`${playlist}?_HLS_msn=3&_HLS_part=2`);
    await until(() => server.origin.heldRequestCount === 1, 'the request is held');
    server.origin.removeProgram('session-1');
    expect((await reply).status).toBe(404);
  });
});

describe('programs', () => {
  it('keeps the ended playlist for the retention time, then answers 404', async () => {
    test.program.end();
    test.clock.advance(299_000);
    expect((await server.get(playlist)).status).toBe(200);
    test.clock.advance(1_000);
    expect((await server.get(playlist)).status).toBe(404);
    expect((await server.get(multivariant)).status).toBe(404);
    expect(test.program.window('video')!.heldBytes()).toBe(0);
  });

  it('points the multivariant playlist to the newest session, while the older one stays', async () => {
    test.program.end();
    const second = new TestProgram({ sessionId: 'session-2', clock: test.clock });
    server.origin.addProgram(second.program);
    expect((await server.get(multivariant)).status).toBe(503);
    second.beginRun();
    second.feed(2.1);
    expect((await server.get(multivariant)).body.toString()).toContain('session-2/video/media.m3u8');
    expect((await server.get(playlist)).status).toBe(200);
    server.origin.removeProgram('session-1');
    expect((await server.get(multivariant)).status).toBe(200);
  });

  it('leaves no timer behind when the origin closes', async () => {
    test.program.end();
    server.origin.close();
    expect(test.clock.pendingTimerCount).toBe(0);
    expect(test.program.isClosed).toBe(true);
  });
});

describe('slow clients', () => {
  it('are cut off when they have not taken the response by the deadline', async () => {
    const big = Buffer.alloc(64 * 1024 * 1024);
    const window = test.program.window('video')!;
    window.putInit(7, big);
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.write(`GET ${root}/session-1/video/init-7.mp4 HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until(() => test.clock.pendingTimerCount === 1, 'the response is being written');
    test.clock.advance(15_000);
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.resume();
    await closed;
    expect(test.clock.pendingTimerCount).toBe(0);
    expect((await server.metrics.render()).body).toContain('rostrum_hls_slow_clients_total 1');
  });
});

describe('as Express middleware', () => {
  it('answers below /hls/ wherever it is mounted and passes on everything else', async () => {
    const app = express();
    app.use('/hls', server.origin.handle);
    app.use(server.origin.handle);
    app.get('/other', (_req, res) => void res.send('mine'));
    const http = createServer(app as Parameters<typeof createServer>[1]).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    try {
      expect((await fetch(base + segment)).status).toBe(200);
      expect((await fetch(`${base}/hls/nothing`)).status).toBe(404);
      expect(await (await fetch(`${base}/other`)).text()).toBe('mine');
    } finally {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    }
  });
});
