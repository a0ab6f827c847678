import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { FfmpegChild } from '../../../src/mixer/ffmpeg/child.ts';

const base = { clock: systemClock, logger: silentLogger, ffmpegPath: 'ffmpeg' };
const quiet = ['-nostdin', '-hide_banner', '-loglevel', 'warning'];

describe('FfmpegChild', () => {
  it('stop closes the inputs and FFmpeg ends by itself with status 0', async () => {
    const child = new FfmpegChild({
      ...base,
      args: [...quiet, '-f', 's16le', '-ar', '48000', '-ac', '1', '-i', 'pipe:0', '-f', 's16le', 'pipe:3'],
      inputFds: [0],
      outputFds: [3],
    });
    let byteCount = 0;
    child.output(3).on('data', (chunk: Buffer) => (byteCount += chunk.length));
    child.input(0).write(Buffer.alloc(96_000));
    const exit = await child.stop();
    expect(exit).toMatchObject({ code: 0, signal: null, isExpected: true });
    expect(byteCount).toBe(96_000);
    expect(child.isGone).toBe(true);
    expect(await child.stop()).toBe(exit);
  });

  it('stop escalates to SIGKILL when the process neither reads nor heeds signals', async () => {
    const child = new FfmpegChild({
      ...base,
      args: [...quiet, '-f', 's16le', '-i', 'pipe:0', '-f', 'null', '-'],
      inputFds: [0],
      outputFds: [],
    });
    process.kill(child.pid!, 'SIGSTOP');
    const exit = await child.stop(50);
    expect(exit.signal).toBe('SIGKILL');
  });

  it('a missing program settles exited with FFMPEG_SPAWN_FAILED instead of throwing', async () => {
    const child = new FfmpegChild({ ...base, ffmpegPath: 'no-such-ffmpeg', args: [], inputFds: [0], outputFds: [1] });
    const exit = await child.exited;
    expect(exit.spawnError).toMatchObject({ code: 'FFMPEG_SPAWN_FAILED' });
    expect(await child.stop()).toBe(exit);
  });

  it('writing to a killed process settles exited as unexpected and raises no EPIPE', async () => {
    const child = new FfmpegChild({
      ...base,
      args: [...quiet, '-f', 's16le', '-i', 'pipe:0', '-f', 's16le', 'pipe:1'],
      inputFds: [0],
      outputFds: [1],
    });
    const closed = new Promise<void>((resolve) => child.input(0).once('close', resolve));
    process.kill(child.pid!, 'SIGKILL');
    for (let n = 0; n < 20; n++) child.input(0).write(Buffer.alloc(65_536));
    const exit = await child.exited;
    await closed;
    expect(exit).toMatchObject({ signal: 'SIGKILL', isExpected: false });
  });

  it('an FFmpeg that fails leaves its last words in stderrTail', async () => {
    const child = new FfmpegChild({
      ...base,
      args: [...quiet, '-f', 'ivf', '-i', 'pipe:0', '-f', 'null', '-'],
      inputFds: [0],
      outputFds: [],
    });
    child.input(0).end('this is no IVF file, not even remotely');
    const exit = await child.exited;
    expect(exit.code).not.toBe(0);
    expect(exit.stderrTail.join('\n')).toContain('codec none');
  });

  it('asking for a descriptor that was not declared throws FFMPEG_PIPE_UNKNOWN', async () => {
    const child = new FfmpegChild({ ...base, args: ['-version'], inputFds: [], outputFds: [1] });
    expect(() => child.input(0)).toThrow(expect.objectContaining({ code: 'FFMPEG_PIPE_UNKNOWN' }) as Error);
    child.output(1).resume();
    expect(await child.exited).toMatchObject({ code: 0, isExpected: false });
  });
});
