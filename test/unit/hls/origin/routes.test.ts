import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isListed, isTooFarAhead, type PlaylistPosition } from '../../../../src/hls/origin/blocking-reload.ts';
import { parseDeliveryDirectives } from '../../../../src/hls/origin/delivery-directives.ts';
import { matchRoute } from '../../../../src/hls/origin/routes.ts';

const place = { webinarId: 'w', sessionId: 's', renditionId: 'r' };

describe('matchRoute', () => {
  it.each([
    ['/hls/w/multivariant.m3u8', { kind: 'multivariant', webinarId: 'w' }],
    ['/hls/w/s/r/media.m3u8', { kind: 'mediaPlaylist', ...place }],
    ['/hls/w/s/r/iframes.m3u8', { kind: 'iFramePlaylist', ...place }],
    ['/hls/w/s/r/init-3.mp4', { kind: 'init', ...place, runIndex: 3 }],
    ['/hls/w/s/r/12.m4s', { kind: 'segment', ...place, mediaSequenceNumber: 12 }],
    ['/hls/w/s/r/12.vtt', { kind: 'captions', ...place, mediaSequenceNumber: 12 }],
    ['/hls/w/s/r/12.0.m4s', { kind: 'part', ...place, mediaSequenceNumber: 12, partIndex: 0 }],
  ])('reads %s', (path, route) => {
    expect(matchRoute(path)).toEqual(route);
  });

  it('gives numbers below 2^53 or nothing for any path', () => {
    const piece = fc.constantFrom(
      '/',
      'hls',
      'w',
      '..',
      '.',
      '%2f',
      '\0',
      '\\',
      '12',
      '.m4s',
      'init-',
      '.mp4',
      '9'.repeat(20),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const route = matchRoute(`/hls/${pieces.join('')}`);
        const numbers = Object.values(route ?? {}).filter((value) => typeof value === 'number');
        expect(numbers.every(Number.isSafeInteger)).toBe(true);
      }),
    );
  });
});

describe('parseDeliveryDirectives', () => {
  it('gives typed values or HLS_DIRECTIVE_INVALID for any query', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), fc.string(), (query, value) => {
        const act = () => parseDeliveryDirectives(`${query}&_HLS_msn=${encodeURIComponent(value)}`);
        try {
          expect(Number.isSafeInteger(act().mediaSequenceNumber)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'HLS_DIRECTIVE_INVALID' });
        }
      }),
    );
  });
});

describe('isListed and isTooFarAhead', () => {
  const position: PlaylistPosition = {
    nextMsn: 4,
    openPartCount: 2,
    partCountOf: (msn) => (msn === 3 ? 6 : undefined),
    partsPerSegment: 6,
    partTargetSec: 0.342,
  };

  it('never hold a request for ever: what is not listed is one of the next segments', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.option(fc.nat(30), { nil: undefined }), (mediaSequenceNumber, partIndex) => {
        const wanted = { mediaSequenceNumber, ...(partIndex === undefined ? {} : { partIndex }) };
        if (isListed(wanted, position) || isTooFarAhead(wanted, position)) return;
        expect(mediaSequenceNumber).toBeGreaterThanOrEqual(4);
        expect(mediaSequenceNumber).toBeLessThanOrEqual(5);
      }),
    );
  });
});
