import { describe, expect, it } from 'vitest';
import { parseFrameCount } from '../../../bench/lib/video-frames.ts';

describe('parseFrameCount', () => {
  it('takes the last count of the progress output', () => {
    expect(parseFrameCount('frame=12\nfps=30\nprogress=continue\nframe=  300\nprogress=end\n')).toBe(300);
  });

  it('refuses output without a count', () => {
    expect(() => parseFrameCount('progress=end\n')).toThrow('no frames');
  });
});
