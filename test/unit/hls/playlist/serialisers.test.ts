import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attributeTag,
  bare,
  decimal,
  formatDecimal,
  formatDuration,
  quoted,
} from '../../../../src/hls/playlist/attribute-list.ts';
import { skippableSegmentCount } from '../../../../src/hls/playlist/delta-update.ts';
import { type MediaPlaylist, writeMediaPlaylist } from '../../../../src/hls/playlist/media-playlist.ts';
import { writeMultivariantPlaylist } from '../../../../src/hls/playlist/multivariant-playlist.ts';

const wallMs = Date.UTC(2026, 0, 1);

function playlist(overrides: Partial<MediaPlaylist> = {}): MediaPlaylist {
  return {
    targetDurationSec: 2,
    serverControl: { partHoldBackSec: 1.026, holdBackSec: 6, canSkipUntilSec: 12 },
    partTargetSec: 0.342,
    mediaSequenceNumber: 4,
    discontinuitySequence: 1,
    segments: [
      {
        isDiscontinuity: false,
        mapUri: 'init-0.mp4',
        programDateTimeMs: wallMs,
        parts: [],
        complete: { uri: '4.m4s', durationSec: 2 },
      },
      {
        isDiscontinuity: true,
        mapUri: 'init-1.mp4',
        programDateTimeMs: wallMs + 2500,
        parts: [{ uri: '5.0.m4s', durationSec: 1 / 3, isIndependent: true }],
      },
    ],
    preloadHints: [{ type: 'PART', uri: '5.1.m4s' }],
    renditionReports: [{ uri: '../audio/media.m3u8', lastMsn: 5, lastPartIndex: 0 }],
    isEnded: false,
    ...overrides,
  };
}

describe('attribute values', () => {
  it('decimals never show a sign, an exponent or trailing zeros', () => {
    expect([1e-7, 6, 0.342, 1.026, 1e15, 0].map(formatDecimal)).toEqual([
      '0',
      '6',
      '0.342',
      '1.026',
      '1000000000000000',
      '0',
    ]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (value) => /^\d+(\.\d+)?$/.test(formatDecimal(value))),
    );
  });

  it('durations show five digits', () => {
    expect(formatDuration(1 / 3)).toBe('0.33333');
  });

  it('quoted strings cannot break out of their quotes or their line', () => {
    expect(attributeTag('T', { A: quoted('x",B=1\r\n#EXT-X-ENDLIST'), C: bare(1), D: undefined, E: decimal(2) })).toBe(
      '#T:A="x,B=1#EXT-X-ENDLIST",C=1,E=2',
    );
  });
});

describe('writeMediaPlaylist', () => {
  it('writes a low-latency playlist byte for byte', () => {
    expect(writeMediaPlaylist(playlist())).toBe(`#EXTM3U
#EXT-X-VERSION:10
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.026,HOLD-BACK=6,CAN-SKIP-UNTIL=12,CAN-SKIP-DATERANGES=YES
#EXT-X-PART-INF:PART-TARGET=0.342
#EXT-X-MEDIA-SEQUENCE:4
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXTINF:2.00000,
4.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.500Z
#EXT-X-PART:DURATION=0.33333,URI="5.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="5.1.m4s"
#EXT-X-RENDITION-REPORT:URI="../audio/media.m3u8",LAST-MSN=5,LAST-PART=0
`);
  });

  it('ends with ENDLIST and no hint or report once ended', () => {
    const text = writeMediaPlaylist(playlist({ isEnded: true }), 'segmentsAndDateRanges');
    expect(text).toContain('#EXT-X-ENDLIST\n');
    expect(text).not.toMatch(/PRELOAD-HINT|RENDITION-REPORT|SKIP:/);
  });

  it('writes the whole playlist when a delta update would skip nothing', () => {
    for (const delta of ['segments', 'segmentsAndDateRanges'] as const)
      expect(writeMediaPlaylist(playlist(), delta)).toBe(writeMediaPlaylist(playlist()));
  });
});

describe('skippableSegmentCount', () => {
  it.each([
    [6, 0],
    [7, 1],
    [15, 9],
    [0, 0],
  ])('of %i segments of 2 s, %i end 12 s or more before the end', (count, expected) => {
    expect(
      skippableSegmentCount(
        Array.from({ length: count }, () => 2),
        12,
      ),
    ).toBe(expected);
  });
});

describe('writeMultivariantPlaylist', () => {
  it('writes renditions and variants byte for byte', () => {
    const text = writeMultivariantPlaylist({
      audio: [
        { groupId: 'audio', name: 'Program', language: 'en', isDefault: true, channels: 2, uri: 's/a/media.m3u8' },
      ],
      streams: [
        {
          uri: 's/v/media.m3u8',
          peakBitsPerSec: 2_740_000,
          averageBitsPerSec: 2_130_000.5,
          codecs: ['avc1.64001F', 'mp4a.40.2'],
          video: { width: 1280, height: 720, frameRate: 30_000 / 1001 },
          audioGroupId: 'audio',
        },
      ],
    });
    expect(text).toBe(`#EXTM3U
#EXT-X-VERSION:9
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Program",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="s/a/media.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2740000,AVERAGE-BANDWIDTH=2130001,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,CLOSED-CAPTIONS=NONE,AUDIO="audio"
s/v/media.m3u8
`);
  });
});
