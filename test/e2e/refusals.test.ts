/** Bad input from every side: each gets a clear, coded answer, and an event that runs meanwhile notices nothing. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { io } from 'socket.io-client';
import { type ErrorBody, callApi, createWebinar, goLive, stateOf } from '../support/api.ts';
import { listedSec, readPlaylist, videoPlaylistUrl } from '../support/hls-client.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { waitFor } from '../support/wait-for.ts';

const entry = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let folder: string;
let server: RostrumServer;
let webinarId: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-refusals-'));
  server = await startRostrumServer();
  ({ webinarId } = await createWebinar(server, 'Undisturbed'));
  await goLive(server, webinarId, true);
  await waitFor('the first segment', () => videoPlaylistUrl(server, webinarId));
});
afterAll(async () => {
  await server?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a server that must refuse to; everything it would use is free. */
function refusedStart(env: Record<string, string>): { status: number | null; text: string } {
  const result = spawnSync(process.execPath, [entry], {
    env: {
      PATH: process.env.PATH,
      ROSTRUM_HTTP_PORT: '0',
      ROSTRUM_SFU_BASE_PORT: '29700',
      ROSTRUM_TURN_ENABLED: 'false',
      ROSTRUM_DATA_DIR: path.join(folder, 'data'),
      ...env,
    },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status: result.status, text: result.stdout + result.stderr };
}

describe('npm start', () => {
  it('refuses an unknown configuration key and names the nearest', () => {
    const { status, text } = refusedStart({ ROSTRUM_HTTP_PROT: '1' });
    expect(status).toBe(2);
    expect(text).toContain('Unknown key ROSTRUM_HTTP_PROT in the environment. Did you mean "ROSTRUM_HTTP_PORT"?');
    expect(text).toContain('(CONFIG_INVALID)');
  });

  it('refuses a bad value and names key, value and rule', () => {
    const { status, text } = refusedStart({ ROSTRUM_HLS_LATENCY: 'fast' });
    expect(status).toBe(2);
    expect(text).toMatch(/hls\.latency \(ROSTRUM_HLS_LATENCY\) is "fast": .*ultra.*low.*standard/);
  });

  it('refuses when FFmpeg is missing and says how to get it', () => {
    const { status, text } = refusedStart({ ROSTRUM_MIXER_FFMPEG_PATH: '/nonexistent/ffmpeg' });
    expect(status).toBe(2);
    expect(text).toContain('FFmpeg was not found at "/nonexistent/ffmpeg". Install it (apt-get install ffmpeg)');
    expect(text).toContain('(APP_FFMPEG_MISSING)');
  });

  it('refuses a data folder that cannot be one and names its path', () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const { status, text } = refusedStart({ ROSTRUM_DATA_DIR: file });
    expect(status).toBe(2);
    expect(text).toContain(`The data folder ${file} cannot be written`);
    expect(text).toContain('(APP_DATA_DIR_UNWRITABLE)');
  });

  it('refuses an HTTP port that is taken and names it', async () => {
    const holder = await holdPort();
    const { port } = holder.address() as { port: number };
    const { status, text } = refusedStart({ ROSTRUM_HTTP_PORT: String(port) });
    await new Promise((resolve) => holder.close(resolve));
    expect(status).toBe(2);
    expect(text).toContain(`Port ${port} is in use by another program.`);
    expect(text).toContain('(HTTP_PORT_TAKEN)');
  });

  it('refuses the data folder of a server that runs', () => {
    const { status, text } = refusedStart({ ROSTRUM_DATA_DIR: server.dataDir });
    expect(status).toBe(2);
    expect(text).toContain('(APP_DATA_DIR_IN_USE)');
  });
});

