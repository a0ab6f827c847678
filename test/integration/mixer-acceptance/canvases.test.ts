/** Whole programs on the other canvases and frame rates, with real RTP people, cut and published as in service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { createProgram, hlsConfigSchema } from '../../../src/hls/index.ts';
import { beginsWithIdr, isSyncSample, parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { noisePictures } from '../../../src/mixer/admission/noise-pictures.ts';
import { Encoder } from '../../../src/mixer/ffmpeg/encoder.ts';
import { type MixerEvent } from '../../../src/mixer/ports.ts';
import { OriginServer } from '../../support/hls-http.ts';
import { makeClip } from '../../support/mixer-acceptance/clip.ts';
import { type JudgedFrame, judgePictures, levelDb, startTicks } from '../../support/mixer-acceptance/judge.ts';
import { audioId, LiveProgram, type Panelist } from '../../support/mixer-acceptance/live-program.ts';
import { decodeAudio, type Media } from '../../support/mixer/judge.ts';
import { waitFor } from '../../support/wait-for.ts';

const topId = 'video-top';
const lowId = 'video-low';
const low = { renditionId: lowId, width: 320, height: 180, bitsPerSec: 200_000 };
const webinarId = 'webinar-1';
const deadlineMs = 90_000;

const cases = [
  { width: 1280, height: 720, frameRate: 25, partFrameCount: 8, partTarget: '0.32' },
  { width: 1920, height: 1080, frameRate: 30, partFrameCount: 10, partTarget: '0.342' },
] as const;

describe.each(cases)('a program of $width x $height at $frameRate/s', ({ partFrameCount, partTarget, ...canvas }) => {
  const { width, height, frameRate } = canvas;
  const gopFrameCount = frameRate;
  // One size, which no machine is too slow for to keep.
  const video = [{ renditionId: topId, width, height, bitsPerSec: 4_000_000 }];
  let program: LiveProgram;
  let people: Panelist[];
  let frames: JudgedFrame[];
  let together: { readonly from: number; readonly to: number };
  let server: OriginServer;

  const mediaOf = (renditionId: string): Media => program.log.media(renditionId);

  beforeAll(async () => {
    const clips = [
      await makeClip({ identity: 1, toneHz: 440, frameRate }),
      await makeClip({ identity: 2, toneHz: 1100, frameRate }),
    ];
    program = await LiveProgram.start({ canvas, video, gopFrameCount, startTimeSec: 11 });
    people = clips.map((clip) => program.join(clip));
    await program.log.until(
      'both in tiles',
      () => program.log.of('layoutApplied').at(-1)?.tiles.length === 2,
      deadlineMs,
    );
    const from = program.frameCount + frameRate;
    await program.log.until('some seconds of both', () => program.frameCount >= from + 4 * frameRate, deadlineMs);
    together = { from, to: program.frameCount };
    program.assertOnAir();
    expect(await program.stop()).toBe(0);
    frames = await judgePictures(mediaOf(topId), program.log.of('layoutApplied'), undefined, canvas);
    server = await published(program.log.events);
  }, 300_000);
  afterAll(async () => {
    program?.close();
    await server?.close();
  });

  /** The program as viewers get it. */
  async function published(all: readonly MixerEvent[]): Promise<OriginServer> {
    const common = { clock: systemClock, logger: silentLogger, metrics: new Metrics() };
    const config = hlsConfigSchema.parse({ windowSec: 600 });
    const pictures = video.map(({ renditionId, bitsPerSec, ...size }) => ({
      ...{ renditionId, kind: 'video' as const, averageBitsPerSec: bitsPerSec, peakBitsPerSec: 1.5 * bitsPerSec },
      video: { ...size, frameRate },
    }));
    const sound = { averageBitsPerSec: 96_000, peakBitsPerSec: 120_000 };
    const audio = { channels: 2, language: 'und', name: 'Program' };
    const hls = createProgram({
      ...{ webinarId, sessionId: 'session-1', config, ...common },
      renditions: [...pictures, { renditionId: audioId, kind: 'audio', ...sound, audio }],
    });
    const origin = new OriginServer(config, systemClock);
    origin.origin.addProgram(hls);
    for (const event of all) {
      if (event.type === 'runStarted') hls.beginRun(event);
      else if (event.type === 'init') hls.pushInit(event.renditionId, event.bytes);
      else if (event.type === 'fragment') hls.pushFragment(event.renditionId, event.bytes);
    }
    hls.end();
    await origin.listen();
    return origin;
  }

  it('has every picture and its share of samples, without a break', () => {
    const pictures = startTicks(mediaOf(topId));
    const sounds = startTicks(mediaOf(audioId));
    const frameTicks = 90_000 / frameRate;
    expect(pictures[0]).toBe(11 * 90_000);
    expect(pictures.slice(1).filter((tick, index) => tick - pictures[index]! !== frameTicks)).toEqual([]);
    expect(sounds.slice(1).filter((tick, index) => tick - sounds[index]! !== 1024)).toEqual([]);
    expect(pictures.length).toBeGreaterThan(2 * frameRate);
    // 1920 samples a frame at 25/s, 1600 at 30/s.
    const samplesPerFrame = 48_000 / frameRate;
    expect(Math.abs(sounds.length * 1024 - pictures.length * samplesPerFrame)).toBeLessThan(
      4 * 1024 + 2 * samplesPerFrame,
    );
  });

  it('shows both people, each in a tile of their own, moving', () => {
    const part = frames.slice(together.from, together.to);
    expect(part.length).toBeGreaterThan(frameRate / 2);
    for (const { id, clip } of people) {
      const readings = part.map(({ tiles }) => tiles.find(({ participantId }) => participantId === id));
      const right = readings.filter((reading) => reading?.identity === clip.identity);
      expect(right.length / part.length, id).toBeGreaterThan(0.95);
      expect(new Set(right.map((reading) => reading?.counter)).size, id).toBeGreaterThan(5);
    }
    const wrong = frames.flatMap(({ tiles }) =>
      tiles.filter(({ identity, participantId }) => identity !== undefined && participantId !== `panelist-${identity}`),
    );
    expect(wrong).toEqual([]);
  });

  it('is heard: both tones', async () => {
    const samples = await decodeAudio(mediaOf(audioId));
    const [fromSec, toSec] = [together.from / frameRate, together.to / frameRate];
    for (const { clip } of people) expect(usualDb(samples, clip.toneHz, fromSec, toSec)).toBeGreaterThan(-35);
    expect(usualDb(samples, 770, fromSec, toSec)).toBeLessThan(-45);
  });

  it('has its keyframes on the GOP grid and nowhere else', () => {
    expect(idrTicks(mediaOf(topId))).toEqual(
      Array.from({ length: Math.ceil(frames.length / gopFrameCount) }, (_, index) => (11 + index) * 90_000),
    );
  });

  it('has them at the same pictures in every size', async () => {
    const sizes = [...video, low];
    const media = new Map<string, { init: Uint8Array; fragments: Uint8Array[] }>();
    const encoder = new Encoder({
      run: {
        ...{ canvas, video: sizes, gopFrameCount, startTimeSec: 11, ffmpegPath: 'ffmpeg' },
        audio: [{ renditionId: audioId, bitsPerSec: 96_000, channelId: 'main' }],
      },
      clock: systemClock,
      logger: silentLogger,
      onUnit: (renditionId, { type, bytes }) => {
        if (type === 'init') media.set(renditionId, { init: bytes, fragments: [] });
        else media.get(renditionId)!.fragments.push(bytes);
      },
      onFailed: () => undefined,
    });
    const pictures = noisePictures(canvas, 4);
    const silence = new Uint8Array((4 * 48_000) / frameRate);
    for (let index = 0; index < 2.2 * frameRate; index++) {
      encoder.submit(pictures[index % pictures.length]!, [silence], () => undefined);
      await waitFor(`frame ${index - 8}`, () => encoder.encodedFrameCount > index - 9, { deadlineMs, intervalMs: 10 });
    }
    expect(await encoder.stop()).toMatchObject({ code: 0 });
    for (const { renditionId } of sizes)
      expect(idrTicks(media.get(renditionId)!)).toEqual([11, 12, 13].map((sec) => sec * 90_000));
  });

  it('is announced by its playlists as what it is', async () => {
    const text = async (path: string) => (await server.get(path)).body.toString();
    const multivariant = await text(`/hls/${webinarId}/multivariant.m3u8`);
    const streams = multivariant.split('\n').filter((line) => /^#EXT-X-STREAM-INF:.*RESOLUTION=/.test(line));
    expect(streams).toHaveLength(1);
    for (const line of streams) expect(line).toContain(`FRAME-RATE=${frameRate.toFixed(3)}`);
    expect(streams[0]).toContain(`RESOLUTION=${width}x${height}`);
    const uri = multivariant.split('\n').find((line) => line !== '' && !line.startsWith('#'))!;
    const media = await text(new URL(uri, `http://host/hls/${webinarId}/`).pathname);
    expect(media).toContain(`#EXT-X-PART-INF:PART-TARGET=${partTarget}\n`);
    expect(media).toContain('#EXT-X-TARGETDURATION:2');
    const parts = [...media.matchAll(/#EXT-X-PART:DURATION=([\d.]+)/g)].map((match) => Number(match[1]));
    expect(parts[0]).toBeCloseTo(partFrameCount / frameRate, 3);
    expect(Math.max(...parts)).toBeLessThanOrEqual(Number(partTarget));
  });
});

/** Decode times of the pictures that a decoder can begin with. */
function idrTicks({ init, fragments }: Media): number[] {
  const track = parseInitSegment(init);
  if (track.kind !== 'video') throw new Error('A picture has no picture track.');
  return fragments.flatMap((bytes) => {
    const { startTicks: ticks, samples } = parseFragment(bytes, track);
    return isSyncSample(samples[0]!) && beginsWithIdr(samples[0]!.data, track.nalLengthBytes) ? [ticks] : [];
  });
}

/** The level of a tone in the middle one of all tenths of a second, dBFS. */
function usualDb(samples: Float32Array, toneHz: number, fromSec: number, toSec: number): number {
  const levels: number[] = [];
  for (let atSec = fromSec; atSec + 0.1 <= toSec; atSec += 0.1)
    levels.push(levelDb(samples, toneHz, atSec, atSec + 0.1));
  return levels.toSorted((a, b) => a - b)[levels.length >> 1] ?? -Infinity;
}
