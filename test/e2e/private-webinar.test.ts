/** A private webinar in real browsers: the program comes from an edge of another address, to those who were invited. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callApi, goLive, type WebinarLinks } from '../support/api.ts';
import { freeTcpPort } from '../support/free-port.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { startVarnishEdge, type VarnishEdge } from '../support/varnish-edge.ts';
import { joinStage, type StagePerson } from '../support/stage-person.ts';
import { openViewer, type Viewer } from '../support/viewer-page.ts';
import { waitFor } from '../support/wait-for.ts';

let server: RostrumServer;
let edge: VarnishEdge;
let webinarId: string;
let links: WebinarLinks;
const viewers: Viewer[] = [];
const people: StagePerson[] = [];

beforeAll(async () => {
  const port = await freeTcpPort();
  edge = await startVarnishEdge(`http://127.0.0.1:${port}`);
  server = await startRostrumServer({
    env: { ROSTRUM_HTTP_PORT: String(port), ROSTRUM_HLS_PUBLIC_URL: edge.baseUrl, ROSTRUM_LOG_LEVEL: 'debug' },
  });
  const body = { title: 'Board meeting', visibility: 'private' };
  const created = await callApi<{ webinarId: string; links: WebinarLinks }>(server, 'POST', '/api/webinars', { body });
  ({ webinarId, links } = created.body);
  await goLive(server, webinarId, true);
});

afterAll(async () => {
  for (const browser of [...viewers, ...people]) await browser.close();
  await server?.dispose();
  await edge?.close();
});

async function open(url: string): Promise<Viewer> {
  const viewer = await openViewer(url);
  viewers.push(viewer);
  return viewer;
}

it('plays on the page of the invitation, through the edge, and tells the page without one that it is private', async () => {
  const addresses: string[] = [];
  const invited = await open(links.viewer);
  invited.page.on('request', (request) => addresses.push(request.url()));
  await waitFor('the invited viewer to play', async () => (await invited.debug()).state === 'playing', {
    deadlineMs: 60_000,
  });
  await waitFor('media from the edge', () => addresses.some((address) => address.includes('.m4s')), {
    deadlineMs: 20_000,
  });
  expect(addresses.filter((address) => address.includes('/hls/')).every((url) => url.startsWith(edge.baseUrl))).toBe(
    true,
  );

  const stranger = await open(links.viewer.split('#')[0]!);
  await waitFor('the stranger to be refused', async () => (await stranger.debug()).state === 'refused', {
    deadlineMs: 30_000,
  });
  expect(await stranger.page.textContent('.overlay h1')).toBe('This event is private');
  expect(await stranger.page.textContent('body')).not.toContain('Board meeting');

  const address = addresses.find((url) => url.includes('.m4s'))!;
  const bare = new URL(address.replace(/\/hls\/t\/[^/]+\//, '/hls/'));
  for (const base of [edge.baseUrl, server.baseUrl]) expect((await fetch(base + bare.pathname)).status).toBe(401);

  const token = /\/hls\/t\/([^/]+)\//.exec(address)![1]!;
  const invitation = links.viewer.split('#')[1]!;
  for (const secret of [token, invitation]) {
    expect(server.log()).not.toContain(secret);
    expect(addresses.some((url) => new URL(url).search.includes(secret))).toBe(false);
  }
});

it('a host copies an invitation for viewers, also when the server does not give it at first; a panelist has none', async () => {
  const host = await joinStage({ name: 'Ada', identity: 3, toneHz: 440, url: links.host, frameCount: 30 });
  people.push(host);
  await host.page.route('**/viewer-link', (route) => route.abort());
  await host.press('Leave');
  await host.rejoin();
  const again = host.page.getByRole('button', { name: 'Viewer link: try again' });
  await again.waitFor();
  expect(await host.page.getByRole('button', { name: 'Viewer link', exact: true }).count()).toBe(0);
  await host.page.unroute('**/viewer-link');
  await again.click();
  await host.browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await host.press('Viewer link');
  await host.page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await host.page.evaluate<string>('navigator.clipboard.readText()');
  const invited = await open(copied);
  await waitFor('the page of the copied link to play', async () => (await invited.debug()).state === 'playing', {
    deadlineMs: 60_000,
  });

  const panelist = await joinStage({ name: 'Bob', identity: 9, toneHz: 880, url: links.panelist, frameCount: 30 });
  people.push(panelist);
  expect(await panelist.page.getByRole('button', { name: 'Viewer link' }).count()).toBe(0);
});
