import { mkdtempSync, rmSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import {
  createRecorderSupervisor,
  LocalObjectStore,
  RecordingLibrary,
  type RecorderSupervisor,
} from '../../../src/recording/index.ts';
import { readSubtitles } from '../../support/subtitles.ts';
import { parseWebVtt } from '../../support/webvtt-parser.ts';
import { audioPackets, decodeVideo } from './support/judge-mp4.ts';
import { audioId, makeRun, runCommands, startOf, videoId } from './support/program-media.ts';
import { forkRecorder } from './support/recorder-fork.ts';

const ids = { webinarId: 'web-1', sessionId: 'ses-1' };
const t0 = Date.UTC(2026, 10, 23, 10, 0, 0);

describe('a recording that ends', () => {
  let dataDir: string;
  let supervisor: RecorderSupervisor;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'rostrum-recording-'));
    supervisor = createRecorderSupervisor({
      launch: () => forkRecorder(dataDir).handle,
      clock: systemClock,
      logger: silentLogger,
      metrics: new Metrics(),
      maxUnacknowledgedBytes: 64 << 20,
    });
    supervisor.start();
  });

  afterEach(async () => {
    await supervisor.close('test over');
    rmSync(dataDir, { recursive: true });
  });

  const outcome = () =>
    new Promise<{ durationMs: number }>((resolve, reject) => {
      supervisor.events.on('finished', resolve);
      supervisor.events.on('failed', (event) => reject(new Error(`${event.code}: ${event.message}`)));
    });

  const openLibrary = async () => {
    const store = await LocalObjectStore.open(join(dataDir, 'objects'));
    return { store, library: new RecordingLibrary({ store, dataDir, logger: silentLogger }) };
  };

  it('becomes a manifest, playlists and an MP4 with every picture and sound packet at its place', async () => {
    const runs = [
      makeRun({ runIndex: 0, startTimeSec: 10, durationSec: 5, frameZeroWallMs: t0, firstSequence: 0 }),
      makeRun({ runIndex: 1, startTimeSec: 16, durationSec: 4, frameZeroWallMs: t0 + 8000, firstSequence: 3 }),
    ];
    const finished = outcome();
    supervisor.send({ type: 'begin', start: startOf(ids, t0 - 500) });
    const join1 = { type: 'participantJoined' as const, participantId: 'p1', displayName: 'Ada', role: 'host' };
    supervisor.send({ type: 'event', sessionId: ids.sessionId, event: { ...join1, atMs: t0 - 100 } });
    supervisor.send({
      type: 'event',
      sessionId: ids.sessionId,
      event: { type: 'speakerChanged', atMs: t0 + 1000, participantId: 'p1' },
    });
    for (const command of runCommands(ids.sessionId, runs[0]!)) supervisor.send(command);
    supervisor.send({
      type: 'event',
      sessionId: ids.sessionId,
      event: { type: 'programInterrupted', atMs: t0 + 5100, cause: 'mixerDied' },
    });
    for (const command of runCommands(ids.sessionId, runs[1]!)) supervisor.send(command);
    supervisor.send({
      type: 'event',
      sessionId: ids.sessionId,
      event: { type: 'speakerChanged', atMs: t0 + 9000, participantId: null },
    });
    supervisor.send({ type: 'end', sessionId: ids.sessionId, endedAtMs: t0 + 12_500 });
    await finished;

    const { store, library } = await openLibrary();
    const details = await library.get(ids.sessionId);
    if (details.state !== 'finished') throw new Error('not finished');
    const { manifest } = details;
    expect(manifest).toMatchObject({ durationSec: 10, endCause: 'ended', mediaStartedAtMs: t0 });
    expect(manifest.gaps).toMatchObject([
      { startSec: 5, endSec: 6, startAtMs: t0 + 5000, endAtMs: t0 + 8000, lostMs: 3000, cause: 'mixerDied' },
    ]);
    expect(manifest.speakers).toMatchObject([
      { participantId: 'p1', displayName: 'Ada', startSec: 1, endSec: 7 },
      { participantId: null, startSec: 7, endSec: 10 },
    ]);
    expect(manifest.participants).toMatchObject([{ participantId: 'p1', visits: [{ joinedAtSec: 0, leftAtSec: 10 }] }]);
    expect(await library.verify(ids.sessionId)).toMatchObject({ ok: true, problems: [] });
    expect(readdirSync(join(dataDir, 'spool'))).toEqual([]);

    const prefix = join(dataDir, 'objects/recordings/web-1/ses-1');
    const mp4 = decodeVideo(join(prefix, 'recording.mp4'));
    expect(mp4.times).toHaveLength(270);
    expect(mp4.times[149]).toBeCloseTo(149 / 30, 3);
    expect(mp4.times[150]).toBeCloseTo(6, 3);
    const expected = runs.map((run, index) => {
      const media = run.events.flatMap((event) =>
        event.type === 'part' && event.part.renditionId === videoId ? [event.part.bytes] : [],
      );
      const path = join(dataDir, `run-${index}.mp4`);
      writeFileSync(path, Buffer.concat([run.inits[0]!.bytes, ...media]));
      return decodeVideo(path).hashes;
    });
    expect(mp4.hashes).toEqual(expected.flat());
    const sound = audioPackets(join(prefix, 'recording.mp4'));
    const soundParts = runs
      .flatMap((run) => run.events)
      .filter((event) => event.type === 'part' && event.part.renditionId === audioId);
    const soundStart = soundParts[0]!.type === 'part' ? soundParts[0]!.part.startTicks / 48_000 - 10 : NaN;
    expect(sound.times[0]).toBeCloseTo(soundStart, 3);

    // Through the playlists the same pictures come out.
    const hls = decodeVideo(join(prefix, videoId, 'playlist.m3u8'));
    expect(hls.hashes).toEqual(mp4.hashes);
    const playlist = readFileSync(join(prefix, videoId, 'playlist.m3u8'), 'utf8');
    expect(playlist).toContain('#EXT-X-PLAYLIST-TYPE:VOD');
    expect(playlist.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
    expect(playlist.match(/#EXT-X-GAP/g)).toHaveLength(1);
    expect((await store.list('recordings/')).length).toBe(manifest.objects.length + 1);
  });

  it('keeps its captions: a file beside the MP4, and a rendition whose segments are on the clock of the pictures, in true time', async () => {
    const run = makeRun({ runIndex: 0, startTimeSec: 10, durationSec: 5, frameZeroWallMs: t0, firstSequence: 0 });
    const finished = outcome();
    const captions = [{ language: 'en', name: 'English' }];
    supervisor.send({ type: 'begin', start: { ...startOf(ids, t0 - 500), captions } });
    for (const command of runCommands(ids.sessionId, run)) supervisor.send(command);
    const caption = (cueId: string, fromMs: number, text: string) => {
      const event = { type: 'caption', cueId, atMs: t0 + fromMs, endAtMs: t0 + fromMs + 1500, text } as const;
      supervisor.send({ type: 'event', sessionId: ids.sessionId, event: { ...event, language: 'en', delayMs: 3100 } });
    };
    caption('c1', 3000, 'Second & <last>');
    caption('c0', 1250, 'First');
    supervisor.send({ type: 'end', sessionId: ids.sessionId, endedAtMs: t0 + 5100 });
    await finished;

    const { library } = await openLibrary();
    const details = await library.get(ids.sessionId);
    if (details.state !== 'finished') throw new Error('not finished');
    const names = { file: 'captions-en.vtt', playlist: 'captions-en/playlist.m3u8' };
    expect(details.manifest.captions).toEqual([{ language: 'en', name: 'English', cueCount: 2, ...names }]);
    const objects = details.manifest.objects.filter(({ name }) => name.startsWith('captions-en'));
    expect(objects.map(({ name, contentType }) => [name, contentType])).toEqual([
      ['captions-en.vtt', 'text/vtt'],
      ['captions-en/0.vtt', 'text/vtt'],
      ['captions-en/playlist.m3u8', 'application/vnd.apple.mpegurl'],
    ]);
    expect(objects.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
    expect(await library.verify(ids.sessionId)).toMatchObject({ ok: true, problems: [] });

    const prefix = join(dataDir, 'objects/recordings/web-1/ses-1');
    const times = parseWebVtt(readFileSync(join(prefix, 'captions-en.vtt'), 'utf8')).cues;
    expect(times.map(({ startMs, endMs, lines }) => [startMs, endMs, ...lines])).toEqual([
      [1250, 2750, 'First'],
      [3000, 4500, 'Second & <last>'],
    ]);
    const multivariant = readFileSync(join(prefix, 'multivariant.m3u8'), 'utf8');
    expect(multivariant).toMatch(/TYPE=SUBTITLES,.*LANGUAGE="en",.*URI="captions-en\/playlist\.m3u8"\n/);
    expect(decodeVideo(join(prefix, 'multivariant.m3u8')).times).toHaveLength(150);
    // The pictures begin at 10 s.
    expect(await readSubtitles(join(prefix, 'captions-en/0.vtt'))).toEqual([
      { startSec: 11.25, durationSec: 1.5, text: 'First' },
      { startSec: 13, durationSec: 1.5, text: 'Second &amp; &lt;last&gt;' },
    ]);
  });
});
