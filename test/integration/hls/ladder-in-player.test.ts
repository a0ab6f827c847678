/** The viewer page in a real Chromium on a program in two sizes: menus, languages, and a size that goes and comes back. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPagesRouter } from '../../../src/app/http/pages.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { createHlsOrigin, createProgram, type HlsOrigin, hlsConfigSchema } from '../../../src/hls/index.ts';
import { ladderRenditions, ladderToneHz, LiveLadder } from '../../support/live-ladder.ts';
import { openViewer, type Viewer } from '../../support/viewer-page.ts';
import { waitFor } from '../../support/wait-for.ts';

const deadlineMs = 45_000;
const webinarId = 'webinar-1';
const bothSizes = ['video-360p', 'video-180p'];

let ladder: LiveLadder;
let origin: HlsOrigin;
let server: Server;
let viewer: Viewer;

/** What the page asks the server beside the program. */
function publicApi(): express.Router {
  const router = express.Router();
  router.get('/api/time', (_request, response) => void response.json({ wallMs: Date.now() }));
  router.get(`/api/webinars/${webinarId}/public`, (_request, response) => {
    const hlsUrl = `/hls/${webinarId}/multivariant.m3u8`;
    response.json({
      webinarId,
      title: 'A program in two sizes',
      state: 'live',
      hasJustEnded: false,
      hlsUrl,
      fallbackHlsUrl: null,
    });
  });
  return router;
}

beforeAll(async () => {
  const common = { clock: systemClock, logger: silentLogger, metrics: new Metrics() };
  const config = hlsConfigSchema.parse({});
  const program = createProgram({
    ...{ webinarId, sessionId: 'session-1', renditions: ladderRenditions, config, isQuickStart: true },
    ...common,
  });
  origin = createHlsOrigin({ config, ...common });
  origin.addProgram(program);
  const app = express();
  app.use((request, response, next) => void origin.handle(request, response, next));
  app.use(publicApi());
  app.use(createPagesRouter());
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ladder = new LiveLadder(program);
  await ladder.begin(bothSizes);
  await program.playable;
  viewer = await openViewer(`http://127.0.0.1:${(server.address() as AddressInfo).port}/watch/${webinarId}`);
  await viewer.page.setViewportSize({ width: 1280, height: 720 });
}, 90_000);

afterAll(async () => {
  await viewer.close();
  await ladder.stop();
  origin.close();
  server.closeAllConnections();
  server.close();
});

const heightPx = () => viewer.page.evaluate<number>('document.querySelector("video").videoHeight');
const quality = () => viewer.page.getByLabel('Quality');
const chosen = () => quality().inputValue();

async function shows(expectedPx: number): Promise<void> {
  await waitFor(
    `a picture of ${expectedPx} lines`,
    async () => {
      const now = await heightPx();
      if (now === expectedPx) return true;
      throw new Error(`it has ${now}; ${JSON.stringify(await viewer.debug())}`);
    },
    { deadlineMs },
  );
}

/** The picture goes on for so many seconds of program. */
async function playsOn(seconds: number): Promise<void> {
  const fromSec = await viewer.currentTimeSec();
  const isThere = async () => (await viewer.currentTimeSec()) >= fromSec + seconds;
  await waitFor(`${seconds} s more to be played`, isThere, { deadlineMs });
}

describe('the viewer page on a program in two sizes', () => {
  it('offers Auto and every size, largest first', async () => {
    await waitFor('the quality menu', () => quality().isVisible(), { deadlineMs });
    const options = await quality().locator('option').allTextContents();
    expect(options.map((text) => text.split(' ')[0])).toEqual(['Auto', '360p', '180p']);
    expect(await chosen()).toBe('auto');
  });

  it('changes the size by keyboard, and back', async () => {
    await quality().focus();
    for (const [key, expectedPx] of [
      ['End', 180],
      ['ArrowUp', 360],
    ] as const) {
      await viewer.page.keyboard.press(key);
      await shows(expectedPx);
      expect(await chosen()).toBe(String(expectedPx));
    }
  });

  it('changes the language that is heard', async () => {
    const { 'audio-main': floorHz, 'audio-fr': frenchHz } = ladderToneHz;
    const hears = (hz: number, otherHz: number) =>
      waitFor(`${hz} Hz`, async () => (await viewer.toneDb(hz)) > -30 && (await viewer.toneDb(otherHz)) < -60, {
        deadlineMs,
      });
    // The browser lets a page be heard after a click only.
    await viewer.page.getByLabel('Player controls').click();
    await hears(floorHz, frenchHz);
    await viewer.page.getByLabel('Language').selectOption('Français');
    await hears(frenchHz, floorHz);
  });

  it('goes on in the next size when the chosen one is no longer encoded, and in the larger one again when it is back', async () => {
    expect(await chosen()).toBe('360');
    await ladder.begin(['video-180p']);
    await shows(180);
    await waitFor('the menu to say so', async () => (await chosen()) === 'auto', { deadlineMs });
    await playsOn(5);
    expect(await heightPx()).toBe(180);
    await ladder.begin(bothSizes);
    // By itself: the page looks every 10 s whether the size is back.
    await shows(360);
    await playsOn(2);
    expect(ladder.failures).toEqual([]);
    const { state, errors } = await viewer.debug();
    expect(state).toBe('playing');
    expect(errors.filter((error) => error.includes('"isFatal":true'))).toEqual([]);
  }, 120_000);
});