describe('the HTTP API', () => {
  it('answers 401 with a code to a missing and a wrong key', async () => {
    const missing = await callApi<ErrorBody>(server, 'GET', '/api/recordings', { apiKey: null });
    expect([missing.status, missing.body.error.code]).toEqual([401, 'AUTH_API_KEY_MISSING']);
    const wrong = await callApi<ErrorBody>(server, 'GET', '/api/recordings', { apiKey: 'not-the-key' });
    expect([wrong.status, wrong.body.error.code]).toEqual([401, 'AUTH_API_KEY_WRONG']);
  });

  it('answers 400 with the fields to malformed, oversized and unknown input', async () => {
    for (const body of [
      '{',
      { title: '' },
      { title: 'x', unknown: 1 },
      { title: 'a\u0000b' },
      { title: 'x'.repeat(100_000) },
    ]) {
      const answer = await callApi<ErrorBody>(server, 'POST', '/api/webinars', { body });
      expect([answer.status, answer.body.error.code], JSON.stringify(body).slice(0, 60)).toEqual([
        400,
        'HTTP_BODY_INVALID',
      ]);
    }
  });

  it('answers 404 with a code to unknown webinars, recordings and paths', async () => {
    const codes = [];
    for (const target of ['/api/webinars/nope', '/api/recordings/nope', '/api/nope'])
      codes.push((await callApi<ErrorBody>(server, 'GET', target)).body.error.code);
    expect(codes).toEqual(['WEBINAR_NOT_FOUND', 'REC_NOT_FOUND', 'HTTP_NOT_FOUND']);
  });

  it('keeps the host link of the demo from other names than this machine', async () => {
    const { body } = await callApi<{ links: Record<string, string> }>(server, 'GET', '/api/demo', {
      headers: { 'x-forwarded-for': '192.0.2.7' },
    });
    expect(body.links.host).toBeUndefined();
    expect(body.links.viewer).toContain('/watch/');
  });

  it('describes itself at /api/openapi.json', async () => {
    const { body } = await callApi<{ paths: object }>(server, 'GET', '/api/openapi.json', { apiKey: null });
    expect(Object.keys(body.paths)).toContain('/api/webinars/{webinarId}/live');
  });
});

describe('recording links', () => {
  it('refuse a forged token with a code', async () => {
    const response = await fetch(`${server.baseUrl}/media/recordings/forged/recording.mp4`);
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
      401,
      'AUTH_TOKEN_INVALID',
    ]);
  });
});

describe('the stage', () => {
  it('refuses forged tokens and the default namespace with a code', async () => {
    expect(await connectError('/stage', { token: 'x'.repeat(200) })).toContain('AUTH_TOKEN_INVALID');
    expect(await connectError('/stage', {})).toContain('SIGNALING_AUTH_MISSING');
    expect(await connectError('/', {})).toContain('SIGNALING_NAMESPACE_REFUSED');
  });
});

describe('HLS path tricks', () => {
  it('get a 4xx and never a file', async () => {
    const tricks = [
      '/hls/../../etc/passwd',
      '/hls/%2e%2e/%2e%2e/etc/passwd',
      '/hls/..%5c..%5cetc',
      `/hls/${webinarId}/%00`,
      `/hls/${webinarId}/../${webinarId}/x.m4s`,
      '/hls//etc/passwd',
    ];
    for (const target of tricks) {
      const { status, body } = await rawGet(target);
      expect(status, target).toBeGreaterThanOrEqual(400);
      expect(status, target).toBeLessThan(500);
      expect(body, target).not.toContain('root:');
    }
  });
});

describe('an event that runs meanwhile', () => {
  it('goes on', async () => {
    const url = await videoPlaylistUrl(server, webinarId);
    const before = listedSec(await readPlaylist(url));
    await waitFor('more program', async () => listedSec(await readPlaylist(url)) !== before);
    expect(await stateOf(server, webinarId)).toBe('live');
  });
});

async function holdPort(): Promise<Server> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '0.0.0.0', resolve));
  return holder;
}

async function connectError(namespace: string, auth: Record<string, string>): Promise<string> {
  const socket = io(`${server.baseUrl}${namespace}`, {
    transports: ['websocket'],
    auth,
    reconnection: false,
    forceNew: true,
  });
  try {
    return await new Promise((resolve, reject) => {
      socket.once('connect', () => reject(new Error('was let in')));
      socket.once('connect_error', (error: Error & { data?: unknown }) =>
        resolve(`${error.message} ${JSON.stringify(error.data)}`),
      );
    });
  } finally {
    socket.close();
  }
}

/** fetch() would tidy the path up before it is sent. */
async function rawGet(target: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(server.baseUrl);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: target }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.once('error', reject);
    sent.end();
  });
}
