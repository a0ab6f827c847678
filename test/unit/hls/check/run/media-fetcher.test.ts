/** Downloading what a playlist lists: ranges, and what becomes of a fault. */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../../src/core/clock.ts';
import { FindingLog } from '../../../../../src/hls/check/findings.ts';
import { type CheckAnswer } from '../../../../../src/hls/check/http/answer.ts';
import { type AskOptions, CheckClient } from '../../../../../src/hls/check/http/check-client.ts';
import { TimelineWatch } from '../../../../../src/hls/check/rules/timeline.ts';
import { MediaFetcher } from '../../../../../src/hls/check/run/media-fetcher.ts';
import { Notes, type RunContext } from '../../../../../src/hls/check/run/run-context.ts';
import { severityOf } from '../../../../../src/hls/check/table/rules.ts';
import { goodVideo, media } from '../../../../support/hls-check/good-stream.ts';
import { concatBytes } from '../../../../../src/media/concat-bytes.ts';
import { FakeEncoder, videoInit } from '../../../../support/cmaf-fixtures.ts';

type Ask = (url: string, options?: AskOptions) => Promise<CheckAnswer>;

/** A server in one function. */
class FakeClient extends CheckClient {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    super({ clock: systemClock, allowedOrigins: [], signal: new AbortController().signal });
    this.#ask = ask;
  }

  override ask(url: string, options?: AskOptions): Promise<CheckAnswer> {
    return this.#ask(url, options);
  }
}

function fetcherOf(ask: Ask) {
  const log = new FindingLog(severityOf);
  const faults: unknown[] = [];
  const context: RunContext = {
    client: new FakeClient(ask),
    clock: systemClock,
    judge: log,
    notes: new Notes(),
    counts: { playlists: 0, deltaUpdates: 0, segments: 0, parts: 0, mediaBytes: 0 },
    signal: new AbortController().signal,
    strict: () => 'W',
    fail: (error) => faults.push(error),
    foundLowLatency: () => undefined,
  };
  return { fetcher: new MediaFetcher(context, new TimelineWatch(log)), log, faults };
}

describe('MediaFetcher', () => {
  it('hands a fault of this program to the run', async () => {
    const fault = new TypeError('a fault');
    const { fetcher, faults } = fetcherOf(() => Promise.reject(fault));
    fetcher.offer(media(goodVideo));
    await fetcher.idle();
    expect(faults).toEqual([fault]);
  });

  describe('in one file with byte ranges', () => {
    const init = videoInit();
    const encoder = new FakeEncoder({ startTimeSec: 0 });
    const frames = [0, 1].map((index) => encoder.videoFrame(index));
    const file = concatBytes([init, ...frames]);
    const playlist = media(
      [
        '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD',
        `#EXT-X-MAP:URI="all.mp4",BYTERANGE="${init.length}@0"`,
        `#EXTINF:0.03333,\n#EXT-X-BYTERANGE:${frames[0]!.length}@${init.length}\nall.mp4`,
        `#EXTINF:0.03333,\n#EXT-X-BYTERANGE:${frames[1]!.length}\nall.mp4`,
        '#EXT-X-ENDLIST\n',
      ].join('\n'),
    );

    async function rangesAsked(isHonoured: (from: number) => boolean) {
      const asked: string[] = [];
      const { fetcher, log } = fetcherOf((url, options) => {
        const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(options?.headers?.['range'] ?? '')!.map(Number);
        asked.push(`${from}-${to}`);
        const isPartial = isHonoured(from!);
        const body = Buffer.from(isPartial ? file.subarray(from, to! + 1) : file);
        const times = { askedAtMs: 0, firstByteAtMs: 1, endAtMs: 1 };
        return Promise.resolve({ url, status: isPartial ? 206 : 200, headers: {}, body, redirects: [], ...times });
      });
      fetcher.offer(playlist);
      await fetcher.idle();
      return { asked, breachCount: log.findings.find(({ rule }) => rule === 76)?.count ?? 0, log };
    }

    it('a segment without a start follows the one before, not the init', async () => {
      const { asked, breachCount } = await rangesAsked(() => true);
      const ends = [init.length, init.length + frames[0]!.length, file.length];
      expect(asked).toEqual([`${ends[0]}-${ends[1]! - 1}`, `0-${ends[0]! - 1}`, `${ends[1]}-${ends[2]! - 1}`]);
      expect(breachCount).toBe(0);
    });

    it('names rule 76 for an init whose range is ignored', async () => {
      const { breachCount } = await rangesAsked((from) => from > 0);
      expect(breachCount).toBe(1);
    });
  });
});
