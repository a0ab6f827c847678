/** A live event with the default ladder, as any HTTP client sees it: three sizes in step, and one of them recorded. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginsWithIdr, parseFragment, parseInitSegment, readBoxes } from '../../src/media/fmp4/index.ts';
import { createWebinar, goLive } from '../support/api.ts';
import { verifyRecording, waitForRecording } from '../support/finished-recording.ts';
import { videoUris } from '../support/hls-client.ts';
import { type ParsedPlaylist, parseMediaPlaylist } from '../support/hls-playlist-parser.ts';
import { systemClock } from '../../src/core/clock.ts';
import { checkStream } from '../../src/hls/check/index.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { waitFor } from '../support/wait-for.ts';

const deadlineMs = 30_000;

let server: RostrumServer;
let webinarId: string;
beforeAll(async () => {
  server = await startRostrumServer({ env: { ROSTRUM_MIXER_LADDER: undefined }, readyDeadlineMs: 60_000 });
  ({ webinarId } = await createWebinar(server, 'Three sizes'));
  await goLive(server, webinarId, true);
}, 120_000);
afterAll(() => server.dispose());

async function text(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(deadlineMs) });
  expect(response.status).toBe(200);
  return response.text();
}

async function bytes(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url, { signal: AbortSignal.timeout(deadlineMs) })).arrayBuffer());
}

const multivariantUrl = () => `${server.baseUrl}/hls/${webinarId}/multivariant.m3u8`;

/** Of every size, then of the sound. */
async function playlistUrls(): Promise<{ video: string[]; audio: string }> {
  const multivariant = await text(multivariantUrl());
  const absolute = (uri: string) => new URL(uri, multivariantUrl()).href;
  const audio = absolute(/URI="([^"]+)"/.exec(multivariant)![1]!);
  return { video: videoUris(multivariant).map(absolute), audio };
}

async function segmentsOf(url: string, playlist: ParsedPlaylist) {
  return Promise.all(
    // A machine that is too busy leaves the largest sizes out for a while: gaps in their playlists.
    playlist.segments
      .filter(({ isGap }) => !isGap)
      .map(async (segment) => ({
        segment,
        init: await bytes(new URL(segment.mapUri!, url).href),
        bytes: await bytes(new URL(segment.uri!, url).href),
      })),
  );
}

describe('a live event with the default ladder', () => {
  it('lists 720p, 432p and 234p in steps that players can take, and sound alone last', async () => {
    const streams = (await text(multivariantUrl())).split('\n').filter((line) => line.startsWith('#EXT-X-STREAM-INF'));
    const field = (name: string) => streams.map((line) => new RegExp(`[:,]${name}=("[^"]*"|[^,]*)`).exec(line)?.[1]);
    expect(field('RESOLUTION')).toEqual(['1280x720', '768x432', '416x234', undefined]);
    expect(field('AVERAGE-BANDWIDTH')).toEqual(['2596000', '1096000', '446000', '96000']);
    expect(field('FRAME-RATE')).toEqual(['30.000', '30.000', '30.000', undefined]);
    expect(field('CODECS').at(-1)).toBe('"mp4a.40.2"');
    for (const codecs of field('CODECS').slice(0, -1))
      expect(codecs).toMatch(/^"avc1\.6400[0-9A-Fa-f]{2},mp4a\.40\.2"$/);
  });

  it('cuts all sizes at the same pictures, and each is what its playlist says', async () => {
    const urls = await playlistUrls();
    const isLong = async () => parseMediaPlaylist(await text(urls.video[0]!)).segments.length >= 3;
    await waitFor('three segments', isLong, { deadlineMs });
    await goLive(server, webinarId, false);
    const boundaries: Map<number, number>[] = [];
    for (const url of [...urls.video, urls.audio]) {
      const playlist = parseMediaPlaylist(await text(url));
      expect(playlist.isEnded).toBe(true);
      const fetched = await segmentsOf(url, playlist);
      expect(fetched.length).toBeGreaterThan(0);
      if (url === urls.audio) continue;
      const starts = fetched.map(
        ({ segment: { mediaSequenceNumber }, init: initBytes, bytes: segment }): [number, number] => {
          const init = parseInitSegment(initBytes);
          if (init.kind !== 'video') throw new Error('The first renditions are pictures.');
          const [moof, mdat] = readBoxes(segment);
          const first = parseFragment(segment.subarray(moof!.start, mdat!.end), init);
          expect(beginsWithIdr(first.samples[0]!.data, init.nalLengthBytes)).toBe(true);
          return [mediaSequenceNumber, first.startTicks];
        },
      );
      boundaries.push(new Map(starts));
    }
    const { findings, counts } = await checkStream({ url: multivariantUrl(), seconds: 60, clock: systemClock });
    expect(findings.filter(({ severity }) => severity === 'E')).toEqual([]);
    expect(counts.segments).toBeGreaterThanOrEqual(boundaries.reduce((sum, { size }) => sum + size, 0));
    expect(boundaries).toHaveLength(3);
    const [large, ...smaller] = boundaries;
    const low = smaller.at(-1)!;
    expect(low.size).toBeGreaterThanOrEqual(3);
    // What the larger sizes have begins where it begins in the smallest, which is never left out.
    for (const other of [large!, ...smaller])
      for (const [number, startTicks] of other) expect([number, startTicks]).toEqual([number, low.get(number)]);
  });

  it('records the largest size and the sound, without a gap', async () => {
    const detail = await waitForRecording(server, webinarId);
    // Where sizes were left out, what AAC held of the sound is missing, and named.
    const gaps = detail.gaps.filter(({ cause }) => !['MIXER_ENCODER_OVERLOADED', 'MIXER_FELL_BEHIND'].includes(cause));
    expect(gaps).toEqual([]);
    expect(await verifyRecording(server, detail.recordingId)).toMatchObject({ ok: true, problems: [] });
  });
});
