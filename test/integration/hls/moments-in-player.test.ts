/** Date ranges from the call that brings them to the viewer page: hls.js in a real Chromium, at the moment that they are about. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveMarks } from '../../../src/app/timed-text/live-marks.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { openViewer, type Viewer } from '../../support/viewer-page.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startWatchServer, watchSizes, type WatchServer } from '../../support/watch-server.ts';

const deadlineMs = 30_000;
const names: Readonly<Record<string, string>> = { p1: 'Ada "Countess" Lovelace', p2: 'بوب' };

let server: WatchServer;
let marks: LiveMarks;
let viewer: Viewer;
const skips = { v2: 0, other: 0 };

beforeAll(async () => {
  server = await startWatchServer();
  marks = new LiveMarks({
    ...{ program: server.program, playoutDelayMs: 350, clock: systemClock, logger: silentLogger },
    nameOf: (participantId) => names[participantId],
    onMark: () => undefined,
  });
  marks.speakerChanged('p1', systemClock.wallMs());
  viewer = await openViewer('about:blank');
  viewer.page.on('request', (request) => {
    const skip = new URL(request.url()).searchParams.get('_HLS_skip');
    if (skip === 'v2') skips.v2++;
    else if (skip !== null) skips.other++;
  });
  await viewer.page.goto(server.watchUrl);
  await viewer.page.setViewportSize({ width: 1280, height: 720 });
}, 90_000);

afterAll(async () => {
  await viewer.close();
  await server.close();
});

const spoken = () => viewer.page.locator('.spoken').allTextContents();

/** Program time on the screen when the page first shows the text. */
const shownAtMs = (text: string) =>
  viewer.page.evaluate<number>(`new Promise((resolve, reject) => {
    const look = () => document.body.textContent.includes(${JSON.stringify(text)}) && resolve(rostrumViewer.programWallMs);
    new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
    look();
    setTimeout(() => reject(new Error('not shown')), ${deadlineMs});
  })`);

describe('moments on the viewer page', () => {
  it('tell who is heard', async () => {
    await waitFor('the speaker', async () => (await spoken()).includes('Speaking: Ada "Countess" Lovelace'), {
      deadlineMs,
    });
  });

  it('come when the viewer hears them, not when they are announced', async () => {
    const startAtMs = systemClock.wallMs() + 4000;
    const shown = shownAtMs('Question from Eve: 100 % "sure"?');
    marks.add({ type: 'question', text: '100 % "sure"?', askedBy: 'Eve', startAtMs, durationMs: 3000 });
    const speakerShown = shownAtMs('بوب');
    marks.speakerChanged('p2', startAtMs + 1000);
    expect(await viewer.page.locator('.notice-line').textContent()).toBe('');
    expect(Math.abs((await shown) - startAtMs)).toBeLessThan(500);
    expect(Math.abs((await speakerShown) - startAtMs - 1000)).toBeLessThan(500);
    expect(await spoken()).toEqual(['Speaking: بوب']);
    await waitFor(
      'the end of the question',
      async () => (await viewer.page.locator('.notice-line').textContent()) === '',
      {
        deadlineMs,
      },
    );
  });

  it('go on through an encoder that was replaced, delta updates and a long silence', async () => {
    marks.add({ type: 'slide', number: 3, title: 'Roadmap' });
    await waitFor('the slide', async () => (await spoken()).includes('Slide: 3. Roadmap'), { deadlineMs });
    await server.ladder.begin(watchSizes);
    const fromSec = await viewer.currentTimeSec();
    await waitFor('14 s more', async () => (await viewer.currentTimeSec()) > fromSec + 14, { deadlineMs });
    expect(await spoken()).toEqual(['Speaking: بوب', 'Slide: 3. Roadmap']);
    const shown = shownAtMs('Poll: Tea?');
    const { startAtMs } = marks.add({ type: 'poll', pollId: 'tea', question: 'Tea?', state: 'opened' });
    expect(Math.abs((await shown) - startAtMs)).toBeLessThan(500);
  });

  it('are asked for in delta updates that leave old ones out, and disturb nothing', async () => {
    expect(skips.v2).toBeGreaterThan(10);
    expect(skips.other).toBe(0);
    const { state, errors } = await viewer.debug();
    expect(state).toBe('playing');
    expect(errors.filter((error) => error.includes('"isFatal":true'))).toEqual([]);
    expect(server.ladder.failures).toEqual([]);
  });
});
