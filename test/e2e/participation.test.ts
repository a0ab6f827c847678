/**
 * A viewer takes part, in real Chromium and without ever loading another page: writes, asks, votes, raises a hand, is
 * brought up by the green room onto the stage, is seen there, leaves, and watches on.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebinar } from '../support/api.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { type Viewer, openViewer } from '../support/viewer-page.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

let server: RostrumServer;
let host: StagePerson;
let viewer: Viewer;
let pageStartedAt: number;

beforeAll(async () => {
  server = await startRostrumServer({
    env: { ROSTRUM_MIXER_LADDER: '640x360:800000', ROSTRUM_MIXER_ADMISSION: 'skip' },
    readyDeadlineMs: 60_000,
  });
  const webinar = await createWebinar(server, 'Take part');
  host = await joinStage({ name: 'Hana', identity: 3, toneHz: 440, url: webinar.host, frameCount: 90 });
  await host.press('Go live');
  await host.page.getByText('LIVE', { exact: true }).waitFor();
  viewer = await openViewer(webinar.viewer);
  await waitFor('the program', async () => (await viewer.debug()).state === 'playing', {
    deadlineMs: wholePathDeadlineMs,
  });
  pageStartedAt = await viewer.page.evaluate<number>('performance.timeOrigin');
  await host.press('Audience');
});

afterAll(async () => {
  await Promise.all([host?.close(), viewer?.close()]);
  await server?.dispose();
});

const atHost = () => host.page.getByRole('complementary', { name: 'Audience' });
const atViewer = () => viewer.page.getByRole('complementary', { name: 'Audience' });

describe('a viewer who takes part', () => {
  it('says a name once, writes, is read by the host, and reads what the host answers', async () => {
    await viewer.page.getByRole('button', { name: 'Chat and questions' }).click();
    await atViewer().getByLabel('Your name').fill('Vera');
    await atViewer().getByRole('button', { name: 'OK' }).click();
    await atViewer().getByLabel('Message').fill('Hello from <b>Prague</b>');
    await atViewer().getByRole('button', { name: 'Send' }).click();
    await atHost().getByText('Hello from <b>Prague</b>').waitFor();
    await atHost().getByLabel('Message').fill('Welcome, Vera');
    await atHost().getByRole('button', { name: 'Send' }).click();
    await atViewer().getByText('Welcome, Vera').waitFor();
    await atHost().getByLabel('To').selectOption('backstage');
    await atHost().getByLabel('Message').fill('Only for us');
    await atHost().getByRole('button', { name: 'Send' }).click();
    await atHost().getByText('Only for us').waitFor();
    expect(await atViewer().getByText('Only for us').count()).toBe(0);
  });

  it('is told by a mark on the button what was written while the panel was closed', async () => {
    await atViewer().getByRole('button', { name: 'Close the panel' }).click();
    await atHost().getByLabel('To').selectOption('public');
    await atHost().getByLabel('Message').fill('Are you still there?');
    await atHost().getByRole('button', { name: 'Send' }).click();
    await viewer.page.getByRole('button', { name: 'Chat and questions, 1 new' }).click();
    await atViewer().getByText('Are you still there?').waitFor();
  });

  it('asks; the question is taken up, and shown with the program when it is answered', async () => {
    await atViewer().getByRole('tab', { name: 'Questions' }).click();
    await atViewer().getByLabel('Question', { exact: true }).fill('When is the next one?');
    await atViewer().getByRole('button', { name: 'Ask' }).click();
    await atHost().getByRole('tab', { name: 'Questions (1)' }).click();
    await atHost().getByRole('button', { name: 'Answer', exact: true }).click();
    await atViewer().getByText('Being answered').waitFor();
    await viewer.page.locator('.notice-line').getByText('When is the next one?').waitFor();
    await atHost().getByRole('button', { name: 'Answered' }).click();
    await atViewer().getByText('Answered', { exact: true }).waitFor();
  });

  it('votes in a poll of the host, and both see the count', async () => {
    await atHost().getByRole('tab', { name: 'Polls' }).click();
    await atHost().getByText('New poll').click();
    await atHost().getByLabel('Question', { exact: true }).fill('Tea or coffee?');
    await atHost().getByLabel('Answers').fill('Tea\nCoffee');
    await atHost().getByRole('button', { name: 'Open poll' }).click();
    await atViewer().getByRole('tab', { name: 'Polls (1)' }).click();
    await atViewer().getByRole('button', { name: 'Coffee' }).click();
    await atHost().getByText('100 %').waitFor();
    await atHost().getByRole('button', { name: 'Close poll' }).click();
    await atViewer().getByText('Closed').waitFor();
  });

  it('raises a hand, is brought up by the green room, and seen by the host', async () => {
    await atViewer().getByRole('button', { name: 'Raise hand' }).click();
    await host.page.getByRole('button', { name: 'Audience (1 hand)' }).waitFor();
    await atHost().getByRole('button', { name: 'Bring up' }).click();
    await viewer.page.getByRole('button', { name: 'Go on stage' }).click();
    expect(await viewer.page.getByLabel('Your name').inputValue()).toBe('Vera');
    await viewer.page.getByRole('button', { name: 'Join the stage' }).click();
    await viewer.page.getByText('A host will let you in').waitFor();
    await viewer.page.getByText(/^Direct connection/).waitFor();
    await host.press('People (1 waiting)');
    await host.press('Let in');
    const admittedAtMs = performance.now();
    await host.page.getByRole('article', { name: /^Vera/ }).waitFor();
    await waitFor(
      'the picture of the viewer at the host',
      async () =>
        (await host.stats()).inbound.some(({ kind, framesDecoded }) => kind === 'video' && framesDecoded! > 0),
      { intervalMs: 20 },
    );
    console.log(`seen ${Math.round(performance.now() - admittedAtMs)} ms after having been let in`);
    await viewer.page.getByRole('article', { name: /^Hana/ }).waitFor();
  });

  it('leaves the stage and watches on, in the same page, with the conversation', async () => {
    await viewer.page.getByRole('button', { name: 'Leave' }).click();
    await waitFor('the program again', async () => (await viewer.debug()).state === 'playing', {
      deadlineMs: wholePathDeadlineMs,
    });
    expect(await viewer.page.evaluate<number>('performance.timeOrigin')).toBe(pageStartedAt);
    await host.page.getByRole('article', { name: /^Vera/ }).waitFor({ state: 'detached' });
    await atViewer().getByText('Are you still there?').waitFor();
    expect((await viewer.debug()).errors).toEqual([]);
  });
});
