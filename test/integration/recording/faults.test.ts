import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { LocalObjectStore, type ObjectStore, RecordingLibrary } from '../../../src/recording/index.ts';
import { maxInFlightCount } from '../../../src/recording/command-window.ts';
import { diskFiles, type FileOpener } from '../../../src/recording/durable-files.ts';
import { InProcessRecorder } from './support/in-process-recorder.ts';
import { decodeVideo } from './support/judge-mp4.ts';
import { makeRun, numbered, type ProgramRunMedia, runCommands, startOf, videoId } from './support/program-media.ts';

const ids = { webinarId: 'web-1', sessionId: 'ses-1' };
const t0 = Date.UTC(2026, 10, 23, 10, 0, 0);

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A disk whose writes fail with a full disk's error for as long as `isFull` says, or that opens nothing. */
function fillableDisk(): FileOpener & { isFull: boolean; isAway: boolean; refusedCount: number } {
  const disk = {
    isFull: false,
    isAway: false,
    refusedCount: 0,
    async open(path: string) {
      if (disk.isAway) throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
      const file = await diskFiles.open(path);
      return {
        datasync: () => file.datasync(),
        truncate: (size?: number) => file.truncate(size),
        close: () => file.close(),
        write: (bytes: Uint8Array, offset: number, length: number, position: number) => {
          if (!disk.isFull) return file.write(bytes, offset, length, position);
          disk.refusedCount++;
          return Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
        },
      };
    },
  };
  return disk;
}

