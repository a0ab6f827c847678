/** Bench `join`: until the first picture is on the screen, of a viewer, of a panelist, and of a guest who is let in. */
import { setTimeout as delay } from 'node:timers/promises';
import { callApi, createWebinar, goLive } from '../test/support/api.ts';
import { type TestBrowser, launchBrowser } from '../test/support/browser.ts';
import { type RostrumServer, startRostrumServer } from '../test/support/rostrum-server.ts';
import { joinStage, type StagePerson } from '../test/support/stage-person.ts';
import { viewerDebug } from '../test/support/viewer-page.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { defineBench } from './lib/bench.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { percentiles, round } from './lib/percentiles.ts';
import { firstPictureOfPersonScript, measurePanelistJoin, measurePromotion } from './lib/stage-join.ts';

const deadlineMs = 30_000;

/** Runs before the page's own code; the clock of the page starts with the navigation, as the person's does. */
const firstPictureScript = `
  addEventListener('DOMContentLoaded', () => {
    new MutationObserver((_, observer) => {
      const video = document.querySelector('video');
      if (video === null) return;
      observer.disconnect();
      video.requestVideoFrameCallback((_, { expectedDisplayTime }) => { globalThis.firstPictureMs = expectedDisplayTime; });
    }).observe(document.documentElement, { childList: true, subtree: true });
  });
`;

interface Join {
  readonly pictureMs: number;
  readonly latencyMs: number | undefined;
}

export const joinBench = defineBench({
  name: 'join',
  summary:
    'a viewer of a running event, with an empty cache and with a full one; a panelist from the click to somebody else; a guest from being let in to the host',
  peer: 'None publishes the time from click to first frame (reference/anchors.md).',
  options: {
    runs: {
      fallback: 20,
      min: 1,
      max: 200,
      help: 'viewers with an empty cache, as many with a full one, panelists, guests',
    },
    lead: { fallback: 20, min: 5, max: 7200, help: 'seconds that the event is live before the first viewer comes' },
  },
  async run({ options, defer, note, signal }) {
    const server = await startRostrumServer();
    defer(() => server.dispose());
    const webinar = await createWebinar(server, 'Join bench');
    const person = await joinStage({ name: 'Host', identity: 3, toneHz: 440, url: webinar.host });
    defer(() => person.close());
    await goLive(server, webinar.webinarId, true);
    await delay(options.lead * 1000, undefined, { signal });
    const machine = watchMachine();
    const [cold, warm]: [Join[], Join[]] = [[], []];
    for (let run = 0; run < options.runs && !signal.aborted; run++) {
      const browser = await launchBrowser();
      defer(() => browser.close());
      cold.push(await join(browser, webinar.viewer));
      warm.push(await join(browser, webinar.viewer));
      await browser.close();
      note(
        `viewer ${run + 1}: ${Math.round(cold.at(-1)!.pictureMs)} ms, again ${Math.round(warm.at(-1)!.pictureMs)} ms`,
      );
    }
    const stage = await measureStage({ server, webinar, host: person, runCount: options.runs, defer, note, signal });
    const { busyRatio } = machine();
    return {
      fields: {
        viewerMs: percentiles(cold.map(({ pictureMs }) => pictureMs)),
        viewerAgainMs: percentiles(warm.map(({ pictureMs }) => pictureMs)),
        viewerJoins: cold.map(({ pictureMs }) => round(pictureMs, 0)),
        panelistMs: percentiles(stage.joins),
        promoteMs: percentiles(stage.promotions),
        latencyAtJoinMs: percentiles(cold.flatMap(({ latencyMs }) => latencyMs ?? [])),
      },
      conditions: {
        from: 'start of the navigation (performance.timeOrigin)',
        until: 'first picture presented, as requestVideoFrameCallback expects it',
        browser: 'a new Chromium for every viewer, already open; one viewer at a time, over loopback',
        panelist:
          'from the click on "Join the stage", devices open, to the first picture of the host there; page in the cache',
        promotion: 'from the click on "Let in", connection tested, to the first picture of the guest at the host',
        leadSec: options.lead,
        busyRatio,
      },
      warnings: busyWarnings(busyRatio),
    };
  },
});

/** The event runs on meanwhile, with its mixer. */
async function measureStage(options: {
  readonly server: RostrumServer;
  readonly webinar: Awaited<ReturnType<typeof createWebinar>>;
  readonly host: StagePerson;
  readonly runCount: number;
  readonly defer: (release: () => unknown) => void;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<{ joins: number[]; promotions: number[] }> {
  const { server, webinar, host, runCount, defer, note, signal } = options;
  // Another link for each: whoever was let in once comes straight in the next time.
  const invite = async (): Promise<string> => {
    const path = `/api/webinars/${webinar.webinarId}/invites`;
    const guest = { role: 'panelist', name: 'Guest', waits: true };
    return (await callApi<{ url: string }>(server, 'POST', path, { body: guest })).body.url;
  };
  const browser = await launchBrowser();
  defer(() => browser.close());
  await host.page.evaluate(firstPictureOfPersonScript);
  await host.press('People');
  // Once for the cache, as somebody who has tried the link before.
  await measurePanelistJoin(browser, webinar.panelist, host.name);
  const [joins, promotions]: [number[], number[]] = [[], []];
  for (let run = 0; run < runCount && !signal.aborted; run++) {
    joins.push(await measurePanelistJoin(browser, webinar.panelist, host.name));
    promotions.push(await measurePromotion(browser, { url: await invite(), name: 'Guest', host }));
    note(`stage ${run + 1}: joined in ${Math.round(joins.at(-1)!)} ms, let in ${Math.round(promotions.at(-1)!)} ms`);
  }
  return { joins, promotions };
}

async function join(browser: TestBrowser, url: string): Promise<Join> {
  const page = await browser.context.newPage();
  await page.addInitScript({ content: firstPictureScript });
  await page.goto(url);
  const pictureMs = await waitFor(
    'the first picture on the viewer page',
    () => page.evaluate<number | undefined>('globalThis.firstPictureMs'),
    { deadlineMs, intervalMs: 100 },
  );
  const { latencyMs } = await viewerDebug(page);
  await page.close();
  return { pictureMs, latencyMs: latencyMs ?? undefined };
}
