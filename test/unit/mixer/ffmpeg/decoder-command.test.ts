import { describe, expect, it } from 'vitest';
import { decoderArgs } from '../../../../src/mixer/ffmpeg/decoder-command.ts';
import { StderrRing } from '../../../../src/mixer/ffmpeg/stderr-ring.ts';

describe('decoderArgs', () => {
  const args = decoderArgs({ codec: 'H264', width: 960, height: 540 });

  it('the input can open nothing but the pipe, in one format and one codec', () => {
    const input = args.slice(0, args.indexOf('-i')).join(' ');
    expect(input).toContain('-protocol_whitelist pipe -c:v h264 -f ivf');
    expect(args[args.indexOf('-i') + 1]).toBe('pipe:0');
  });

  it('input and output run on one thread and nothing is buffered away', () => {
    expect(args.filter((arg, index) => arg === '-threads' && args[index + 1] === '1')).toHaveLength(2);
    expect(args.join(' ')).not.toContain('nobuffer');
    expect(args.filter((arg) => arg.startsWith('pipe:'))).toEqual(['pipe:0', 'pipe:1']);
  });
});

describe('StderrRing', () => {
  it('keeps the last lines, cut at a length, with the unfinished one', () => {
    const ring = new StderrRing({ maxLines: 2, maxLineLength: 5 });
    ring.push(Buffer.from('one\ntwo\r\n\nthree and more\nfo'));
    expect(ring.lines()).toEqual(['two', 'three', 'fo']);
    ring.push(Buffer.from('ur\n'));
    expect(ring.lines()).toEqual(['three', 'four']);
  });

  it('a letter cut between chunks survives and endless lines stay bounded', () => {
    const ring = new StderrRing();
    const bytes = Buffer.from('é');
    ring.push(bytes.subarray(0, 1));
    ring.push(bytes.subarray(1));
    expect(ring.lines()).toEqual(['é']);
    for (let n = 0; n < 1000; n++) ring.push(Buffer.alloc(1000, 'x'));
    expect(ring.lines().join('').length).toBeLessThanOrEqual(500);
  });
});