describe('the recorder under faults', () => {
  let dataDir: string;
  let media: ProgramRunMedia;
  const running: InProcessRecorder[] = [];

  beforeAll(() => {
    media = makeRun({ runIndex: 0, startTimeSec: 10, durationSec: 6, frameZeroWallMs: t0, firstSequence: 0 });
  });

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'rostrum-faults-'));
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((recorder) => recorder.stop().catch(() => undefined)));
    rmSync(dataDir, { recursive: true });
  });

  const start = async (overrides: Parameters<typeof InProcessRecorder.start>[1] = {}) => {
    const recorder = await InProcessRecorder.start(dataDir, overrides);
    running.push(recorder);
    recorder.hello();
    return recorder;
  };
  const manifestOf = async (sessionId = ids.sessionId) => {
    const store = await LocalObjectStore.open(join(dataDir, 'objects'));
    const library = new RecordingLibrary({ store, dataDir, logger: silentLogger });
    expect(await library.verify(sessionId)).toMatchObject({ ok: true });
    const details = await library.get(sessionId);
    if (details.state !== 'finished') throw new Error('not finished');
    return details.manifest;
  };
  const begin = { type: 'begin' as const, start: startOf(ids, t0) };
  const end = { type: 'end' as const, sessionId: ids.sessionId, endedAtMs: t0 + 6000 };

  it('a full disk interrupts one recording, which goes on by itself when space is back, with a gap in its manifest', async () => {
    const disk = fillableDisk();
    const clock = new FakeClock(t0);
    const recorder = await start({ files: disk, clock });
    const commands = numbered([begin, ...runCommands(ids.sessionId, media)]);
    const isBefore = (sec: number) => (command: (typeof commands)[number]) =>
      command.type !== 'part' || command.part.programDateTimeMs < t0 + sec * 1000;
    const firstLater = commands.findIndex((command) => !isBefore(1.5)(command));
    const firstLast = commands.findIndex((command) => !isBefore(4)(command));
    for (const command of commands.slice(0, firstLater)) recorder.send(command);
    await recorder.until('acknowledged', (event) => event.sequence === firstLater);
    disk.isFull = true;
    clock.advance(1500);
    for (const command of commands.slice(firstLater, firstLast)) recorder.send(command);
    expect(await recorder.until('interrupted')).toMatchObject({ sessionId: ids.sessionId, code: 'REC_DISK_FULL' });
    await recorder.until('acknowledged', (event) => event.sequence === firstLast);
    expect(disk.refusedCount).toBeGreaterThan(0);
    disk.isFull = false;
    clock.advance(5000);
    expect((await recorder.until('resumed')).lostPartCount).toBeGreaterThan(5);
    for (const command of [...commands.slice(firstLast), { ...end, sequence: 1000 }]) recorder.send(command);
    await recorder.until('finished');
    const manifest = await manifestOf();
    expect(manifest.gaps).toHaveLength(1);
    expect(manifest.gaps[0]).toMatchObject({ cause: 'diskFull' });
    expect(manifest.gaps[0]!.endSec).toBeCloseTo(4, 1);
    expect(manifest.gaps[0]!.startSec).toBeCloseTo(1.67, 1);
    const { times } = decodeVideo(join(dataDir, 'objects/recordings/web-1/ses-1/recording.mp4'));
    expect(times.filter((time) => time >= 3.99)).toHaveLength(60);
    expect(times.at(-1)).toBeCloseTo(6 - 1 / 30, 3);
  });

  it('events of a disk full for very long are bounded: the oldest are lost, the run and the end are kept', async () => {
    const disk = fillableDisk();
    const clock = new FakeClock(t0);
    const recorder = await start({ files: disk, clock, keepSpool: true });
    recorder.send({ ...begin, sequence: 1 });
    await recorder.until('acknowledged', (event) => event.sequence === 1);
    disk.isFull = true;
    const eventCount = 20_010;
    const events = Array.from({ length: eventCount }, (_, index) => ({
      type: 'event' as const,
      sessionId: ids.sessionId,
      event: { type: 'speakerChanged' as const, atMs: t0 + index, participantId: `p${index}` },
    }));
    const [init] = runCommands(ids.sessionId, media);
    const commands = numbered([init!, ...events, end], 2);
    for (const command of commands) recorder.send(command);
    await recorder.until('acknowledged', (event) => event.sequence === commands.at(-1)!.sequence);
    disk.isFull = false;
    clock.advance(5000);
    await recorder.until('resumed');
    await recorder.until('finished');
    const journal = readFileSync(join(dataDir, 'spool/ses-1/journal.jsonl'), 'utf8');
    const kept = [...journal.matchAll(/"participantId":"(p\d+)"/g)].map(([, participantId]) => participantId);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([20_000 - 2, 'p12', 'p20009']);
    expect(journal).toContain('"type":"init"');
  });

  it('a store that is away for a while holds nothing up and loses nothing', async () => {
    const real = await LocalObjectStore.open(join(dataDir, 'objects'));
    let isAway = true;
    let refusedCount = 0;
    let acceptedCount = 0;
    const guarded = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
      return async (...args: Args) => {
        if (!isAway) {
          acceptedCount++;
          return call(...args);
        }
        refusedCount++;
        throw new Error('connection refused');
      };
    };
    const store: ObjectStore = {
      put: guarded((key, body, type) => real.put(key, body, type)),
      putFile: guarded((key, path, type) => real.putFile(key, path, type)),
      head: guarded((key) => real.head(key)),
      get: guarded((key, range) => real.get(key, range)),
      list: guarded((prefix) => real.list(prefix)),
    };
    const clock = new FakeClock(t0);
    const recorder = await start({ store, clock });
    const commands = numbered([begin, ...runCommands(ids.sessionId, media), end]);
    for (const command of commands) recorder.send(command);
    await recorder.until('acknowledged', (event) => event.sequence === commands.length);
    // Every retry of a long outage fails.
    while (refusedCount < 12) await clock.advanceAsync(60_000, 10_000);
    isAway = false;
    // Only as far as the pause that is running: the deadlines of the jobs behind it go by the same clock.
    while (acceptedCount === 0) await clock.advanceAsync(1000, 500);
    await recorder.until('finished');
    expect((await manifestOf()).gaps).toEqual([]);
  });

  it('runs with different initialization segments become one MP4 each, all named in the manifest', async () => {
    const second = makeRun({
      runIndex: 1,
      startTimeSec: 16,
      durationSec: 2,
      frameZeroWallMs: t0 + 6000,
      firstSequence: 3,
      size: '160x90',
    });
    const recorder = await start();
    const commands = [begin, ...runCommands(ids.sessionId, media), ...runCommands(ids.sessionId, second)];
    for (const command of numbered([...commands, { ...end, endedAtMs: t0 + 8000 }])) recorder.send(command);
    await recorder.until('finished');
    const manifest = await manifestOf();
    expect(manifest.mp4Files).toMatchObject([
      { name: 'recording.mp4', startSec: 0 },
      { name: 'recording-2.mp4', startSec: 6 },
    ]);
    const folder = join(dataDir, 'objects/recordings/web-1/ses-1');
    expect(decodeVideo(join(folder, 'recording.mp4')).times).toHaveLength(180);
    expect(decodeVideo(join(folder, 'recording-2.mp4')).times).toHaveLength(60);
  });

  it('a short media file costs what the store has not: everything else is finished, and others are too', async () => {
    const other = { webinarId: 'web-1', sessionId: 'ses-2' };
    const first = await start();
    const commands = numbered([
      begin,
      { type: 'begin' as const, start: startOf(other, t0) },
      ...runCommands(ids.sessionId, media),
      ...runCommands(other.sessionId, media),
    ]);
    for (const command of commands) first.send(command);
    await first.until('acknowledged', (event) => event.sequence === commands.length);
    const keyOf = (sequence: number) => `objects/recordings/web-1/ses-1/${videoId}/${sequence}.m4s`;
    while (!existsSync(join(dataDir, keyOf(2)))) await nextTurn();
    await first.stop();
    const damagedPath = join(dataDir, 'spool/ses-1', `${videoId}.run-0.mp4`);
    writeFileSync(damagedPath, readFileSync(damagedPath).subarray(0, 5000));
    rmSync(join(dataDir, keyOf(1)));
    mkdirSync(join(dataDir, 'spool/not a session'));

    const second = await start();
    await second.until('finished', (event) => event.sessionId === 'ses-1');
    expect(await second.until('finished', (event) => event.sessionId === 'ses-2')).toMatchObject({ durationMs: 6000 });
    expect(readdirSync(join(dataDir, 'spool'))).toEqual(['not a session']);
    const manifest = await manifestOf();
    expect(manifest.gaps[0]).toMatchObject({ startSec: 2, endSec: 4, cause: 'spoolDamaged' });
    const { times } = decodeVideo(join(dataDir, 'objects/recordings/web-1/ses-1/recording.mp4'));
    expect(times).toHaveLength(120);
    expect((await manifestOf('ses-2')).endCause).toBe('recovered');
  });

  it('a hole in the journal costs what lies behind it, is named in the manifest, and keeps the damaged files', async () => {
    const first = await start();
    const commands = numbered([begin, ...runCommands(ids.sessionId, media)]);
    for (const command of commands) first.send(command);
    await first.until('acknowledged', (event) => event.sequence === commands.length);
    await first.stop();
    const journalPath = join(dataDir, 'spool/ses-1/journal.jsonl');
    const journal = readFileSync(journalPath);
    journal.fill(0, Math.floor(journal.length * 0.6), Math.floor(journal.length * 0.6) + 500);
    writeFileSync(journalPath, journal);

    const second = await start();
    await second.until('finished');
    const manifest = await manifestOf();
    expect(manifest.durationSec).toBeGreaterThan(2);
    expect(manifest.durationSec).toBeLessThan(5);
    expect(manifest.interruptions).toMatchObject([{ cause: 'spoolDamaged' }]);
    const kept = readdirSync(join(dataDir, 'spool'));
    const keptJournal = kept.find((name) => name.startsWith('ses-1.journal.jsonl.damaged-'));
    expect(readFileSync(join(dataDir, 'spool', keptJournal!))).toEqual(journal);
    expect(kept.some((name) => name.startsWith(`ses-1.${videoId}.run-0.mp4.damaged-`))).toBe(true);
  });

  it.each(['isFull', 'isAway'] as const)(
    'a start on a disk that %s lets recordings of an earlier life wait, and finishes them when it works again',
    async (fault) => {
      const first = await start();
      const commands = numbered([begin, ...runCommands(ids.sessionId, media)]);
      for (const command of commands) first.send(command);
      await first.until('acknowledged', (event) => event.sequence === commands.length);
      await first.stop();

      const disk = fillableDisk();
      disk[fault] = true;
      const clock = new FakeClock(t0 + 60_000);
      const second = await start({ files: disk, clock });
      await second.until('ready');
      if (fault === 'isFull') expect(await second.until('interrupted')).toMatchObject({ code: 'REC_DISK_FULL' });
      await clock.advanceAsync(20_000, 1000);
      disk[fault] = false;
      let isUploaded = false;
      void second.until('progress', (event) => event.ratio === 1).then(() => (isUploaded = true));
      while (!isUploaded) await clock.advanceAsync(1000, 500);
      await second.until('finished');
      expect(second.events.filter((event) => event.type === 'failed')).toEqual([]);
      const manifest = await manifestOf();
      expect(manifest).toMatchObject({ endCause: 'recovered', endedAtMs: expect.closeTo(t0 + 6000, -3) as number });
      expect(decodeVideo(join(dataDir, 'objects/recordings/web-1/ses-1/recording.mp4')).times).toHaveLength(180);
    },
  );

  it('a finish that fails is tried again for as long as the recorder lives, and finishes when the cause is gone', async () => {
    const clock = new FakeClock(t0);
    const ffmpegPath = join(dataDir, 'ffmpeg');
    const countPath = join(dataDir, 'tries');
    // Leaves half a file behind, as a full disk does.
    const script = `[ "$1" = -version ] && exit 0; echo >> ${countPath}; for last; do :; done; echo half > "$last"; exit 1`;
    writeFileSync(ffmpegPath, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    // Time runs on while FFmpeg works: its own deadline must not strike.
    const recorder = await start({ ffmpegPath, clock, remuxDeadlineMs: 1e12 });
    for (const command of numbered([begin, ...runCommands(ids.sessionId, media), end])) recorder.send(command);
    const tryCount = () => (existsSync(countPath) ? readFileSync(countPath).length : 0);
    while (tryCount() < 7) await clock.advanceAsync(1000, 500);
    expect(recorder.events.filter((event) => event.type === 'failed')).toEqual([]);
    while (existsSync(join(dataDir, 'spool/ses-1/recording.mp4'))) await nextTurn();
    writeFileSync(`${ffmpegPath}.new`, '#!/bin/sh\nexec ffmpeg "$@"\n', { mode: 0o755 });
    renameSync(`${ffmpegPath}.new`, ffmpegPath);
    let isRemuxed = false;
    void recorder.until('progress', (event) => event.phase === 'hashing').then(() => (isRemuxed = true));
    while (!isRemuxed) await clock.advanceAsync(1000, 500);
    await recorder.until('finished');
    expect(await manifestOf()).toMatchObject({ endCause: 'ended', gaps: [] });
  });

  it('a recorder that is stopped while finishing fails keeps the spool, and the next start makes up for it', async () => {
    const first = await start({ ffmpegPath: '/nonexistent/ffmpeg' });
    for (const command of numbered([begin, ...runCommands(ids.sessionId, media), end])) first.send(command);
    await first.until('progress', (event) => event.phase === 'uploading' && event.ratio === 1);
    await first.stop();
    expect(first.events.filter((event) => event.type === 'failed')).toEqual([]);
    const second = await start();
    await second.until('finished');
    expect(await manifestOf()).toMatchObject({ endCause: 'ended', gaps: [] });
  });

  it('a recording without any media is finished as an empty one', async () => {
    const recorder = await start();
    for (const command of numbered([begin, end])) recorder.send(command);
    await recorder.until('finished');
    expect(await manifestOf()).toMatchObject({ durationSec: 0, mp4Files: [], objects: [], gaps: [{ lostMs: 6000 }] });
  });

  it('an unwritable data folder rejects with REC_DATA_DIR_UNWRITABLE naming path and fix', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    const store = await LocalObjectStore.open(join(dataDir, 'objects'));
    const recorder = await InProcessRecorder.start(join(dataDir, 'file'), { store });
    await expect(recorder.done).rejects.toMatchObject({
      code: 'REC_DATA_DIR_UNWRITABLE',
      message: expect.stringContaining(join(dataDir, 'file')) as string,
    });
  });

  it('a second recorder on the same spool rejects with REC_SPOOL_LOCKED, and gets it when the first is gone', async () => {
    const first = await start();
    await first.until('ready');
    const clock = new FakeClock();
    const second = await InProcessRecorder.start(dataDir, { clock });
    let isSettled = false;
    second.done.catch(() => (isSettled = true));
    while (!isSettled) await clock.advanceAsync(1000, 100);
    await expect(second.done).rejects.toMatchObject({ code: 'REC_SPOOL_LOCKED' });
    await first.stop();
    const third = await start();
    await third.until('ready');
  });

  it('a message of another version ends the process with REC_COMMAND_INVALID', async () => {
    const recorder = await start();
    recorder.send({ type: 'begin', sequence: 1, start: { ...begin.start, sessionId: '../escape' } });
    await expect(recorder.done).rejects.toMatchObject({ code: 'REC_COMMAND_INVALID' });
  });

  it('more commands unacknowledged than agreed end the process with CORE_QUEUE_FULL', async () => {
    const recorder = await start();
    await recorder.until('ready');
    const event = { type: 'speakerChanged' as const, atMs: t0, participantId: null };
    const commands = Array.from({ length: maxInFlightCount + 1 }, () => ({
      type: 'event' as const,
      sessionId: ids.sessionId,
      event,
    }));
    for (const command of numbered(commands)) recorder.send(command);
    await expect(recorder.done).rejects.toMatchObject({ code: 'CORE_QUEUE_FULL' });
  });

  it('verify and open of the library tell damage and refuse what the manifest does not name', async () => {
    const recorder = await start();
    for (const command of numbered([begin, ...runCommands(ids.sessionId, media), end])) recorder.send(command);
    await recorder.until('finished');
    const store = await LocalObjectStore.open(join(dataDir, 'objects'));
    const library = new RecordingLibrary({ store, dataDir, logger: silentLogger });
    expect(await library.list()).toMatchObject([{ state: 'finished', recordingId: 'ses-1', durationSec: 6 }]);
    const opened = await library.open('ses-1', 'recording.mp4', { start: 4, end: 7 });
    const chunks: Buffer[] = [];
    for await (const chunk of opened.stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('ftyp');
    await expect(library.open('ses-1', '../ses-2/recording.mp4')).rejects.toMatchObject({
      code: 'REC_OBJECT_NOT_FOUND',
    });
    await expect(library.get('none')).rejects.toMatchObject({ code: 'REC_NOT_FOUND' });
    const folder = join(dataDir, 'objects/recordings/web-1/ses-1', videoId);
    const bytes = readFileSync(join(folder, '1.m4s'));
    bytes[100]! ^= 1;
    writeFileSync(join(folder, '1.m4s'), bytes);
    rmSync(join(folder, '2.m4s'));
    expect(await library.verify('ses-1')).toMatchObject({
      ok: false,
      problems: [
        { key: `recordings/web-1/ses-1/${videoId}/1.m4s`, problem: 'hashDiffers' },
        { key: `recordings/web-1/ses-1/${videoId}/2.m4s`, problem: 'missing' },
      ],
    });
  });
});
