/** A decoder that does not behave is killed, counted, started again within its budget, and then rests. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, FakeClock, systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { cpuTimeMs } from '../../../src/mixer/ffmpeg/child-processes.ts';
import { maxDecoderMemoryBytes, type Sandbox } from '../../../src/mixer/ffmpeg/sandbox.ts';
import { VideoDecoder } from '../../../src/mixer/input/video-decoder.ts';
import { waitFor } from '../../support/wait-for.ts';

let folder: string;
const decoders: VideoDecoder[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rostrum-decoder-'));
});
afterEach(async () => {
  await Promise.all(decoders.splice(0).map((decoder) => decoder.close()));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program in FFmpeg's place that reads nothing of its arguments. */
async function decoderOf(
  name: string,
  script: string,
  { clock = systemClock, sandbox }: { clock?: Clock; sandbox?: Sandbox } = {},
): Promise<VideoDecoder> {
  const ffmpegPath = path.join(folder, name);
  await writeFile(ffmpegPath, `#!/bin/sh\n${script}\n`);
  await chmod(ffmpegPath, 0o755);
  const decoder = new VideoDecoder({
    clock,
    logger: silentLogger,
    ffmpegPath,
    sandbox,
    codec: 'VP8',
    size: { width: 16, height: 16 },
    onStateLost: () => undefined,
  });
  decoders.push(decoder);
  decoder.start();
  return decoder;
}

const frame = new Uint8Array(100);

describe('VideoDecoder with a program that misbehaves', () => {
  it('floods pictures that nobody asked for: killed, started again, and never more than the restart budget', async () => {
    const decoder = await decoderOf('flood', 'exec cat /dev/zero');
    await waitFor('the first kill', () => decoder.misbehaviourCount >= 1);
    await waitFor('the rest after three restarts', () => decoder.misbehaviourCount === 4 && !decoder.isStarted);
    expect(decoder.restartCount).toBe(4);
    expect(decoder.latest()).toBeDefined();
  });

  it('takes frames and answers nothing: killed after three seconds', async () => {
    const decoder = await decoderOf('hang', 'exec sleep 60');
    const fed = await waitFor('a frame it no longer takes', () => !decoder.feed(frame, 0), { deadlineMs: 20_000 });
    expect(fed).toBe(true);
    await waitFor('the restart', () => decoder.misbehaviourCount === 1 && decoder.restartCount === 1);
  });

  it('computes without end: killed after ten seconds of a core', async () => {
    // Time goes on as the program uses it, so that a busy machine does not matter.
    const clock = new FakeClock();
    const decoder = await decoderOf('spin', 'while :; do :; done', { clock });
    for (let second = 0; second < 11; second++) {
      const usedMs = cpuTimeMs(decoder.pid!)!;
      await waitFor('a second of work', () => cpuTimeMs(decoder.pid!)! - usedMs >= 1000, { deadlineMs: 30_000 });
      expect(decoder.misbehaviourCount).toBe(0);
      clock.advance(1000);
    }
    expect(decoder.misbehaviourCount).toBe(1);
    await waitFor('its end', () => decoder.restartCount === 1);
  });

  it('takes more memory than a decoder may: ended by the limit, and counted as a restart', async () => {
    const sandbox: Sandbox = { level: 'limited', asNobody: false };
    const decoder = await decoderOf('grow', `exec perl -e 'my $x = "x" x ${2 * maxDecoderMemoryBytes}; sleep 60'`, {
      sandbox,
    });
    await waitFor('its end', () => decoder.restartCount >= 1);
    expect(decoder.misbehaviourCount).toBe(0);
  });

  it('gives one picture for each frame: left alone', async () => {
    // 32 bytes of header, then 12 and 100 of each frame; 384 bytes are a picture of 16x16.
    const script = 'head -c 32 >/dev/null; while [ "$(head -c 112 | wc -c)" = 112 ]; do head -c 384 /dev/zero; done';
    const decoder = await decoderOf('good', script);
    for (let count = 1; count <= 5; count++) {
      expect(decoder.feed(frame, 0)).toBe(true);
      await waitFor('its picture', () => decoder.decodedFrameCount === count);
    }
    expect([decoder.misbehaviourCount, decoder.restartCount]).toEqual([0, 0]);
  });
});
