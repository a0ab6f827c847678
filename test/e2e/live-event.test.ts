/**
 * One whole event in real Chromium: two panelists with known cameras and microphones, one viewer who is read pixel by
 * pixel and sample by sample, and the recording judged by the same content for its whole length. The cases share one
 * event and run in order; each waits for what it wants to see and not for time to pass.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebinar } from '../support/api.ts';
import { downloadRecording, verifyRecording, waitForRecording } from '../support/finished-recording.ts';
import { judgeRecording } from '../support/recording-judge.ts';
import { programPids } from '../support/program-pids.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { type ProgramTile, type Viewer, openViewer } from '../support/viewer-page.ts';
import { waitFor } from '../support/wait-for.ts';

/** Everything between a camera and the viewer's screen, with room for a machine that does four browsers' work. */
const seenDeadlineMs = 30_000;
const frameCount = 300;
const ada = { name: 'Ada', identity: 3, toneHz: 440 };
const bob = { name: 'Bob', identity: 9, toneHz: 880 };
/** A tone of amplitude 0.25 through Opus, the mixer and AAC lies near -18 dBFS. */
const heardDb = -35;
const silentDb = -60;

let folder: string;
let server: RostrumServer;
let webinar: Awaited<ReturnType<typeof createWebinar>>;
let host: StagePerson;
let panelist: StagePerson;
let viewer: Viewer;

async function seen(tile: ProgramTile, identity: number | undefined): Promise<void> {
  await waitFor(
    `identity ${identity} in the ${tile} tile`,
    async () => {
      const reading = await viewer.tile(tile);
      if (reading?.identity === identity) return true;
      throw new Error(`shows ${JSON.stringify(reading)}; viewer ${JSON.stringify(await viewer.debug())}`);
    },
    { deadlineMs: seenDeadlineMs },
  );
}

async function heard(toneHz: number, isHeard: boolean): Promise<void> {
  await waitFor(
    `${toneHz} Hz to be ${isHeard ? 'heard' : 'gone'}`,
    async () => {
      const levelDb = await viewer.toneDb(toneHz);
      if (isHeard ? levelDb > heardDb : levelDb < silentDb) return true;
      throw new Error(`level is ${levelDb.toFixed(1)} dBFS`);
    },
    { deadlineMs: seenDeadlineMs },
  );
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-e2e-'));
  server = await startRostrumServer();
  webinar = await createWebinar(server, 'Live event');
  host = await joinStage({ ...ada, url: webinar.host, frameCount });
  panelist = await joinStage({ ...bob, url: webinar.panelist, frameCount });
  await panelist.speak(false);
  await host.press('Go live');
  await host.page.getByRole('button', { name: 'End', exact: true }).waitFor();
  viewer = await openViewer(webinar.viewer);
});

