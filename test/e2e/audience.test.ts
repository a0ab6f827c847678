/** Who watches: viewer pages in real Chromium, beacons by hand, and what hosts and administrators are told of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AudienceStats, type Beacon } from '../../src/signaling/protocol/index.ts';
import { callApi, createWebinar, type ErrorBody, goLive } from '../support/api.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { openViewer } from '../support/viewer-page.ts';
import { waitFor } from '../support/wait-for.ts';

let server: RostrumServer;
let webinarId: string;
let links: { readonly host: string; readonly viewer: string };
beforeAll(async () => {
  server = await startRostrumServer({ env: { ROSTRUM_MAX_COUNTED_VIEWERS_PER_ADDRESS: '5' } });
  const webinar = await createWebinar(server, 'Audience');
  ({ webinarId } = webinar);
  links = webinar;
});
afterAll(() => server.dispose());

const path = (call: string, id = webinarId) => `/api/webinars/${id}/${call}`;
const audience = async () => (await callApi<AudienceStats>(server, 'GET', path('audience'))).body;

async function newPass(id = webinarId): Promise<string> {
  const { status, body } = await callApi<{ pass: string }>(server, 'POST', path('viewers', id), { apiKey: null });
  expect(status).toBe(201);
  return body.pass;
}

function beacon(pass: string, change: Partial<Beacon> = {}): Beacon {
  const playback = { isPlaying: true, watchedMs: 9000, stallCount: 0, stalledMs: 0, errorCount: 0 };
  return { ...playback, pass, sequence: 0, isLeaving: false, ...change };
}

const send = (body: unknown, id = webinarId) =>
  callApi<Partial<ErrorBody>>(server, 'POST', path('beacons', id), { body, apiKey: null });

describe('beacons', () => {
  it('of a page in Chromium count it while it watches, and its minutes for good', { timeout: 240_000 }, async () => {
    await goLive(server, webinarId, true);
    const viewer = await openViewer(links.viewer);
    try {
      const counted = () =>
        audience().then((stats) => (stats.viewerCount === 1 && stats.medianLatencyMs ? stats : undefined));
      const stats = await waitFor('the page to be counted', counted, { deadlineMs: 60_000 });
      // As the page itself shows it, within what it varies by.
      expect(stats.medianLatencyMs).toBeGreaterThan(300);
      expect(stats.medianLatencyMs).toBeLessThan(20_000);
      // A reload is the same viewer.
      await viewer.page.reload();
      const isPlaying = async () => (await viewer.debug()).state === 'playing';
      await waitFor('the page to play again', isPlaying, { deadlineMs: 60_000 });
      await waitFor('the page to be counted again', counted, { deadlineMs: 60_000 });
      await viewer.page.goto('about:blank');
      await waitFor('the page to be gone', async () => (await audience()).viewerCount === 0);
      // Somebody whose page stays open does not go on watching when the event is over.
      await viewer.page.goto(links.viewer);
      await waitFor('the page to be counted', counted, { deadlineMs: 60_000 });
      await goLive(server, webinarId, false);
      await waitFor('the end for the page', async () => (await viewer.debug()).state === 'ended', {
        deadlineMs: 60_000,
      });
      await waitFor('nobody to be counted', async () => (await audience()).viewerCount === 0, { deadlineMs: 60_000 });
    } finally {
      await viewer.close();
    }
    const list = await callApi<{ attendees: { name: null; watchedMinutes: number }[] }>(
      server,
      'GET',
      path('attendance'),
    );
    expect(list.body.attendees).toHaveLength(1);
    expect(list.body.attendees[0]).toMatchObject({ name: null });
    expect(list.body.attendees[0]!.watchedMinutes).toBeGreaterThan(0.05);
    const csv = await fetch(`${server.baseUrl}${path('attendance.csv')}`, {
      headers: { authorization: `Bearer ${server.apiKey}` },
    });
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect((await csv.text()).trim().split('\r\n')).toHaveLength(2);
  });

  it('are refused, each with its code, and change nothing', async () => {
    const pass = await newPass();
    const other = await createWebinar(server, 'Another one');
    const answers = [
      await send(beacon(`${pass.slice(0, -4)}AAAA`)),
      await send(beacon(await newPass(other.webinarId))),
      await send(beacon(pass, { watchedMs: -1 })),
      await send({ ...beacon(pass), unknown: 1 }),
      await send('not json'),
      await send(beacon('x'.repeat(8000))),
    ];
    expect(answers.map(({ status, body }) => [status, body.error?.code])).toEqual([
      [401, 'AUTH_TOKEN_INVALID'],
      [401, 'AUTH_TOKEN_INVALID'],
      [400, 'HTTP_BODY_INVALID'],
      [400, 'HTTP_BODY_INVALID'],
      [400, 'HTTP_BODY_INVALID'],
      [400, 'HTTP_BODY_INVALID'],
    ]);
    expect((await audience()).viewerCount).toBe(0);
    expect((await send(beacon(pass))).status).toBe(202);
    expect((await send(beacon(pass))).status).toBe(202);
    expect(await send(beacon(pass, { sequence: 1 }))).toMatchObject({
      status: 429,
      body: { error: { code: 'AUDIENCE_TOO_FREQUENT' } },
    });
    expect((await audience()).viewerCount).toBe(1);
  });

  it('of a registered viewer have their name in the attendance list', async () => {
    const invite = { body: { role: 'viewer', name: 'Ada Lovelace' } };
    const { token, url } = (await callApi<{ token: string; url: string }>(server, 'POST', path('invites'), invite))
      .body;
    expect(url).toBe(`${links.viewer}#${token}`);
    const headers = { authorization: `Bearer ${token}` };
    const { body } = await callApi<{ pass: string }>(server, 'POST', path('viewers'), { apiKey: null, headers });
    expect((await send(beacon(body.pass, { isLeaving: true }))).status).toBe(202);
    const list = await callApi<{ attendees: { name: string | null }[] }>(server, 'GET', path('attendance'));
    expect(list.body.attendees.map(({ name }) => name)).toContain('Ada Lovelace');
  });

  it('of more pages than one address may have are not counted', async () => {
    const outcomes = [];
    for (let page = 0; page < 5; page++) outcomes.push(await send(beacon(await newPass())));
    expect(outcomes.map(({ status }) => status)).toEqual([202, 202, 202, 202, 503]);
    expect(outcomes.at(-1)?.body.error?.code).toBe('AUDIENCE_FULL');
    expect((await audience()).viewerCount).toBe(5);
  });

  it('are for hosts and administrators to see', async () => {
    const withoutKey = await callApi<ErrorBody>(server, 'GET', path('audience'), { apiKey: null });
    expect(withoutKey).toMatchObject({ status: 401, body: { error: { code: 'AUTH_API_KEY_MISSING' } } });
    const hostToken = links.host.split('#')[1]!;
    const asHost = await fetch(`${server.baseUrl}${path('audience')}`, {
      headers: { authorization: `Bearer ${hostToken}` },
    });
    expect(asHost.status).toBe(200);
    const attendanceAsHost = await fetch(`${server.baseUrl}${path('attendance')}`, {
      headers: { authorization: `Bearer ${hostToken}` },
    });
    expect(attendanceAsHost.status).toBe(401);
  });
});
