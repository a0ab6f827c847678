/**
 * The viewer page gets the program back by itself after everything that ends a player: each case makes the fault in a
 * real Chromium, waits until the page's player has failed for good (a fault that was not felt proves nothing), takes the
 * fault away, and then waits for moving pixels of a program that was made after that. Nobody touches the page.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi, createWebinar, goLive } from '../support/api.ts';
import { freePortRange } from '../support/free-port.ts';
import { readPlaylist, videoPlaylistUrl } from '../support/hls-client.ts';
import { parseMediaPlaylist } from '../support/hls-playlist-parser.ts';
import { processTree } from '../support/processes.ts';
import { type RostrumServer, sfuPortCount, startRostrumServer } from '../support/rostrum-server.ts';
import { playsAgain, recoveryDeadlineMs } from '../support/moving-picture.ts';
import { type Viewer, openViewer, viewerDebug } from '../support/viewer-page.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

const anyHls = '**/hls/**';
const playlists = '**/hls/**/*.m3u8*';
const media = '**/hls/**/*.m4s*';

let folder: string;
let server: RostrumServer;
let webinarId: string;
let viewerUrl: string;
let viewer: Viewer;
let env: Record<string, string>;

async function startServer(): Promise<RostrumServer> {
  return startRostrumServer({ env, dataDir: path.join(folder, 'data'), readyDeadlineMs: wholePathDeadlineMs });
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-recovery-'));
  env = {
    ROSTRUM_API_KEY: 'a-key-for-both-lives-of-it',
    ROSTRUM_HTTP_PORT: String(await freePortRange(1)),
    ROSTRUM_SFU_BASE_PORT: String(await freePortRange(sfuPortCount)),
    ROSTRUM_TURN_ENABLED: 'false',
    ROSTRUM_MIXER_LADDER: '640x360:800000',
    // So that a tab that sleeps does not have to sleep for long to find nothing of what it knew.
    ROSTRUM_HLS_WINDOW_SEC: '12',
    ROSTRUM_HLS_DVR_WINDOW_SEC: '0',
  };
  server = await startServer();
  const webinar = await createWebinar(server, 'Recovery');
  ({ webinarId, viewer: viewerUrl } = { webinarId: webinar.webinarId, viewer: webinar.viewer });
  await goLive(server, webinarId, true);
  // A program that moves although nobody is on stage.
  const branding = { ticker: 'Nobody is here, and yet something moves.' };
  const { status } = await callApi(server, 'PUT', `/api/webinars/${webinarId}/branding`, { body: branding });
  expect(status).toBe(200);
  viewer = await openViewer(viewerUrl);
  await playsAgain(viewer, Date.now());
});

