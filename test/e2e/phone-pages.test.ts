/** Every page on a phone of 390x844, with what people have on it: a long title, two people, a live program, a recording. */
import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebinar } from '../support/api.ts';
import { type TestBrowser, launchBrowser } from '../support/browser.ts';
import { waitForRecording } from '../support/finished-recording.ts';
import { phoneContext, phoneProblems } from '../support/phone-layout.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

const title = 'Quarterly townhall with a title that no phone has room for in one line';

let server: RostrumServer;
let browser: TestBrowser;
let webinar: Awaited<ReturnType<typeof createWebinar>>;

async function openPhone(url: string): Promise<Page> {
  const page = await (await phoneContext(browser.browser)).newPage();
  await page.goto(url);
  return page;
}

async function openStage(url: string, name: string): Promise<Page> {
  const page = await openPhone(url);
  await page.getByLabel('Your name').fill(name);
  await waitFor('the camera', () => page.evaluate<boolean>('document.querySelector("video")?.videoWidth > 0'), {
    deadlineMs: wholePathDeadlineMs,
  });
  return page;
}

async function join(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Join the stage' }).tap();
  await waitFor('the stage to be joined', async () => (await page.evaluate('rostrumStage.state')) === 'joined', {
    deadlineMs: wholePathDeadlineMs,
  });
}

beforeAll(async () => {
  server = await startRostrumServer({
    env: { ROSTRUM_MIXER_LADDER: '640x360:1000000', ROSTRUM_TURN_ENABLED: 'false' },
  });
  webinar = await createWebinar(server, title);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

describe('on a phone', () => {
  it('the landing page offers every link', async () => {
    const page = await openPhone(server.baseUrl);
    await page.getByRole('link', { name: 'Open as host' }).waitFor();
    expect(await phoneProblems(page)).toEqual([]);
    await page.getByRole('link', { name: 'Open as viewer' }).tap();
    await page.waitForURL('**/watch/**');
    expect(await phoneProblems(page)).toEqual([]);
    await page.close();
  });

  it('people come on stage, one goes live and decides what is shown, others watch, and somebody leaves', async () => {
    const host = await openStage(webinar.host, 'Ada King, Countess of Lovelace, first of all programmers');
    expect(await phoneProblems(host)).toEqual([]);
    await join(host);
    const panelist = await openStage(webinar.panelist, 'Bob');
    await join(panelist);
    await waitFor('two tiles', async () => (await host.getByRole('article').count()) === 2);
    expect(await phoneProblems(host)).toEqual([]);
    expect(await phoneProblems(panelist)).toEqual([]);

    await panelist.getByRole('button', { name: 'Devices' }).tap();
    await panelist.getByRole('button', { name: 'Done' }).tap();

    await host.getByRole('button', { name: 'Go live' }).tap();
    await host.getByRole('button', { name: 'End', exact: true }).waitFor({ timeout: wholePathDeadlineMs });
    await host.getByRole('button', { name: 'Program', exact: true }).tap();
    await host.getByRole('button', { name: 'Grid' }).tap();
    await host.getByText('Look: theme').tap();
    expect(await phoneProblems(host, 'aside.program')).toEqual([]);
    await host.getByRole('complementary', { name: 'Program' }).getByRole('button', { name: /Close/ }).tap();

    const viewer = await openPhone(webinar.viewer);
    await waitFor('the viewer to play', async () => (await viewer.evaluate('rostrumViewer.state')) === 'playing', {
      deadlineMs: wholePathDeadlineMs,
    });
    expect(await phoneProblems(viewer)).toEqual([]);

    await panelist.getByRole('button', { name: 'Leave' }).tap();
    await panelist.getByRole('heading', { name: 'You left the stage' }).waitFor();
    expect(await phoneProblems(panelist)).toEqual([]);

    await host.getByRole('button', { name: 'End', exact: true }).tap();
    await host.getByRole('button', { name: 'End event' }).tap();
    await waitFor('the viewer to be told', async () => (await viewer.evaluate('rostrumViewer.state')) === 'ended', {
      deadlineMs: wholePathDeadlineMs,
    });
    expect(await phoneProblems(viewer)).toEqual([]);
    await Promise.all([host, panelist, viewer].map((page) => page.close()));
  });

  it('recordings are found, verified and played', async () => {
    await waitForRecording(server, webinar.webinarId);
    const page = await openPhone(`${server.baseUrl}/recordings`);
    expect(await phoneProblems(page)).toEqual([]);
    await page.getByLabel('API key').fill(server.apiKey);
    await page.getByRole('button', { name: 'Show recordings' }).tap();
    await page.getByRole('button', { name: 'Verify' }).tap();
    await page.getByText('Complete and unchanged').waitFor();
    await page.getByRole('button', { name: 'Play' }).tap();
    await waitFor(
      'the recording to play',
      () => page.evaluate<boolean>('document.querySelector("video")?.currentTime > 0'),
      {
        deadlineMs: wholePathDeadlineMs,
      },
    );
    expect(await phoneProblems(page)).toEqual([]);
  });
});