afterAll(async () => {
  await Promise.all([host?.close(), panelist?.close(), viewer?.close()]);
  await server?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('a live event', () => {
  it('shows the one who speaks in the spotlight, and the other after a change of speaker', async () => {
    await seen('stage', ada.identity);
    await seen('thumbnail', bob.identity);
    await host.speak(false);
    await panelist.speak(true);
    await seen('stage', bob.identity);
    await seen('thumbnail', ada.identity);
    await panelist.speak(false);
    await host.speak(true);
    await seen('stage', ada.identity);
    await seen('thumbnail', bob.identity);
  });

  it('shows moving pictures: the counter of the camera goes on and never back', async () => {
    const counters: number[] = [];
    await waitFor('twenty different counters', async () => {
      const reading = await viewer.tile('stage');
      if (reading !== undefined && reading.counter !== counters.at(-1)) counters.push(reading.counter);
      return counters.length >= 20;
    });
    // The file starts over after its last frame: forward is less than half a round.
    const steps = counters.slice(1).map((counter, index) => (counter - counters[index]! + frameCount) % frameCount);
    expect(
      steps.every((step) => step < frameCount / 2),
      `counters ${counters.join(' ')}`,
    ).toBe(true);
  });

  it('lets both tones be heard when both speak', async () => {
    await panelist.speak(true);
    await heard(ada.toneHz, true);
    await heard(bob.toneHz, true);
  });

  it('silences exactly the one who is muted', async () => {
    await panelist.press('Mute');
    await heard(bob.toneHz, false);
    await heard(ada.toneHz, true);
    await panelist.press('Unmute');
    await heard(bob.toneHz, true);
  });

  it('shows no picture of a camera that is switched off, and the picture again when it is on', async () => {
    await panelist.speak(false);
    await seen('stage', ada.identity);
    await panelist.press('Camera off');
    await seen('thumbnail', undefined);
    await seen('stage', ada.identity);
    await panelist.press('Camera on');
    await seen('thumbnail', bob.identity);
  });

  it('gives the whole stage to the one who stays when the other leaves, and takes the other back', async () => {
    await panelist.press('Leave');
    await seen('alone', ada.identity);
    await panelist.rejoin();
    await seen('thumbnail', bob.identity);
    await seen('stage', ada.identity);
  });

  it('goes on for the viewer after kill -9 of the mixer, behind a discontinuity', async () => {
    const { mixerPid } = await programPids(server);
    process.kill(mixerPid, 'SIGKILL');
    const playlistUrl = await videoPlaylistUrl();
    const playlist = await waitFor('a discontinuity in the playlist', async () => {
      const text = await (await fetch(playlistUrl)).text();
      return text.includes('#EXT-X-DISCONTINUITY\n') ? text : undefined;
    });
    expect(playlist).toMatch(/init-[1-9]\d*\.mp4/);
    const timeSec = await viewer.currentTimeSec();
    await waitFor('the viewer to play on', async () => (await viewer.currentTimeSec()) > timeSec + 6, {
      deadlineMs: seenDeadlineMs,
    });
    await seen('stage', ada.identity);
    await seen('thumbnail', bob.identity);
    await heard(ada.toneHz, true);
  });

  it('tells the viewer of the end and closes the playlists', async () => {
    const playlistUrl = await videoPlaylistUrl();
    await host.press('End');
    await host.press('End event');
    await waitFor('the viewer page to say ended', async () => (await viewer.debug()).state === 'ended', {
      deadlineMs: seenDeadlineMs,
    });
    expect(await (await fetch(playlistUrl)).text()).toContain('#EXT-X-ENDLIST');
  });

  it('leaves a recording that shows and sounds like the event for its whole length', async () => {
    const detail = await waitForRecording(server, webinar.webinarId);
    expect(detail.participants.map(({ displayName }) => displayName).sort()).toEqual(['Ada', 'Bob', 'Bob']);
    const file = path.join(folder, 'recording.mp4');
    await downloadRecording(server, detail.recordingId, file);
    await judgeRecording(file, detail, { people: [ada, bob], frameCount, alwaysOn: ada });
    expect(await verifyRecording(server, detail.recordingId)).toMatchObject({ ok: true, problems: [] });
  });

  it('offers the recording on its page: play, and verify says complete', async () => {
    const page = await viewer.browser.context.newPage();
    await page.goto(`${server.baseUrl}/recordings`);
    await page.getByLabel('API key').fill(server.apiKey);
    await page.getByRole('button', { name: 'Show recordings' }).click();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Complete and unchanged').waitFor();
    await page.getByRole('button', { name: 'Play' }).click();
    await waitFor(
      'the recording to play',
      async () => (await page.evaluate<number>('document.querySelector("video")?.currentTime ?? 0')) > 0,
    );
    await page.close();
  });

  it('leaves no process behind when the server is stopped', async () => {
    await expect(server.stop()).resolves.toMatchObject({ code: 0 });
  });
});

async function videoPlaylistUrl(): Promise<string> {
  const url = `${server.baseUrl}/hls/${webinar.webinarId}/multivariant.m3u8`;
  const lines = (await (await fetch(url)).text()).trim().split('\n');
  return new URL(lines.at(-1)!, url).href;
}
