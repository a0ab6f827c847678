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
import { downloadRecording, readManifest, verifyRecording, waitForRecording } from '../support/finished-recording.ts';
import { videoPlaylistUrl } from '../support/hls-client.ts';
import { programPids } from '../support/program-pids.ts';
import { ProgramWatch } from '../support/program-watch.ts';
import { type KnownPerson, judgeRecording, readRecording } from '../support/recording-judge/index.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { type Viewer, openViewer } from '../support/viewer-page.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

const frameCount = 300;
const ada: KnownPerson = { name: 'Ada', identity: 3, toneHz: 440 };
const bob: KnownPerson = { name: 'Bob', identity: 9, toneHz: 880 };
const people = [ada, bob];
const adaSpeaks = { large: ada, small: bob, heard: [ada] } as const;
/** Whoever of two speakers is large is theirs to settle. */
const bothSpeak = { large: undefined, small: undefined, heard: [ada, bob] } as const;

let folder: string;
let server: RostrumServer;
let webinar: Awaited<ReturnType<typeof createWebinar>>;
let host: StagePerson;
let panelist: StagePerson;
let viewer: Viewer;
let program: ProgramWatch;

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
  program = new ProgramWatch(viewer, people);
});

afterAll(async () => {
  await Promise.all([host?.close(), panelist?.close(), viewer?.close()]);
  await server?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('a live event', () => {
  it('shows the one who speaks in the spotlight, and the other after a change of speaker', async () => {
    await program.change('Ada speaks', adaSpeaks);
    await program.change('Bob speaks', { large: bob, small: ada, heard: [bob] }, async () => {
      await host.speak(false);
      await panelist.speak(true);
    });
    await program.change('Ada speaks again', adaSpeaks, async () => {
      await panelist.speak(false);
      await host.speak(true);
    });
  });

  it('shows moving pictures: the counter of the camera goes on and never back', async () => {
    const counters: number[] = [];
    await waitFor(
      'twenty different counters',
      async () => {
        const reading = await viewer.tile('stage');
        if (reading !== undefined && reading.counter !== counters.at(-1)) counters.push(reading.counter);
        return counters.length >= 20;
      },
      { deadlineMs: wholePathDeadlineMs },
    );
    // The file starts over after its last frame: forward is less than half a round.
    const steps = counters.slice(1).map((counter, index) => (counter - counters[index]! + frameCount) % frameCount);
    expect(
      steps.every((step) => step < frameCount / 2),
      `counters ${counters.join(' ')}`,
    ).toBe(true);
  });

  it('lets both tones be heard when both speak', async () => {
    await program.change('both speak', bothSpeak, () => panelist.speak(true));
  });

  it('silences exactly the one who is muted', async () => {
    await program.change('Bob is muted', adaSpeaks, () => panelist.press('Mute'));
    await program.change('Bob is unmuted', bothSpeak, () => panelist.press('Unmute'));
  });

  it('shows no picture of a camera that is switched off, and the picture again when it is on', async () => {
    await program.change('Bob is silent', adaSpeaks, () => panelist.speak(false));
    const off = { large: ada, small: 'avatar', heard: [ada] } as const;
    await program.change('Bob’s camera is off', off, () => panelist.press('Camera off'));
    await program.change('Bob’s camera is on', adaSpeaks, () => panelist.press('Camera on'));
  });

  it('gives the whole stage to the one who stays when the other leaves, and takes the other back', async () => {
    const alone = { large: ada, small: 'nobody', heard: [ada] } as const;
    await program.change('Ada is alone', alone, () => panelist.press('Leave'));
    await program.change('Bob is back', adaSpeaks, async () => {
      await panelist.rejoin();
      await panelist.speak(false);
    });
  });

  it('goes on for the viewer after kill -9 of the mixer, behind a discontinuity', async () => {
    const { mixerPid } = await programPids(server);
    await program.change('a new mixer', adaSpeaks, async () => process.kill(mixerPid, 'SIGKILL'));
    const playlist = await (await fetch(await videoPlaylistUrl(server, webinar.webinarId))).text();
    expect(playlist).toContain('#EXT-X-DISCONTINUITY\n');
    expect(playlist).toMatch(/init-[1-9]\d*\.mp4/);
  });

  it('lets a viewer go back to what was said before, by a moment, the bar and the keys, and return to live', async () => {
    program.end();
    const { page } = viewer;
    const patient = { deadlineMs: wholePathDeadlineMs };
    const isBackWith = (person: KnownPerson) => async () => {
      const { behindSec } = await viewer.debug();
      const tile = await viewer.tile('stage');
      return behindSec !== null && behindSec > 5 && tile?.identity === person.identity;
    };
    const bobSpoke = program.phases.find(({ what }) => what === 'Bob speaks')!;
    await page.locator('.seek-marks button[title="Bob"]').first().dispatchEvent('click');
    await waitFor('Bob to be large again', isBackWith(bob), patient);
    await waitFor('Bob to be heard again', async () => (await viewer.toneDb(bob.toneHz)) > -35, patient);
    const seenMs = (await viewer.debug()).programWallMs!;
    expect(seenMs).toBeGreaterThan(bobSpoke.fromWallMs - 5000);
    expect(seenMs).toBeLessThan(bobSpoke.toWallMs + 5000);
    // Back to the very start, where Ada spoke.
    const slider = page.getByRole('slider', { name: 'Position in the event' });
    await slider.focus();
    await page.keyboard.press('Home');
    await waitFor('the beginning', async () => ((await viewer.debug()).programWallMs ?? 0) < seenMs, patient);
    await waitFor('Ada to be large at the beginning', isBackWith(ada), patient);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/ behind live$/);
    const beforeMs = (await viewer.debug()).programWallMs!;
    await slider.blur();
    await page.keyboard.press('ArrowRight');
    await waitFor('ten seconds on', async () => (await viewer.debug()).programWallMs! > beforeMs + 9000, patient);
    expect((await viewer.debug()).errors.filter((error) => error.includes('"isFatal":true'))).toEqual([]);
    // Everything is cut off: the page comes back to where the viewer was, not to live.
    const cutAtMs = (await viewer.debug()).programWallMs!;
    await page.route('**/hls/**', (route) => route.abort('connectionreset'));
    await waitFor('the page to notice', async () => (await viewer.debug()).state !== 'playing', patient);
    await page.unroute('**/hls/**');
    const isBackThere = async () => {
      const { state, behindSec, programWallMs } = await viewer.debug();
      return state === 'playing' && behindSec !== null && programWallMs !== null && programWallMs < cutAtMs + 15_000;
    };
    await waitFor('the same place', isBackThere, patient);
    expect((await viewer.debug()).programWallMs).toBeGreaterThan(cutAtMs - 5000);
    await page.getByRole('button', { name: 'Go to live' }).click();
    await waitFor(
      'live again',
      async () => {
        const { behindSec, latencyMs } = await viewer.debug();
        return behindSec === null && latencyMs !== null && latencyMs < 10_000;
      },
      patient,
    );
  });

  it('tells the viewer of the end and closes the playlists', async () => {
    const playlistUrl = await videoPlaylistUrl(server, webinar.webinarId);
    program.end();
    await host.press('End');
    await host.press('End event');
    await waitFor('the viewer page to say ended', async () => (await viewer.debug()).state === 'ended', {
      deadlineMs: wholePathDeadlineMs,
    });
    expect(await (await fetch(playlistUrl)).text()).toContain('#EXT-X-ENDLIST');
  });

  it('leaves a recording that shows and sounds like the event for its whole length', async () => {
    const detail = await waitForRecording(server, webinar.webinarId);
    expect(detail.participants.map(({ displayName }) => displayName).sort()).toEqual(['Ada', 'Bob', 'Bob']);
    const file = path.join(folder, 'recording.mp4');
    await downloadRecording(server, detail.recordingId, file);
    const manifest = readManifest(server, detail);
    const expected = { people, frameCount, phases: program.phases };
    expect(judgeRecording(await readRecording(file), manifest, expected)).toEqual([]);
    const speakers = manifest.speakers.map(({ displayName }) => displayName);
    expect(speakers.join(' ')).toContain('Ada Bob Ada');
    expect(manifest.interruptions.map(({ cause }) => cause)).toContain('SIGKILL');
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
      { deadlineMs: wholePathDeadlineMs },
    );
    await page.close();
  });

  it('leaves no process behind when the server is stopped', async () => {
    await expect(server.stop()).resolves.toMatchObject({ code: 0 });
  });
});
