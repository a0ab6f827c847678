/** What survives: loss of the encoder, the mixer, the recorder and everything, and an orderly stop in the middle of an event. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebinar, goLive, stateOf } from '../support/api.ts';
import { decodeLuma, decodeSamples } from '../support/decode-media.ts';
import { downloadRecording, verifyRecording, waitForRecording } from '../support/finished-recording.ts';
import { listedSec, readPlaylist, videoPlaylistUrl } from '../support/hls-client.ts';
import { parseMediaPlaylist, type ParsedSegment } from '../support/hls-playlist-parser.ts';
import { programPids, spareIsReady } from '../support/program-pids.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { waitFor } from '../support/wait-for.ts';

/** For what takes the whole path, on a machine that does other things too. */
const deadlineMs = 60_000;
/** One part: what was being written when everything stopped. */
const partSec = 0.342;

let folder: string;
let servers: RostrumServer[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-crash-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function startServer(): Promise<RostrumServer> {
  // One size, so that a busy machine has no reason to leave any out: the losses are those made here.
  const env = {
    ROSTRUM_API_KEY: 'a-key-for-both-lives-of-it',
    ROSTRUM_MIXER_ADMISSION: 'skip',
    ROSTRUM_MIXER_LADDER: '1280x720:2500000',
  };
  const server = await startRostrumServer({ dataDir: path.join(folder, 'data'), env });
  servers.push(server);
  return server;
}

/** Live, and `seconds` of it published. */
async function startEvent(server: RostrumServer, seconds: number): Promise<{ webinarId: string; playlistUrl: string }> {
  const { webinarId } = await createWebinar(server, 'Crash');
  await goLive(server, webinarId, true);
  const playlistUrl = await waitFor('the first segment', () => videoPlaylistUrl(server, webinarId), { deadlineMs });
  const isLong = async () => listedSec(await readPlaylist(playlistUrl)) >= seconds;
  await waitFor(`${seconds} s of program`, isLong, { deadlineMs });
  return { webinarId, playlistUrl };
}

/** @param lostSoundSec that may be missing: what AAC still holds is lost with its encoder. */
async function judgeFile(
  server: RostrumServer,
  recordingId: string,
  durationSec: number,
  lostSoundSec = 0,
): Promise<void> {
  const file = path.join(folder, 'recording.mp4');
  await downloadRecording(server, recordingId, file);
  const pictures = await decodeLuma(file, { width: 64, height: 36 });
  expect(Math.abs(pictures.length - durationSec * 30), 'pictures').toBeLessThanOrEqual(2);
  const samples = await decodeSamples(file);
  expect(Math.abs(samples.length / 48_000 - durationSec), 'seconds of sound').toBeLessThan(0.1 + lostSoundSec);
  expect(await verifyRecording(server, recordingId)).toMatchObject({ ok: true });
}

/** Every segment a viewer ever saw, by sequence number; throws when one of them was ever another. */
class SeenSegments {
  readonly byNumber = new Map<number, ParsedSegment>();

  async look(playlistUrl: string): Promise<void> {
    const { segments } = parseMediaPlaylist(await readPlaylist(playlistUrl));
    for (const segment of segments) {
      const { mediaSequenceNumber: number, durationSec, programDateTimeMs, mapUri } = segment;
      const before = this.byNumber.get(number);
      if (before !== undefined)
        expect([number, before.durationSec, before.programDateTimeMs, before.mapUri]).toEqual([
          number,
          durationSec,
          programDateTimeMs,
          mapUri,
        ]);
      this.byNumber.set(number, segment);
    }
  }

  get inOrder(): ParsedSegment[] {
    return [...this.byNumber.values()].sort((a, b) => a.mediaSequenceNumber - b.mediaSequenceNumber);
  }

  get discontinuityCount(): number {
    return this.inOrder.filter(({ isDiscontinuity }) => isDiscontinuity).length;
  }

  /** ms of wall time missing before each discontinuity. */
  get gapsMs(): number[] {
    const { inOrder } = this;
    return inOrder.flatMap((segment, index) => {
      const previous = inOrder[index - 1];
      if (previous === undefined || !segment.isDiscontinuity) return [];
      return [segment.programDateTimeMs! - (previous.programDateTimeMs! + previous.durationSec! * 1000)];
    });
  }
}

/** What is done, what the mixer calls it, and how much of the program it may cost: nothing, or a segment behind what it takes to notice. */
const faults = [
  { who: 'encoderPid', signal: 'SIGKILL', cause: 'MIXER_ENCODER_DIED', maxGapMs: 100 },
  { who: 'encoderPid', signal: 'SIGSTOP', cause: 'MIXER_ENCODER_STALLED', maxGapMs: 100 },
  { who: 'mixerPid', signal: 'SIGKILL', cause: 'SIGKILL', maxGapMs: 2000 },
  { who: 'mixerPid', signal: 'SIGSTOP', cause: 'fell silent', maxGapMs: 2000 + 1500 },
] as const;

/** Causes of the interruptions that the server has noted, in order. */
function interruptions(server: RostrumServer): string[] {
  return server
    .log()
    .split('\n')
    .filter((line) => line.includes('program interrupted'))
    .map((line) => /"cause":"([^"]*)"/.exec(line)![1]!);
}

