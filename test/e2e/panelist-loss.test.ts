/**
 * A panelist's whole browser is killed, or stops without a word: their tile keeps its last picture or shows the avatar
 * and then goes, everything else goes on, and who comes back stands on stage once. Judged by the viewer's pixels and
 * samples, by the host's page, and by the recording. The cases share one event and run in order.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebinar } from '../support/api.ts';
import { downloadRecording, readManifest, waitForRecording } from '../support/finished-recording.ts';
import { killAll, processTree } from '../support/processes.ts';
import { ProgramWatch } from '../support/program-watch.ts';
import { type KnownPerson, judgeRecording, readRecording } from '../support/recording-judge/index.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { type Viewer, openViewer } from '../support/viewer-page.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

const frameCount = 300;
const ada: KnownPerson = { name: 'Ada', identity: 3, toneHz: 440 };
/** One person, whose camera tells which of his browsers is seen. */
const bobIn: readonly KnownPerson[] = [9, 10, 11].map((identity) => ({ name: 'Bob', identity, toneHz: 880 }));
const withBob = (index: number) => ({ large: ada, small: bobIn[index]!, heard: [ada] });
const adaAlone = { large: ada, small: 'nobody', heard: [ada] } as const;

let folder: string;
let server: RostrumServer;
let webinar: Awaited<ReturnType<typeof createWebinar>>;
let host: StagePerson;
/** Every browser that Bob ever had, the newest last. */
const bobs: StagePerson[] = [];
let viewer: Viewer;
let program: ProgramWatch;

async function bobJoins(options: Partial<Parameters<typeof joinStage>[0]> = {}): Promise<void> {
  const person = await joinStage({ ...bobIn[bobs.length]!, url: webinar.panelist, frameCount, ...options });
  bobs.push(person);
  await person.speak(false);
}

function signalAll(person: StagePerson, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const { pid } of processTree(person.browser.pid)) process.kill(pid, signal);
}

/** How many tiles called Bob the host sees. */
function bobsOnStage(): Promise<number> {
  return host.page.getByRole('article', { name: /^Bob/ }).count();
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-loss-'));
  // Small: what is judged is who is where, and four browsers run beside it.
  server = await startRostrumServer({ env: { ROSTRUM_MIXER_LADDER: '640x360:1000000' } });
  webinar = await createWebinar(server, 'Losses');
  host = await joinStage({ ...ada, url: webinar.host, frameCount });
  await bobJoins();
  await host.press('Go live');
  await host.page.getByRole('button', { name: 'End', exact: true }).waitFor();
  viewer = await openViewer(webinar.viewer);
  program = new ProgramWatch(viewer, [ada, bobIn[0]!]);
});

afterAll(async () => {
  // A stopped browser would not hear that it shall close.
  for (const person of bobs) if (processTree(person.browser.pid).length > 0) signalAll(person, 'SIGCONT');
  await Promise.all([host, viewer, ...bobs].map((one) => one?.close()));
  await server?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('the browser of a panelist', () => {
  it('killed with -9 takes its tile off the stage, and the program goes on', async () => {
    await program.change('both are there', withBob(0));
    await program.change('Bob’s browser was killed', adaAlone, async () =>
      killAll(processTree(bobs[0]!.browser.pid).map(({ pid }) => pid)),
    );
    expect(await bobsOnStage()).toBe(0);
  });

  it('stopped leaves a place that its next start takes over at once; the old page, when it wakes, is told', async () => {
    await program.change('Bob is back', withBob(1), () => bobJoins());
    const [, stopped] = bobs;
    const storageState = await stopped!.browser.context.storageState();
    const beforeJoin = async () => {
      program.end();
      signalAll(stopped!, 'SIGSTOP');
    };
    await program.change('Bob starts his browser again', withBob(2), () => bobJoins({ storageState, beforeJoin }));
    expect(await bobsOnStage()).toBe(1);
    // Not by the silence of the old connection, which takes up to 18 s to be noticed.
    expect(server.log()).toContain('SIGNALING_REPLACED');
    signalAll(stopped!, 'SIGCONT');
    await stopped!.page.getByRole('heading', { name: 'You are on stage in another window' }).waitFor();
    expect(await stopped!.page.getByRole('button', { name: 'Go on in this window' }).isVisible()).toBe(true);
    await program.change('the old browser woke up', withBob(2));
    expect(await bobsOnStage()).toBe(1);
  });

  it('stopped for good shows its last picture or the avatar until it is missed, and nobody else stops', async () => {
    const last = await viewer.tile('thumbnail');
    const adaBefore = await viewer.tile('stage');
    const seen: string[] = [];
    await program.change('Bob’s browser hangs', adaAlone, async () => {
      signalAll(bobs.at(-1)!, 'SIGSTOP');
      await waitFor(
        'the small tile to go',
        async () => {
          const [thumbnail, alone] = [await viewer.tile('thumbnail'), await viewer.tile('alone')];
          const shown = thumbnail === undefined ? 'no picture' : `${thumbnail.identity} at ${thumbnail.counter}`;
          if (seen.at(-1) !== shown) seen.push(shown);
          return alone?.identity === ada.identity;
        },
        { deadlineMs: wholePathDeadlineMs },
      );
    });
    expect(last?.identity).toBe(bobIn[2]!.identity);
    // Once the last picture stood still, it was followed by nothing but the avatar and the end of the tile.
    expect(seen.at(-1), seen.join(', ')).toBe('no picture');
    expect(
      seen.filter((shown) => shown === 'no picture'),
      seen.join(', '),
    ).toHaveLength(1);
    expect((await viewer.tile('alone'))?.counter).not.toBe(adaBefore?.counter);
    await waitFor('the roster to be clean', async () => (await bobsOnStage()) === 0, {
      deadlineMs: wholePathDeadlineMs,
    });
  });

  it('leaves a recording in which each loss shows as itself and costs nobody else a picture or a sound', async () => {
    program.end();
    await host.press('End');
    await host.press('End event');
    const detail = await waitForRecording(server, webinar.webinarId);
    const file = path.join(folder, 'recording.mp4');
    await downloadRecording(server, detail.recordingId, file);
    const manifest = readManifest(server, detail);
    const expected = { people: [ada, ...bobIn], frameCount, phases: program.phases, minCoverage: 0.2 };
    expect(judgeRecording(await readRecording(file), manifest, expected)).toEqual([]);
    expect(manifest.gaps).toEqual([]);
    const visits = manifest.participants.filter(({ displayName }) => displayName === 'Bob').map((one) => one.visits);
    expect(visits).toHaveLength(3);
    // One after the other: nobody stands on stage twice.
    const times = visits.flat().flatMap(({ joinedAtMs, leftAtMs }) => [joinedAtMs, leftAtMs!]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});
