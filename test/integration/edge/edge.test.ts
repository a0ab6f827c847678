/** The deployed Varnish configuration in front of a real origin: what is collapsed, kept, forgotten and refused. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EdgeProgram, startEdgeProgram } from '../../support/edge-program.ts';
import { type OriginServer, startRequest, until } from '../../support/hls-http.ts';
import { type TestProgram } from '../../support/hls-program.ts';
import { type VarnishEdge } from '../../support/varnish-edge.ts';
import { waitFor } from '../../support/wait-for.ts';

const root = '/hls/webinar-1';
const multivariant = `${root}/multivariant.m3u8`;
const playlist = `${root}/session-1/video/media.m3u8`;
const segment = `${root}/session-1/video/0.m4s`;

let program: EdgeProgram;
let test: TestProgram;
let server: OriginServer;
let edge: VarnishEdge;

beforeEach(async () => {
  program = await startEdgeProgram();
  ({ test, server, edge } = program);
});

afterEach(() => program.close());

const get = (path: string, headers: Record<string, string> = {}) => startRequest(edge.port, path, { headers }).reply;
const codeOf = (body: Buffer): unknown => (JSON.parse(body.toString()) as { error: { code: string } }).error.code;

describe('collapsing', () => {
  it('100 clients that wait for the same part of the playlist are one held request at the origin', async () => {
    const path = `${playlist}?_HLS_msn=3&_HLS_part=2&_HLS_skip=YES`;
    const replies = Array.from({ length: 100 }, () => get(path));
    await until(() => server.origin.heldRequestCount > 0, 'the origin holds the request');
    test.feedParts(1);
    const bodies = (await Promise.all(replies)).map(({ status, body }) => `${status} ${body.toString()}`);
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toMatch(/^200 #EXTM3U[^]*3\.2\.m4s/);
    expect(server.targets).toEqual([path]);
  });

  it('100 clients that load the same part are one request, and get the bytes of the origin', async () => {
    const path = `${root}/session-1/video/3.1.m4s`;
    const replies = await Promise.all(Array.from({ length: 100 }, () => get(path)));
    expect(server.targets).toEqual([path]);
    const original = (await server.get(path)).body;
    expect(replies.every(({ status, body }) => status === 200 && body.equals(original))).toBe(true);
  });

  it('a hinted part is held once for all who ask early', async () => {
    const path = `${root}/session-1/video/3.2.m4s`;
    const replies = Array.from({ length: 20 }, () => get(path));
    await until(() => server.origin.heldRequestCount > 0, 'the origin holds the request');
    test.feedParts(1);
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(server.targets).toEqual([path]);
  });

  it('clients that leave take nothing away from those who stay', async () => {
    const path = `${playlist}?_HLS_msn=3&_HLS_part=2`;
    const leaving = startRequest(edge.port, path);
    await until(() => server.origin.heldRequestCount > 0, 'the origin holds the request');
    const staying = get(path);
    leaving.req.destroy();
    test.feedParts(1);
    expect((await staying).status).toBe(200);
    expect(server.targets).toEqual([path]);
  });
});

describe('the cache key', () => {
  it('is the path and the sorted directives, and that is what reaches the origin', async () => {
    const noise = ['', '&utm_source=mail', '&token=eyJhbGciOi.abc.def', '&x=_HLS_msn=9', '&_HLS_report=1', '&&'];
    for (const extra of noise) {
      for (const order of ['_HLS_msn=3&_HLS_part=1&_HLS_skip=YES', '_HLS_skip=YES&_HLS_part=1&_HLS_msn=3'])
        expect((await get(`${playlist}?${order}${extra}`)).status).toBe(200);
      expect((await get(`${playlist}?${extra}&_HLS_skip=YES&_HLS_part=1&_HLS_msn=3`)).status).toBe(200);
    }
    expect(server.targets).toEqual([`${playlist}?_HLS_msn=3&_HLS_part=1&_HLS_skip=YES`]);
  });

  it('has no query for anything but media playlists', async () => {
    for (const path of [multivariant, segment]) {
      for (const query of ['', '?', '?cb=1', '?_HLS_msn=3', '?a=b/media.m3u8?_HLS_msn=1'])
        expect((await get(path + query)).status).toBe(200);
    }
    expect(server.targets).toEqual([multivariant, segment]);
  });

  it('of I-frame playlists holds directives too; ranges are cut out of what is kept', async () => {
    const iFrames = `${root}/session-1/video/iframes.m3u8`;
    for (const query of ['_HLS_msn=2&_HLS_skip=YES', '_HLS_skip=YES&_HLS_msn=2&x=1'])
      expect((await get(`${iFrames}?${query}`)).status).toBe(200);
    const whole = (await get(segment)).body;
    const piece = await get(segment, { range: 'bytes=10-99' });
    expect([piece.status, piece.headers['content-range']]).toEqual([206, `bytes 10-99/${whole.length}`]);
    expect(piece.body.equals(whole.subarray(10, 100))).toBe(true);
    // Also when nobody asked for the whole before.
    const other = `${root}/session-1/video/1.m4s`;
    expect((await get(other, { range: 'bytes=0-9' })).body.length).toBe(10);
    expect((await get(other)).body.length).toBeGreaterThan(10);
    expect(server.targets).toEqual([`${iFrames}?_HLS_msn=2&_HLS_skip=YES`, segment, other]);
  });

  it('is the same whatever Host, cookies and Authorization say', async () => {
    await get(segment);
    for (const headers of [
      { cookie: 'session=1; theme=dark' },
      { host: 'other.example' },
      { authorization: 'Bearer x' },
    ])
      expect((await get(segment, headers)).headers['x-cache']).toBe('HIT');
    expect(server.targets).toEqual([segment]);
  });

  it('tells full playlists from delta updates', async () => {
    test.feed(30);
    const msn = test.program.nextMsn - 1;
    const delta = await get(`${playlist}?_HLS_msn=${msn}&_HLS_skip=YES`);
    const full = await get(`${playlist}?_HLS_msn=${msn}`);
    expect(delta.body.toString()).toContain('#EXT-X-SKIP');
    expect(full.body.toString()).not.toContain('#EXT-X-SKIP');
  });

  it('holds compressed and plain playlists apart', async () => {
    const zipped = await get(playlist, { 'accept-encoding': 'gzip' });
    const plain = await get(playlist);
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(plain.body.toString()).toMatch(/^#EXTM3U/);
    expect(server.targets).toEqual([playlist]);
  });

  it('holds wrong directives as they came: refusing them is left to the origin', async () => {
    const wrong = ['_HLS_msn=1&_HLS_msn=2', '_HLS_part=1', '_HLS_msn=-1', '_HLS_msn=99', '_HLS_skip=no'];
    for (const query of wrong) expect([query, (await get(`${playlist}?${query}`)).status]).toEqual([query, 400]);
    expect(server.targets).toEqual(wrong.map((query) => `${playlist}?${query}`));
  });
});

describe('time', () => {
  it('sets Age on what it has kept, so that players reckon the live edge right', async () => {
    await get(segment);
    const aged = await waitFor('the segment to be a second old', async () => {
      const { headers } = await get(segment);
      return headers.age === '0' ? undefined : headers;
    });
    expect(aged).toMatchObject({
      age: '1',
      'x-cache': 'HIT',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-expose-headers': 'Age, Date, Content-Range',
    });
    expect(server.targets).toEqual([segment]);
  });

  it('a plain playlist is fetched again after its second, and never served beyond it', async () => {
    const before = (await get(playlist)).body.toString();
    test.feedParts(1);
    const after = await waitFor('the newer playlist', async () => {
      const { headers, body } = await get(playlist);
      expect(Number(headers.age)).toBeLessThanOrEqual(1);
      return body.toString() === before ? undefined : body.toString();
    });
    expect(after).toContain('3.2.m4s');
  });

  it('an error is kept for a second: a crowd asks the origin once, and what appears is found', async () => {
    const path = `${root}/session-1/video/3.3.m4s`;
    const early = await Promise.all(Array.from({ length: 50 }, () => get(path)));
    expect(new Set(early.map(({ status }) => status))).toEqual(new Set([404]));
    expect(server.targets).toEqual([path]);
    test.feedParts(2);
    await waitFor('the part', async () => (await get(path)).status === 200, { deadlineMs: 5000 });
    expect(server.targets.length).toBe(2);
  });

  it('nothing stale is served when the origin is gone', async () => {
    expect((await get(playlist)).status).toBe(200);
    await server.close();
    const { headers, body } = await waitFor('the edge to admit it', async () => {
      const reply = await get(playlist);
      return reply.status === 503 ? reply : undefined;
    });
    expect([codeOf(body), headers['retry-after'], headers['access-control-allow-origin']]).toEqual([
      'EDGE_ORIGIN_UNREACHABLE',
      '1',
      '*',
    ]);
  });
});

describe('what is not for it', () => {
  it('answers 404 to paths elsewhere and 405 to other methods, without asking the origin', async () => {
    const paths = ['/', '/hls', '/api/webinars', '/metrics', '/watch/webinar-1', '/hlsx/webinar-1', '//hls/webinar-1'];
    for (const path of paths) {
      const { status, body } = await get(path);
      expect([path, status, codeOf(body)]).toEqual([path, 404, 'HLS_NOT_FOUND']);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'PURGE', 'BAN']) {
      const { status, headers } = await startRequest(edge.port, playlist, { method }).reply;
      expect([method, status, headers.allow]).toEqual([method, 405, 'GET, HEAD, OPTIONS']);
    }
    expect(server.targets).toEqual([]);
  });

  it('a preflight is answered by the edge', async () => {
    const { status, headers } = await startRequest(edge.port, playlist, { method: 'OPTIONS' }).reply;
    expect(status).toBe(204);
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-max-age': '86400' });
    expect(server.targets).toEqual([]);
  });

  it('HEAD answers the head of what GET answers', async () => {
    const { status, headers, body } = await startRequest(edge.port, segment, { method: 'HEAD' }).reply;
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers['content-type']).toBe('video/mp4');
  });
});

describe('deploy/edge/edge.vcl', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rostrum-vcl-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('compiles as it is deployed', () => {
    const file = fileURLToPath(new URL('../../../deploy/edge/edge.vcl', import.meta.url));
    const { status, stderr } = spawnSync('varnishd', ['-C', '-j', 'none', '-n', directory, '-f', file], {
      encoding: 'utf8',
    });
    expect(stderr).not.toContain('compilation failed');
    expect(status).toBe(0);
  });
});
