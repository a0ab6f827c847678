import { describe, expect, it } from 'vitest';
import { CaptionTrack, maxWaitingCueCount } from '../../../../src/hls/captions/caption-track.ts';
import { parseWebVtt } from '../../../support/webvtt-parser.ts';

/** Media time 11 s is wall time 1000 s. */
const run = { runStartMs: 11_000, runStartWallMs: 1_000_000 };
const segment = (startMs: number, endMs: number, of = run) => ({ startMs, endMs, ...of });
const cuesOf = (text: string) => parseWebVtt(text).cues.map(({ cueId, startMs, endMs }) => [cueId, startMs, endMs]);
const cue = (cueId: string, startMs: number, endMs: number) => ({ cueId, text: cueId, startMs, endMs });

describe('CaptionTrack', () => {
  it('repeats a cue with its whole time in every segment that it overlaps, and in no other', () => {
    const track = new CaptionTrack();
    track.add(cue('c1', 1_001_500, 1_005_000), -Infinity);
    expect(cuesOf(track.closeSegment(segment(11_000, 12_000)))).toEqual([]);
    for (const [startMs, endMs] of [
      [12_000, 14_000],
      [14_000, 16_000],
    ] as const)
      expect(cuesOf(track.closeSegment(segment(startMs, endMs)))).toEqual([['c1', 12_500, 16_000]]);
    expect(cuesOf(track.closeSegment(segment(16_000, 18_000)))).toEqual([]);
  });

  it('keeps what lies ahead until its segment closes', () => {
    const track = new CaptionTrack();
    track.add(cue('c2', 1_003_000, 1_004_000), -Infinity);
    track.add(cue('c1', 1_002_500, 1_003_500), -Infinity);
    expect(cuesOf(track.closeSegment(segment(11_000, 13_000)))).toEqual([]);
    expect(cuesOf(track.closeSegment(segment(13_000, 15_000)))).toEqual([
      ['c1', 13_500, 14_500],
      ['c2', 14_000, 15_000],
    ]);
  });

  it('begins what lasts into another run with that run, on its clock', () => {
    const track = new CaptionTrack();
    track.add(cue('c1', 1_001_000, 1_009_000), -Infinity);
    expect(cuesOf(track.closeSegment(segment(11_000, 13_000)))).toEqual([['c1', 12_000, 20_000]]);
    // The next encoder begins 3 s later in wall time and without a hole in media time.
    const next = { runStartMs: 13_000, runStartWallMs: 1_005_000 };
    expect(cuesOf(track.closeSegment(segment(13_000, 15_000, next)))).toEqual([['c1', 13_000, 17_000]]);
  });

  it('drops a cue that lies in a hole between two runs', () => {
    const track = new CaptionTrack();
    track.add(cue('c1', 1_003_000, 1_004_000), -Infinity);
    const next = { runStartMs: 13_000, runStartWallMs: 1_005_000 };
    expect(cuesOf(track.closeSegment(segment(13_000, 15_000, next)))).toEqual([]);
  });

  it('is full at its limit and takes more when segments closed', () => {
    const track = new CaptionTrack();
    for (let index = 0; index < maxWaitingCueCount; index++)
      track.add(cue(`c${index}`, 1_000_000, 1_001_000), -Infinity);
    expect(track.room).toBe(0);
    track.closeSegment(segment(11_000, 13_000));
    expect(track.room).toBe(maxWaitingCueCount);
  });
});