describe('loss of the encoder and of the mixer in the middle of an event, one after the other', () => {
  it('costs viewers no sequence number and at most a segment each time, and the recording has all parts and names the gaps', async () => {
    const server = await startServer();
    const { webinarId, playlistUrl } = await startEvent(server, 3);
    const seen = new SeenSegments();
    for (const [index, { who, signal }] of faults.entries()) {
      await spareIsReady(server);
      process.kill((await programPids(server))[who], signal);
      await waitFor(
        `the program to go on after ${signal} of ${who}`,
        async () => {
          await seen.look(playlistUrl);
          return interruptions(server).length > index && seen.discontinuityCount >= interruptions(server).length;
        },
        { deadlineMs },
      );
    }
    await goLive(server, webinarId, false);
    await seen.look(playlistUrl);
    const segments = seen.inOrder;
    expect(segments.map(({ mediaSequenceNumber }) => mediaSequenceNumber)).toEqual(segments.map((_, index) => index));
    const causes = interruptions(server);
    const gaps = seen.gapsMs.map((gapMs, index) => ({ gapMs: Math.abs(gapMs), cause: causes[index]! }));
    // A machine that is busy enough adds interruptions of its own, and may give an encoder up before its silence tells.
    const ofMachine = gaps.filter(({ cause }) => cause === 'MIXER_FELL_BEHIND');
    const ofFaults = gaps.filter(({ cause }) => cause !== 'MIXER_FELL_BEHIND');
    console.log(gaps.map(({ gapMs, cause }) => `${cause}: ${gapMs.toFixed(0)} ms`).join(', '));
    expect(gaps).toHaveLength(causes.length);
    const expected = faults.map(({ cause }) => cause);
    const isGivenUp = ofMachine.length > 0 && !causes.includes('MIXER_ENCODER_STALLED');
    expect(ofFaults.map(({ cause }) => cause)).toEqual(
      expected.filter((cause) => !isGivenUp || cause !== 'MIXER_ENCODER_STALLED'),
    );
    for (const { gapMs, cause } of ofFaults)
      expect(gapMs, cause).toBeLessThan(faults.find((fault) => fault.cause === cause)!.maxGapMs);
    const publishedSec = segments.reduce((sum, { durationSec }) => sum + durationSec!, 0);
    const recording = await waitForRecording(server, webinarId);
    const durationSec = (recording.durationMs ?? 0) / 1000;
    expect(Math.abs(durationSec - publishedSec)).toBeLessThan(0.5);
    expect(recording.gaps.map(({ cause }) => cause)).toEqual(expect.arrayContaining(['SIGKILL', 'fell silent']));
    await judgeFile(server, recording.recordingId, durationSec, 0.1 * causes.length);
    expect(await server.stop(30_000)).toMatchObject({ code: 0 });
  });
});

describe('kill -9 of the whole tree in the middle of an event', () => {
  it('loses at most the part being written, and the next start finishes the recording by itself', async () => {
    const first = await startServer();
    const { webinarId, playlistUrl } = await startEvent(first, 5);
    const publishedSec = listedSec(await readPlaylist(playlistUrl));
    await first.killTree();
    const second = await startServer();
    const { recordingId, durationMs } = await waitForRecording(second, webinarId);
    const durationSec = (durationMs ?? 0) / 1000;
    expect(durationSec).toBeGreaterThanOrEqual(publishedSec - partSec);
    await judgeFile(second, recordingId, durationSec);
    expect(await stateOf(second, webinarId)).toBe('idle');
  });
});

describe('kill -9 of the recorder in the middle of an event', () => {
  it('loses nothing: the recording is as long as the program and has no gap', async () => {
    const server = await startServer();
    const { webinarId, playlistUrl } = await startEvent(server, 3);
    const [recorderPid] = server.pidsOf('recorder');
    process.kill(recorderPid!, 'SIGKILL');
    const isReplaced = () => server.pidsOf('recorder').some((pid) => pid !== recorderPid);
    await waitFor('another recorder', isReplaced, { deadlineMs });
    await waitFor('more program', async () => listedSec(await readPlaylist(playlistUrl)) >= 7, { deadlineMs });
    await goLive(server, webinarId, false);
    const publishedSec = listedSec(await readPlaylist(playlistUrl));
    const { recordingId, durationMs, gaps } = await waitForRecording(server, webinarId);
    const durationSec = (durationMs ?? 0) / 1000;
    expect(gaps).toEqual([]);
    expect(Math.abs(durationSec - publishedSec)).toBeLessThan(0.05);
    await judgeFile(server, recordingId, durationSec);
  });
});

describe('an orderly stop in the middle of an event', () => {
  it('ends the event, and the recording is complete after the next start at the latest', async () => {
    const first = await startServer();
    const { webinarId, playlistUrl } = await startEvent(first, 3);
    const publishedSec = listedSec(await readPlaylist(playlistUrl));
    expect(await first.stop(15_000)).toMatchObject({ code: 0 });
    const second = await startServer();
    const { recordingId, durationMs } = await waitForRecording(second, webinarId);
    const durationSec = (durationMs ?? 0) / 1000;
    expect(durationSec).toBeGreaterThanOrEqual(publishedSec);
    await judgeFile(second, recordingId, durationSec);
  });
});
