/** Real FFmpeg through splitter, program and origin; every reload over HTTP is held to the rules, then FFmpeg plays it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { type CheckReport, checkStream, createProgram, hlsConfigSchema, type Program } from '../../../src/hls/index.ts';
import { CmafStreamSplitter } from '../../../src/media/fmp4/index.ts';
import { OriginServer } from '../../support/hls-http.ts';
import { testRenditions } from '../../support/hls-program.ts';
import { waitFor } from '../../support/wait-for.ts';

const run = promisify(execFile);
const movflags = '+frag_every_frame+empty_moov+default_base_moof+cmaf+frag_discont+skip_trailer';

/** One encoder life of `durationSec`, read at the given speed; resolves when all of it was pushed. */
async function encode(
  program: Program,
  runIndex: number,
  durationSec: number,
  speed: readonly string[],
): Promise<void> {
  const startTimeSec = program.nextRunStartSec();
  const frameZeroWallMs = systemClock.wallMs();
  program.beginRun({ runIndex, startTimeSec, frameZeroWallMs });
  const output = (fd: number) =>
    `-t ${durationSec} -movflags ${movflags} -output_ts_offset ${startTimeSec} -flush_packets 1 -f mp4 pipe:${fd}`.split(
      ' ',
    );
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', ...speed, '-f', 'lavfi', '-i', 'testsrc=s=320x180:r=30'],
      ...[...speed, '-f', 'lavfi', '-i', 'sine=f=440:r=48000'],
      ...'-map 0:v -pix_fmt yuv420p -c:v libx264 -preset veryfast -tune zerolatency'.split(' '),
      ...'-g 60 -keyint_min 60 -sc_threshold 0 -video_track_timescale 90000'.split(' '),
      ...output(3),
      ...'-map 1:a -c:a aac -b:a 128k'.split(' '),
      ...output(4),
    ],
    { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'] },
  );
  const failures: unknown[] = [];
  const feed = async (fd: number, renditionId: string) => {
    const splitter = new CmafStreamSplitter();
    for await (const chunk of child.stdio[fd] as unknown as AsyncIterable<Buffer>) {
      for (const { type, bytes } of splitter.push(chunk)) {
        if (type === 'init') program.pushInit(renditionId, bytes);
        else program.pushFragment(renditionId, bytes);
      }
    }
  };
  const exited = once(child, 'exit');
  await Promise.all(
    [feed(3, 'video'), feed(4, 'audio')].map((feeding) => feeding.catch((error: unknown) => failures.push(error))),
  );
  await exited;
  expect(failures).toEqual([]);
  program.endRun('input ended');
}

let server: OriginServer;
let program: Program;

async function open(given: { latency?: 'ultra' | 'low' | 'standard'; windowSec: number }): Promise<void> {
  const config = hlsConfigSchema.parse(given);
  program = createProgram({
    webinarId: 'webinar-1',
    sessionId: 'session-1',
    renditions: testRenditions,
    config,
    clock: systemClock,
    logger: silentLogger,
    metrics: new Metrics(),
  });
  server = new OriginServer(config, systemClock);
  server.origin.addProgram(program);
  await server.listen();
}

afterEach(() => server.close());

/** Errors but for those that only a busy machine makes. */
function errorsOf({ findings }: CheckReport) {
  return findings.filter(({ severity, isTiming }) => severity === 'E' && !isTiming);
}

function checksOf({ coverage }: CheckReport, ...rules: readonly number[]): boolean {
  return rules.every((rule) => coverage[rule - 1]!.checks > 0);
}

it.each(['ultra', 'low', 'standard'] as const)(
  'a live FFmpeg program of latency %s obeys the rules through an encoder restart and to its end',
  async (latency) => {
    await open({ latency, windowSec: 16 });
    const encoding = encode(program, 0, 9.3, ['-re'])
      .then(() => encode(program, 1, 9, ['-re']))
      .then(() => program.end());
    await waitFor('the first segment', () => program.isReady, { deadlineMs: 30_000 });
    const url = server.url('/hls/webinar-1/multivariant.m3u8');
    // The check ends with the program.
    const report = await checkStream({ url, seconds: 90, clock: systemClock });
    await encoding;
    expect(errorsOf(report)).toEqual([]);
    expect(report.notes).toEqual([]);
    expect(checksOf(report, 8, 9, 10, 15, 16, 17, 21, 22, 23, 42, 51, 52, 56, 64, 69, 70, 71, 72, 73, 74, 75)).toBe(
      true,
    );
    if (latency === 'standard') return;
    expect(checksOf(report, 29, 31, 32, 33, 35, 36, 37, 38, 39, 41, 43, 44, 45, 47, 48)).toBe(true);
    expect(report.counts.parts).toBeGreaterThan(60);
  },
);

it('FFmpeg plays every frame and every sample of the program from its multivariant URL', async () => {
  await open({ windowSec: 12 });
  await encode(program, 0, 10, ['-readrate', '3']);
  program.end();
  const url = server.url('/hls/webinar-1/multivariant.m3u8');
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-count_packets', '-of', 'json'],
    ...['-show_entries', 'stream=codec_type,width,height,start_time,nb_read_packets', url],
  ]);
  const { streams } = JSON.parse(stdout) as { streams: Record<string, string | number>[] };
  const video = streams.find(({ codec_type: type }) => type === 'video')!;
  const audio = streams.find(({ codec_type: type }) => type === 'audio')!;
  expect([video.width, video.height, video.nb_read_packets]).toEqual([320, 180, '300']);
  // 468 whole AAC frames and the rest make 10 s; the packet of priming before the start is not published.
  expect(Number(audio.nb_read_packets)).toBeGreaterThanOrEqual(468);
  expect(Number(audio.start_time)).toBeCloseTo(Number(video.start_time), 2);
  const { stderr } = await run('ffmpeg', [
    '-v',
    'warning',
    '-xerror',
    '-i',
    url,
    '-map',
    '0:v',
    '-map',
    '0:a',
    '-f',
    'null',
    '-',
  ]);
  expect(stderr).toBe('');
});
