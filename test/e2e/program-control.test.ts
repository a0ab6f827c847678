/**
 * The host decides what viewers see: in real Chromium a click on a layout, a pin, a slate and a shared screen, each
 * judged by the pixels on a viewer's screen inside the rectangles that the server says are there.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppliedChange, type ProgramTile, type ShownProgram } from '../../src/signaling/protocol/index.ts';
import { type Rgb, identityColour } from '../support/pattern/index.ts';
import { findCut, publishedPictures } from '../support/published-pictures.ts';
import { videoPlaylistUrl } from '../support/hls-client.ts';
import { callApi, createWebinar } from '../support/api.ts';
import { readManifest, waitForRecording } from '../support/finished-recording.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { type Viewer, openViewer } from '../support/viewer-page.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

const framesPerSec = 30;
/** What Chromium's fake screen is filled with. */
const fakeScreenColour = { r: 0, g: 136, b: 0 };
const ada = { name: 'Ada', identity: 3, toneHz: 440 };
const bob = { name: 'Bob', identity: 9, toneHz: 880 };

let server: RostrumServer;
let webinar: Awaited<ReturnType<typeof createWebinar>>;
let host: StagePerson;
let panelist: StagePerson;
let viewer: Viewer;
let identities: ReadonlyMap<string, number>;

beforeAll(async () => {
  // One small rung: what is judged here is what is where, not how sharp it is.
  server = await startRostrumServer({
    env: { ROSTRUM_MIXER_LADDER: '640x360:1000000', ROSTRUM_MIXER_ADMISSION: 'skip' },
    readyDeadlineMs: 60_000,
  });
  webinar = await createWebinar(server, 'Who sees what');
  host = await joinStage({ ...ada, url: webinar.host, frameCount: 150 });
  panelist = await joinStage({ ...bob, url: webinar.panelist, frameCount: 150 });
  await panelist.speak(false);
  const idOf = ({ page }: StagePerson) => page.evaluate<string>('rostrumStage.peerId');
  identities = new Map([
    [await idOf(host), ada.identity],
    [await idOf(panelist), bob.identity],
  ]);
  await host.press('Go live');
  await host.page.getByText('LIVE', { exact: true }).waitFor();
  viewer = await openViewer(webinar.viewer);
});

afterAll(async () => {
  await Promise.all([host?.close(), panelist?.close(), viewer?.close()]);
  await server?.dispose();
});

async function shown(): Promise<ShownProgram | null> {
  const path = `/api/webinars/${webinar.webinarId}/layout`;
  return (await callApi<{ shown: ShownProgram | null }>(server, 'GET', path)).body.shown;
}

/** A strip that is background in every camera's pattern, free of names, and inside of what a narrow tile cuts off. */
function seenIn({ x, y, width, height }: ProgramTile): Promise<Rgb> {
  return viewer.meanColour({ x: x + 0.3 * width, y: y + 0.72 * height, width: 0.2 * width, height: 0.05 * height });
}

function colourOf({ peerId, content }: ProgramTile): Rgb {
  return content === 'screen' ? fakeScreenColour : identityColour(identities.get(peerId)!);
}

function isClose(a: Rgb, b: Rgb): boolean {
  return (['r', 'g', 'b'] as const).every((component) => Math.abs(a[component] - b[component]) < 30);
}

/** Waits until the server says so, and the viewer's pixels too: every camera in its rectangle. */
async function viewerSees(name: string, tileCount: number): Promise<readonly ProgramTile[]> {
  const program = await waitFor(
    `${name} with ${tileCount} tiles`,
    async () => {
      const now = await shown();
      if (now?.name === name && now.tiles.length === tileCount) return now;
      throw new Error(`shows ${JSON.stringify(now)}`);
    },
    { deadlineMs: wholePathDeadlineMs },
  );
  for (const tile of program.tiles) {
    await waitFor(
      `the viewer to see ${JSON.stringify(tile)}`,
      async () => {
        const colour = await seenIn(tile);
        if (isClose(colour, colourOf(tile))) return true;
        throw new Error(`sees ${JSON.stringify(colour)}; viewer ${JSON.stringify(await viewer.debug())}`);
      },
      { deadlineMs: wholePathDeadlineMs },
    );
  }
  return program.tiles;
}

async function largeIs(identity: number): Promise<void> {
  await waitFor(
    `identity ${identity} in the first tile`,
    async () => identities.get((await shown())?.tiles[0]?.peerId ?? '') === identity,
    { deadlineMs: wholePathDeadlineMs },
  );
}