afterAll(async () => {
  await viewer?.close();
  await server?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function fatalErrors({ page }: Pick<Viewer, 'page'>): Promise<string[]> {
  return page.evaluate(`rostrumViewer.hlsErrors.filter(({ isFatal }) => isFatal).map(({ details }) => details)`);
}

/** The fault is there until the player has failed for good; then it is taken away, and the page must come back. */
async function survives(pattern: string, handler: (route: Route) => Promise<void> | void): Promise<string[]> {
  const { page } = viewer;
  const before = (await fatalErrors(viewer)).length;
  await page.route(pattern, handler);
  try {
    await waitFor('the player to fail for good', async () => (await fatalErrors(viewer)).length > before, {
      deadlineMs: wholePathDeadlineMs,
    });
  } finally {
    await page.unroute(pattern, handler);
  }
  await playsAgain(viewer, Date.now());
  return (await fatalErrors(viewer)).slice(before);
}

function answer(status: number, body: string | Buffer, contentType = 'application/octet-stream') {
  return (route: Route) => fulfill(route, { status, body, contentType });
}

/** A request that is under way when its route is taken off was let through already. */
async function fulfill(route: Route, reply: Parameters<Route['fulfill']>[0]): Promise<void> {
  await route.fulfill(reply).catch((error: unknown) => {
    if (!String(error).includes('already handled')) throw error;
  });
}

/** The real answer, with every box of that type overwritten from `offset` bytes behind its name on. */
function damaged(type: string, offset: number) {
  return async (route: Route): Promise<void> => {
    const response = await route.fetch().catch(() => undefined);
    if (response === undefined) return route.abort().catch(() => undefined);
    const body = await response.body();
    for (let at = body.indexOf(type); at !== -1; at = body.indexOf(type, at + 4)) {
      const endAt = at - 4 + body.readUInt32BE(at - 4);
      body.fill(0xa5, at + offset, Math.min(endAt, at + offset + 4000));
    }
    return fulfill(route, { response, body });
  };
}

describe('the viewer page plays again by itself after', () => {
  it('every request was cut off', async () => {
    await survives(anyHls, (route) => route.abort('connectionreset'));
  });

  it('the origin answered 503 to everything', async () => {
    await survives(anyHls, answer(503, '{"error":{"code":"HLS_NOT_READY","message":"Not now."}}', 'application/json'));
  });

  it('the playlists were not found', async () => {
    await survives(playlists, answer(404, '{"error":{"code":"HLS_NOT_FOUND","message":"No."}}', 'application/json'));
  });

  it('the playlists held something else', async () => {
    await survives(playlists, answer(200, '<!doctype html><title>Wi-Fi login</title>', 'text/html'));
  });

  it('parts and segments were garbage', async () => {
    await survives(media, answer(200, Buffer.alloc(20_000, 'garbage'), 'video/mp4'));
  });

  it('parts and segments claimed billions of samples', async () => {
    await survives(media, damaged('trun', 8));
  });

  it('parts and segments held media that no decoder takes', async () => {
    await survives(media, damaged('mdat', 4));
  });

  it('nothing was answered at all', async () => {
    const held: Route[] = [];
    const failed = await survives(anyHls, (route) => void held.push(route));
    expect(failed.length).toBeGreaterThan(0);
    for (const route of held) await route.abort().catch(() => undefined);
  });

  it('the player’s own code could not be loaded at first', async () => {
    const page = await viewer.browser.context.newPage();
    const other = { page, debug: () => viewerDebug(page) };
    const isAsset = /\/assets\/hls-player[^/]*\.js/;
    let abortedCount = 0;
    await page.route(isAsset, (route) => {
      abortedCount++;
      return route.abort();
    });
    await page.goto(viewerUrl);
    await waitFor('the page to fail', async () => (await fatalErrors(other)).length > 0, {
      deadlineMs: recoveryDeadlineMs,
    });
    expect(abortedCount).toBeGreaterThan(0);
    await page.unroute(isAsset);
    await playsAgain(other, Date.now());
    await page.close();
  });

  it('the machine slept until nothing that the page knew was there any more', async () => {
    const url = await videoPlaylistUrl(server, webinarId);
    const knownNumber = (await segmentNumbers(url)).at(-1)!;
    const pids = processTree(viewer.browser.pid).map(({ pid }) => pid);
    signalAll(pids, 'SIGSTOP');
    await waitFor('the window to move on', async () => (await segmentNumbers(url))[0]! > knownNumber + 2, {
      deadlineMs: recoveryDeadlineMs,
    });
    const wokeAtMs = Date.now();
    signalAll(pids, 'SIGCONT');
    await playsAgain(viewer, wokeAtMs);
  });

  it('the whole server was killed and started again, and the event went on', async () => {
    await server.killTree();
    await waitFor('the page to notice', async () => (await viewer.debug()).state !== 'playing', {
      deadlineMs: recoveryDeadlineMs,
    });
    server = await startServer();
    await goLive(server, webinarId, true);
    await playsAgain(viewer, Date.now());
  });
});

async function segmentNumbers(url: string): Promise<number[]> {
  return parseMediaPlaylist(await readPlaylist(url)).segments.map(({ mediaSequenceNumber }) => mediaSequenceNumber);
}

/** Processes that Chromium had no more use for end by themselves; the others must take the signal. */
function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (pid === viewer.browser.pid || (error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
