/** The whole server behind a reverse proxy, which this test plays: it comes from loopback and names its clients. */
import { afterEach, describe, expect, it } from 'vitest';
import { io, type Socket } from 'socket.io-client';
import { callApi, createWebinar, goLive } from '../support/api.ts';
import { readPlaylist, videoPlaylistUrl } from '../support/hls-client.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

const [ann, bob] = ['198.51.100.1', '198.51.100.2'] as const;

let server: RostrumServer | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect();
  await server?.dispose();
});

/** One place per client everywhere, so that the second request tells whom it was counted against. */
function startNarrowServer(trustedProxies: string): Promise<RostrumServer> {
  return startRostrumServer({
    env: {
      ROSTRUM_TRUSTED_PROXIES: trustedProxies,
      ROSTRUM_SIGNALING_MAX_CONNECTIONS_PER_IP: '1',
      ROSTRUM_HLS_MAX_HELD_REQUESTS_PER_CLIENT: '1',
      ROSTRUM_TURN_ENABLED: 'false',
    },
  });
}

/** True when the stage lets this client in. */
async function connectStage({ baseUrl }: RostrumServer, token: string, client: string): Promise<boolean> {
  const socket = io(`${baseUrl}/stage`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { token },
    extraHeaders: { 'x-forwarded-for': client },
  });
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('connect_error', () => resolve(false));
  });
}

/** Statuses of two requests at once for the segment behind the open one, which is at least a segment's time away. */
async function holdTwo(url: string, first: string, second: string): Promise<number[]> {
  const playlist = await readPlaylist(url);
  const sequence = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1]);
  const openSequence = sequence + playlist.split('#EXTINF').length - 1;
  const ask = async (client: string) => {
    const response = await fetch(`${url}?_HLS_msn=${openSequence + 1}`, { headers: { 'x-forwarded-for': client } });
    await response.text();
    return response.status;
  };
  return Promise.all([ask(first), ask(second)]);
}

async function linksOf(running: RostrumServer, headers: Record<string, string>) {
  const options = { body: { title: 'Links' }, headers };
  const { body } = await callApi<{ links: { viewer: string } }>(running, 'POST', '/api/webinars', options);
  return body.links.viewer;
}

async function tryWrongKey(running: RostrumServer, client: string): Promise<number> {
  const headers = { 'x-forwarded-for': client };
  return (await callApi(running, 'GET', '/api/webinars', { apiKey: 'wrong', headers })).status;
}

const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'webinar.example.org' };

describe('a server behind a proxy', () => {
  it('that is trusted counts limits per client, links to the public name, and is local to nobody', async () => {
    server = await startNarrowServer('192.0.2.0/24, 127.0.0.1');
    const { webinarId, host } = await createWebinar(server, 'Proxied');
    const token = host.split('#')[1]!;
    expect(await connectStage(server, token, ann)).toBe(true);
    expect(await connectStage(server, token, `${bob}, ${ann}, 192.0.2.1`)).toBe(false);
    expect(await connectStage(server, token, bob)).toBe(true);
    expect(await linksOf(server, forwarded)).toMatch(/^https:\/\/webinar\.example\.org\/watch\//);
    const demo = await callApi<{ links: object }>(server, 'GET', '/api/demo', {
      headers: { 'x-forwarded-for': '127.0.0.1' },
    });
    expect(Object.keys(demo.body.links)).toEqual(['viewer']);
    for (let attempt = 1; attempt <= 20; attempt++) expect(await tryWrongKey(server, ann)).toBe(401);
    expect(await tryWrongKey(server, ann)).toBe(429);
    expect(await tryWrongKey(server, bob)).toBe(401);

    await goLive(server, webinarId, true);
    const url = await waitFor('the first segment', () => videoPlaylistUrl(server!, webinarId), {
      deadlineMs: wholePathDeadlineMs,
    });
    expect(await holdTwo(url, ann, bob)).toEqual([200, 200]);
    expect((await holdTwo(url, ann, `${bob}, ${ann}`)).sort()).toEqual([200, 503]);
  });

  it('that is not trusted changes nothing by its headers', async () => {
    server = await startNarrowServer('');
    const { webinarId, host } = await createWebinar(server, 'Spoofed');
    const token = host.split('#')[1]!;
    expect(await connectStage(server, token, ann)).toBe(true);
    expect(await connectStage(server, token, bob)).toBe(false);
    expect(await linksOf(server, forwarded)).toContain(`${server.baseUrl}/watch/`);

    await goLive(server, webinarId, true);
    const url = await waitFor('the first segment', () => videoPlaylistUrl(server!, webinarId), {
      deadlineMs: wholePathDeadlineMs,
    });
    expect((await holdTwo(url, ann, bob)).sort()).toEqual([200, 503]);
  });
});
