import { describe, expect, it } from 'vitest';
import { listedUntilMs } from '../../../bench/lib/hls-reader.ts';
import { parseMediaPlaylist } from '../../support/hls-playlist-parser.ts';

const head = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-PART-INF:PART-TARGET=0.342
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
`;
const segment = `#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXTINF:2.00000,
segment-0.m4s
`;
const startMs = Date.UTC(2026, 0, 1);

describe('listedUntilMs', () => {
  it('is the end of the last part of the open segment', () => {
    const open = `#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z
#EXT-X-PART:DURATION=0.33333,URI="part-1-0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.33333,URI="part-1-1.m4s"
`;
    expect(listedUntilMs(parseMediaPlaylist(head + segment + open))).toBeCloseTo(startMs + 2666.66, 1);
  });

  it('is the end of the last segment when no part of the next is listed', () => {
    expect(listedUntilMs(parseMediaPlaylist(head + segment))).toBe(startMs + 2000);
  });

  it('is undefined as long as nothing is listed', () => {
    expect(listedUntilMs(parseMediaPlaylist(head))).toBeUndefined();
  });
});