describe("the host's control of the program", () => {
  it('a click on Grid shows two people alike on the screen of a viewer, a click on Spotlight one of them large', async () => {
    await host.press('Grid');
    const [first, second] = await viewerSees('grid', 2);
    expect(first!.width).toBeCloseTo(second!.width, 2);
    expect(first!.width).toBeLessThanOrEqual(0.5);
    await host.press('Spotlight');
    const [large, small] = await viewerSees('spotlight', 2);
    expect(large!.width).toBeGreaterThan(2 * small!.width);
  });

  it('the panel draws what viewers see, and the buttons say which layout is chosen', async () => {
    const { page } = host;
    await page.getByRole('img', { name: /^Spotlight, Ada, Bob$/ }).waitFor();
    expect(await page.locator('.diagram-tile').count()).toBe(2);
    const pressed = page.getByRole('group', { name: 'Layout' }).locator('[aria-pressed=true]');
    expect(await pressed.allInnerTexts()).toEqual(['Spotlight']);
    await page.keyboard.press('5');
    await page.getByRole('img', { name: /^Grid, / }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('img', { name: /^Spotlight, chosen automatically/ }).waitFor();
    // A panelist has no such panel.
    expect(await panelist.page.getByRole('button', { name: 'Program', exact: true }).count()).toBe(0);
  });

  it('a pin makes somebody large who is silent, until the pin is taken away', async () => {
    await host.press('Automatic');
    await host.press('Pin Bob in the program');
    await largeIs(bob.identity);
    await viewerSees('spotlight', 2);
    await host.press('Pin Bob in the program');
    await largeIs(ada.identity);
    await viewerSees('spotlight', 2);
  });

  it('a shared screen arrives on the other panelist’s stage and, whole, on the screen of a viewer', async () => {
    await host.press('Automatic');
    await host.press('Share screen');
    await panelist.page.getByRole('article', { name: 'Screen of Ada' }).waitFor();
    const tiles = await viewerSees('screen-strip', 3);
    expect(tiles[0]).toMatchObject({ content: 'screen' });
    await host.press('Screen + face');
    const [screen, face] = await viewerSees('screen-pip', 2);
    expect(screen!.width * screen!.height).toBeGreaterThan(10 * face!.width * face!.height);
    await host.press('Automatic');
    await host.press('Stop sharing');
    await viewerSees('spotlight', 2);
    await panelist.page.getByRole('article', { name: 'Screen of Ada' }).waitFor({ state: 'detached' });
  });

  it('a slate hides everybody, and the stage brings them back', async () => {
    await host.press('Automatic');
    const tiles = await viewerSees('spotlight', 2);
    await host.press('Back soon');
    await waitFor('nobody to be seen', async () => !isClose(await seenIn(tiles[0]!), colourOf(tiles[0]!)), {
      deadlineMs: wholePathDeadlineMs,
    });
    await host.press('Stage');
    await viewerSees('spotlight', 2);
  });

  it('PUT layout with the API key is seen by viewers and heard by the panel; the answer names what is shown, and the frame from which on', async () => {
    const route = `/api/webinars/${webinar.webinarId}/layout`;
    const body = { layout: 'side-by-side' };
    const { status, body: applied } = await callApi<AppliedChange>(server, 'PUT', route, { body });
    expect(status).toBe(200);
    const changedSec = applied.mediaTimeSec;
    expect(applied).toMatchObject({ name: 'side-by-side', hiddenCount: 0 });
    await viewerSees('side-by-side', 2);
    const span = { fromSec: changedSec - 1, toSec: changedSec + 1 };
    const playlistUrl = await videoPlaylistUrl(server, webinar.webinarId);
    const pictures = await waitFor(
      'the segments around the change',
      () => publishedPictures(playlistUrl, span, { width: 320, height: 180, framesPerSec }),
      { deadlineMs: wholePathDeadlineMs },
    );
    // Exactly that frame is the first of the new layout, in what every viewer gets.
    const around = pictures.filter(({ timeSec }) => timeSec >= span.fromSec && timeSec <= span.toSec);
    const cut = findCut(around);
    expect(cut.timeSec).toBeCloseTo(changedSec, 3);
    expect(cut.share).toBeGreaterThan(0.8);
    await host.page.getByRole('img', { name: /^Side by side/ }).waitFor();
  });

  it('the recording notes what viewers were shown', async () => {
    await host.press('End');
    await host.press('End event');
    const manifest = readManifest(server, await waitForRecording(server, webinar.webinarId));
    const layouts = manifest.shown.map(({ layout }) => layout);
    expect(layouts).toEqual(
      expect.arrayContaining(['grid', 'spotlight', 'screen-strip', 'screen-pip', 'side-by-side']),
    );
    expect(manifest.shown.map(({ scene }) => scene)).toContain('backSoon');
  });
});
