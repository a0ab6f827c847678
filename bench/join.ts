/** Bench `join`: a viewer opens the page of a running event; until the first picture is on the screen. */
import { setTimeout as delay } from 'node:timers/promises';
import { createWebinar, goLive } from '../test/support/api.ts';
import { type TestBrowser, launchBrowser } from '../test/support/browser.ts';
import { startRostrumServer } from '../test/support/rostrum-server.ts';
import { joinStage } from '../test/support/stage-person.ts';
import { viewerDebug } from '../test/support/viewer-page.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { defineBench } from './lib/bench.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { percentiles, round } from './lib/percentiles.ts';

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
    'opening the viewer page of a running event to the first picture on the screen, with an empty cache and with a full one',
  peer: 'None publishes the time from click to first frame (reference/anchors.md).',
  options: {
    runs: { fallback: 20, min: 1, max: 200, help: 'viewers with an empty cache, and as many with a full one' },
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
    const { busyRatio } = machine();
    return {
      fields: {
        viewerMs: percentiles(cold.map(({ pictureMs }) => pictureMs)),
        viewerAgainMs: percentiles(warm.map(({ pictureMs }) => pictureMs)),
        viewerJoins: cold.map(({ pictureMs }) => round(pictureMs, 0)),
        latencyAtJoinMs: percentiles(cold.flatMap(({ latencyMs }) => latencyMs ?? [])),
      },
      conditions: {
        from: 'start of the navigation (performance.timeOrigin)',
        until: 'first picture presented, as requestVideoFrameCallback expects it',
        browser: 'a new Chromium for every viewer, already open; one viewer at a time, over loopback',
        leadSec: options.lead,
        busyRatio,
      },
      warnings: busyWarnings(busyRatio),
    };
  },
});

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
