/** The playlist reader takes anything: it answers, or refuses with its code, and never with more than it was given. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RostrumError } from '../../../../src/core/errors.ts';
import { parsePlaylist } from '../../../../src/hls/check/playlist/parse-playlist.ts';
import { goodMultivariant, goodVideo } from '../../../support/hls-check/good-stream.ts';

const url = 'http://origin.test/a/media.m3u8?token=x';
const codes = ['HLS_CHECK_PLAYLIST_UNREADABLE', 'HLS_CHECK_ANSWER_TOO_LARGE'];

/** Either a playlist or the code of the refusal; anything else that is thrown fails the test. */
function outcome(bytes: Uint8Array): ReturnType<typeof parsePlaylist> | string {
  try {
    return parsePlaylist(bytes, url);
  } catch (error) {
    if (error instanceof RostrumError && codes.includes(error.code)) return error.code;
    throw error;
  }
}

const words = [...new Set([...goodVideo.split(/[\n:,=]/), ...goodMultivariant.split(/[\n:,=]/)])];
const line = fc.oneof(
  fc.constantFrom(...goodVideo.split('\n'), ...goodMultivariant.split('\n')),
  fc
    .array(fc.oneof(fc.constantFrom(...words, ':', ',', '=', '"', '{$a}'), fc.string({ maxLength: 8 })), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
  fc.constantFrom(
    '#EXT-X-DEFINE:NAME="a",VALUE="{$a}{$a}{$a}"',
    '#EXT-X-DEFINE:QUERYPARAM="token"',
    '#EXT-X-BYTERANGE:5@',
    '#EXTINF:1e9,',
    '#EXT-X-MEDIA-SEQUENCE:99999999999999999999',
  ),
);

describe('parsePlaylist', () => {
  it('answers or refuses with its code, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void outcome(bytes)));
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        (text) => void outcome(Buffer.from(`#EXTM3U\n${text}`)),
      ),
    );
  });

  it('answers or refuses with its code, whatever lines a playlist is made of, and lists no more than it has lines', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const playlist = outcome(Buffer.from(['#EXTM3U', ...lines].join('\n')));
        if (typeof playlist === 'string') return;
        expect(playlist.breaches.length).toBeLessThanOrEqual(50);
        if (playlist.kind !== 'media') return;
        expect(playlist.segments.length).toBeLessThanOrEqual(60);
        for (const { mediaSequenceNumber } of playlist.segments) expect(mediaSequenceNumber).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html>'],
    ['JSON', '{"error":{"code":"HLS_NOT_FOUND"}}'],
    ['a playlist behind too much else', `${' '.repeat(300)}#EXTM3U`],
  ])('refuses %s', (_what, text) => {
    expect(outcome(Buffer.from(text))).toBe('HLS_CHECK_PLAYLIST_UNREADABLE');
  });

  it.each([
    ['9 MB', () => `#EXTM3U\n${'a\n'.repeat(4_500_000)}`],
    ['too many lines', () => `#EXTM3U\n${'\n'.repeat(200_001)}`],
    ['a line without end', () => `#EXTM3U\n${'a'.repeat(20_000)}`],
  ])('refuses %s', (_what, text) => {
    expect(outcome(Buffer.from(text()))).toBe('HLS_CHECK_ANSWER_TOO_LARGE');
  });

  it('puts in variables, and lets none grow a line without end', () => {
    const define = '#EXT-X-DEFINE:QUERYPARAM="token"\n#EXT-X-DEFINE:NAME="n",VALUE="v"';
    const playlist = parsePlaylist(Buffer.from(`#EXTM3U\n${define}\n#EXTINF:2.00000,\n{$n}-{$token}-{$o}.m4s\n`), url);
    expect(playlist).toMatchObject({ hasQueryDefine: true, segments: [{ uri: 'v-x-{$o}.m4s' }] });
    const doubling = Array.from(
      { length: 60 },
      (_, index) => `#EXT-X-DEFINE:NAME="a${index + 1}",VALUE="{$a${index}}{$a${index}}"`,
    );
    const long = `#EXTM3U\n#EXT-X-DEFINE:NAME="a0",VALUE="${'x'.repeat(100)}"\n${doubling.join('\n')}\n#EXTINF:2.00000,\n{$a60}\n`;
    const { segments } = parsePlaylist(Buffer.from(long), url) as Extract<
      ReturnType<typeof parsePlaylist>,
      { kind: 'media' }
    >;
    expect(segments[0]!.uri!.length).toBeLessThan(40_000);
  });
});
