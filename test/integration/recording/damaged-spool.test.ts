import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { LocalObjectStore, type ObjectStore, RecordingLibrary } from '../../../src/recording/index.ts';
import { InProcessRecorder } from './support/in-process-recorder.ts';
import { decodeVideo } from './support/judge-mp4.ts';
import { makeRun, numbered, type ProgramRunMedia, runCommands, startOf, videoId } from './support/program-media.ts';

const ids = { webinarId: 'web-1', sessionId: 'ses-1' };
const t0 = Date.UTC(2026, 10, 23, 10, 0, 0);

describe('the recorder on a disk that gives other bytes than it took', () => {
  let dataDir: string;
  let media: ProgramRunMedia;
  let isAway: boolean;
  let store: ObjectStore;
  const running: InProcessRecorder[] = [];

  beforeAll(() => {
    media = makeRun({ runIndex: 0, startTimeSec: 10, durationSec: 6, frameZeroWallMs: t0, firstSequence: 0 });
  });

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'rostrum-damaged-'));
    const real = await LocalObjectStore.open(join(dataDir, 'objects'));
    isAway = false;
    store = {
      put: (key, body, type) => (isAway ? Promise.reject(new Error('connection refused')) : real.put(key, body, type)),
      putFile: (key, path, type) => real.putFile(key, path, type),
      head: (key) => real.head(key),
      get: (key, range) => real.get(key, range),
      list: (prefix) => real.list(prefix),
    };
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((recorder) => recorder.stop().catch(() => undefined)));
    rmSync(dataDir, { recursive: true });
  });

  const start = async (overrides: Parameters<typeof InProcessRecorder.start>[1] = {}) => {
    const recorder = await InProcessRecorder.start(dataDir, { store, ...overrides });
    running.push(recorder);
    recorder.hello();
    return recorder;
  };
  const manifestOf = async () => {
    const library = new RecordingLibrary({ store, dataDir, logger: silentLogger });
    expect(await library.verify(ids.sessionId)).toMatchObject({ ok: true });
    const details = await library.get(ids.sessionId);
    if (details.state !== 'finished') throw new Error('not finished');
    return details.manifest;
  };
  const mediaPath = () => join(dataDir, 'spool/ses-1', `${videoId}.run-0.mp4`);
  const mp4Path = () => join(dataDir, 'objects/recordings/web-1/ses-1/recording.mp4');
  const end = { type: 'end' as const, sessionId: ids.sessionId, endedAtMs: t0 + 6000 };
  /** Commands up to media time `sec`, and those behind it. */
  const commandsAround = (sec: number) => {
    const begin = { type: 'begin' as const, start: startOf(ids, t0) };
    const all = numbered([begin, ...runCommands(ids.sessionId, media), end]);
    const cutAt = all.findIndex(
      (command) => command.type === 'part' && command.part.programDateTimeMs >= t0 + sec * 1000,
    );
    return { before: all.slice(0, cutAt), behind: all.slice(cutAt), cutAt, count: all.length };
  };
  const flipByte = (path: string, position: number) => {
    const file = openSync(path, 'r+');
    const byte = readFileSync(path)[position]!;
    writeSync(file, Buffer.of(byte ^ 1), 0, 1, position);
    closeSync(file);
  };

  it('a changed byte costs its own segment: the live recording goes on, and the manifest names the gap', async () => {
    const clock = new FakeClock(t0);
    isAway = true;
    const recorder = await start({ clock });
    const { before, behind, cutAt, count } = commandsAround(4.5);
    for (const command of before) recorder.send(command);
    await recorder.until('acknowledged', (event) => event.sequence === cutAt);
    // Somewhere in the second segment.
    flipByte(mediaPath(), Math.floor(readFileSync(mediaPath()).length / 2));
    isAway = false;
    let isEveryObjectTried = false;
    void recorder.until('progress', (event) => event.ratio === 1).then(() => (isEveryObjectTried = true));
    for (const command of behind) recorder.send(command);
    await recorder.until('acknowledged', (event) => event.sequence === count);
    while (!isEveryObjectTried) await clock.advanceAsync(1000, 500);
    await recorder.until('finished');
    expect(recorder.events.filter((event) => event.type === 'failed')).toEqual([]);
    const manifest = await manifestOf();
    expect(manifest.gaps).toMatchObject([{ startSec: 2, endSec: 4, cause: 'spoolDamaged', renditionIds: [videoId] }]);
    expect(manifest.interruptions).toMatchObject([{ cause: 'spoolDamaged', atSec: 2 }]);
    const videoNames = manifest.objects.map(({ name }) => name).filter((name) => name.startsWith(`${videoId}/`));
    expect(videoNames).toEqual(['init-0.mp4', '0.m4s', '2.m4s', 'playlist.m3u8'].map((name) => `${videoId}/${name}`));
    const { times } = decodeVideo(mp4Path());
    expect(times).toHaveLength(120);
    expect(times.filter((time) => time > 1.99 && time < 3.99)).toEqual([]);
  });

  it('a file that cannot be read for a while holds nothing up and loses nothing', async () => {
    const clock = new FakeClock(t0);
    isAway = true;
    const recorder = await start({ clock });
    const { before, behind, cutAt, count } = commandsAround(4.5);
    for (const command of before) recorder.send(command);
    await recorder.until('acknowledged', (event) => event.sequence === cutAt);
    // Reading a folder fails as a bad disk does; the recorder writes on through the file it has open.
    renameSync(mediaPath(), `${mediaPath()}.aside`);
    mkdirSync(mediaPath());
    isAway = false;
    const audioKeys = () => store.list('recordings/web-1/ses-1/audio-main/');
    while ((await audioKeys()).length < 3) await clock.advanceAsync(1000, 500);
    for (const command of behind) recorder.send(command);
    await recorder.until('acknowledged', (event) => event.sequence === count);
    rmdirSync(mediaPath());
    renameSync(`${mediaPath()}.aside`, mediaPath());
    let isUploaded = false;
    void recorder.until('progress', (event) => event.ratio === 1).then(() => (isUploaded = true));
    while (!isUploaded) await clock.advanceAsync(1000, 500);
    await recorder.until('finished');
    expect((await manifestOf()).gaps).toEqual([]);
    expect(decodeVideo(mp4Path()).times).toHaveLength(media.frameCount);
  });
});
