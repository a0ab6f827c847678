import { describe, expect, it } from 'vitest';
import {
  buildMultivariantPlaylist,
  buildVodPlaylist,
  measureBitRates,
} from '../../../../src/recording/finishing/vod-playlist.ts';
import { spooledSegment } from '../support/fake-program.ts';

const names = { init: (run: number) => `init-${run}.mp4`, segment: (sequence: number) => `${sequence}.m4s` };

describe('buildVodPlaylist', () => {
  it('writes one run as VOD without any low-latency tag', () => {
    const segments = [
      spooledSegment(0, { startSec: 10, durationSec: 2 }),
      spooledSegment(1, { startSec: 12, durationSec: 1.5 }),
    ];
    expect(buildVodPlaylist(segments, names, 10)).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXTINF:2.000000,
0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z
#EXTINF:1.500000,
1.m4s
#EXT-X-ENDLIST
`);
  });

  it('takes TARGETDURATION from the longest real duration, never below 1', () => {
    const long = buildVodPlaylist([spooledSegment(0, { startSec: 0, durationSec: 3.6 })], names, 0);
    expect(long).toContain('#EXT-X-TARGETDURATION:4\n');
    const short = buildVodPlaylist([spooledSegment(0, { startSec: 0, durationSec: 0.3 })], names, 0);
    expect(short).toContain('#EXT-X-TARGETDURATION:1\n');
  });

  it('puts a new MAP behind DISCONTINUITY at a new run, and the hole before it as GAP entries that add up', () => {
    const segments = [
      spooledSegment(0, { startSec: 10, durationSec: 2 }),
      spooledSegment(1, { startSec: 17, durationSec: 2, runIndex: 1 }),
    ];
    const lines = buildVodPlaylist(segments, names, 10).split('\n');
    const durations = lines
      .filter((line) => line.startsWith('#EXTINF:'))
      .map((line) => Number.parseFloat(line.slice(8)));
    expect(durations.reduce((sum, duration) => sum + duration, 0)).toBeCloseTo(9, 5);
    expect(durations.every((duration) => Math.round(duration) <= 2)).toBe(true);
    expect(lines.filter((line) => line === '#EXT-X-GAP')).toHaveLength(3);
    const at = lines.indexOf('#EXT-X-DISCONTINUITY');
    expect(lines[at + 1]).toBe('#EXT-X-MAP:URI="init-1.mp4"');
    expect(lines.lastIndexOf('#EXT-X-GAP')).toBeLessThan(at);
  });

  it('begins a rendition that starts late with a GAP, so that all renditions share time 0', () => {
    const playlist = buildVodPlaylist([spooledSegment(1, { startSec: 12, durationSec: 2 })], names, 10);
    expect(playlist).toContain('#EXT-X-GAP\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n#EXTINF:2.000000,\n');
  });
});

describe('buildMultivariantPlaylist', () => {
  it('adds the audio rendition to every variant', () => {
    const video = {
      uri: 'v/playlist.m3u8',
      kind: 'video' as const,
      codec: 'avc1.64001F',
      peakBitsPerSec: 900,
      averageBitsPerSec: 800,
      width: 1280,
      height: 720,
      frameRate: 30,
    };
    const audio = {
      uri: 'a/playlist.m3u8',
      kind: 'audio' as const,
      codec: 'mp4a.40.2',
      peakBitsPerSec: 100,
      averageBitsPerSec: 90,
    };
    expect(buildMultivariantPlaylist([video, audio])).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",DEFAULT=YES,AUTOSELECT=YES,LANGUAGE="und",URI="a/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1000,AVERAGE-BANDWIDTH=890,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=30.000,AUDIO="audio",CLOSED-CAPTIONS=NONE
v/playlist.m3u8
`);
  });
});

describe('measureBitRates', () => {
  it('takes the peak over full segments and the average over all', () => {
    const segments = [
      spooledSegment(0, { startSec: 0, durationSec: 2, sizeBytes: 1000 }),
      spooledSegment(1, { startSec: 2, durationSec: 2, sizeBytes: 3000 }),
      spooledSegment(2, { startSec: 4, durationSec: 0.1, sizeBytes: 2000 }),
    ];
    expect(measureBitRates(segments)).toEqual({ peakBitsPerSec: 12_000, averageBitsPerSec: Math.ceil(48_000 / 4.1) });
  });
});
