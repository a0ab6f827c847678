/** The checker's client against servers that mean harm: bounded sizes, times and ways. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { checkStream } from '../../../src/hls/check/index.ts';
import { type AskOptions, CheckClient } from '../../../src/hls/check/http/check-client.ts';

const servers: Server[] = [];
const clients: CheckClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(origin: string, options: AskOptions = {}, signal = new AbortController().signal) {
  const client = new CheckClient({ clock: systemClock, allowedOrigins: [origin], signal });
  clients.push(client);
  return client.ask(`${origin}/media.m3u8`, options);
}

describe('ask', () => {
  it('refuses a body without end with HLS_CHECK_ANSWER_TOO_LARGE', async () => {
    const origin = await serve((_req, res) => {
      const more = () => {
        while (!res.destroyed && res.write(Buffer.alloc(65_536)));
      };
      res.on('drain', more);
      more();
    });
    await expect(ask(origin, { maxBytes: 500_000 })).rejects.toMatchObject({ code: 'HLS_CHECK_ANSWER_TOO_LARGE' });
  });

  it('refuses a body that unpacks to too much with HLS_CHECK_ANSWER_TOO_LARGE', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const origin = await serve((_req, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    await expect(ask(origin, { maxBytes: 500_000 })).rejects.toMatchObject({ code: 'HLS_CHECK_ANSWER_TOO_LARGE' });
  });

  it.each([
    ['says nothing', (() => undefined) satisfies RequestListener],
    ['never ends', ((_req, res) => void res.writeHead(200).write('#EXTM3U\n')) satisfies RequestListener],
  ])('gives up on a server that %s with HLS_CHECK_DEADLINE', async (_what, listener) => {
    await expect(ask(await serve(listener), { deadlineMs: 150 })).rejects.toMatchObject({ code: 'HLS_CHECK_DEADLINE' });
  });

  it('does not follow to another origin: HLS_CHECK_ORIGIN_REFUSED', async () => {
    let strangerAskedCount = 0;
    const stranger = await serve((_req, res) => {
      strangerAskedCount++;
      res.end();
    });
    const origin = await serve((_req, res) => res.writeHead(302, { location: `${stranger}/x` }).end());
    await expect(ask(origin)).rejects.toMatchObject({ code: 'HLS_CHECK_ORIGIN_REFUSED' });
    expect(strangerAskedCount).toBe(0);
  });

  it('follows redirects a few times, and tells them', async () => {
    let askedCount = 0;
    const origin = await serve((_req, res) => {
      askedCount++;
      res.writeHead(302, { location: `/again${askedCount}` }).end();
    });
    const answer = await ask(origin);
    expect([answer.status, answer.redirects.length, askedCount]).toEqual([302, 3, 4]);
  });

  it('ends with HLS_CHECK_STOPPED when the check is stopped, and with HLS_CHECK_UNREACHABLE when nobody listens', async () => {
    const abort = new AbortController();
    const origin = await serve(() => abort.abort());
    await expect(ask(origin, {}, abort.signal)).rejects.toMatchObject({ code: 'HLS_CHECK_STOPPED' });
    await expect(ask('http://127.0.0.1:9')).rejects.toMatchObject({ code: 'HLS_CHECK_UNREACHABLE' });
  });
});

describe('checkStream', () => {
  const check = (url: string) => checkStream({ url, seconds: 5, clock: systemClock });

  it('refuses what is no stream with a code', async () => {
    const page = await serve((_req, res) => res.end('<!doctype html>'));
    const missing = await serve((_req, res) => res.writeHead(404).end());
    await expect(check('file:///etc/passwd')).rejects.toMatchObject({ code: 'HLS_CHECK_URL_INVALID' });
    await expect(check(page)).rejects.toMatchObject({ code: 'HLS_CHECK_PLAYLIST_UNREADABLE' });
    await expect(check(missing)).rejects.toMatchObject({ code: 'HLS_CHECK_UNREACHABLE' });
  });

  it('asks no other origin that a playlist names, and says so', async () => {
    let strangerAskedCount = 0;
    const stranger = await serve((_req, res) => {
      strangerAskedCount++;
      res.end();
    });
    const origin = await serve((_req, res) =>
      res.end(`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${stranger}/media.m3u8\n`),
    );
    const report = await check(`${origin}/multivariant.m3u8`);
    expect(report.notes.map(({ text }) => text).join()).toContain('--allow-origin');
    expect(strangerAskedCount).toBe(0);
  });
});
