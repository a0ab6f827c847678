/** Captions from the call that brings them to the screen: hls.js in a real Chromium at the live edge, and FFmpeg's WebVTT reader. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captionChannels, captionRenditions } from '../../../src/app/pipeline/renditions.ts';
import { LiveCaptions } from '../../../src/app/timed-text/live-captions.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { checkStream } from '../../../src/hls/index.ts';
import { parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { parseMediaPlaylist } from '../../support/hls-playlist-parser.ts';
import { readSubtitles } from '../../support/subtitles.ts';
import { openViewer, type Viewer } from '../../support/viewer-page.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startWatchServer, watchSizes, type WatchServer } from '../../support/watch-server.ts';

const deadlineMs = 30_000;
const channels = captionChannels([
  { channelId: 'en', languageTag: 'en', name: 'English' },
  { channelId: 'ar', languageTag: 'ar', name: 'العربية' },
]);

let server: WatchServer;
let captions: LiveCaptions;
let viewer: Viewer;

beforeAll(async () => {
  server = await startWatchServer(captionRenditions(channels));
  const { program } = server;
  captions = new LiveCaptions({
    ...{ channels, program, playoutDelayMs: 350, clock: systemClock },
    onCaption: () => undefined,
  });
  viewer = await openViewer(server.watchUrl);
  await viewer.page.setViewportSize({ width: 1280, height: 720 });
}, 90_000);

afterAll(async () => {
  await viewer.close();
  await server.close();
});

const menu = () => viewer.page.getByLabel('Captions');

interface OnScreen {
  readonly text: string;
  /** Program time at which it begins, by the player's own reckoning. */
  readonly startMs: number;
}

/** What the browser shows now. */
const onScreen = () =>
  viewer.page.evaluate<OnScreen[]>(`(() => {
    const video = document.querySelector('video');
    const programMs = rostrumViewer.programWallMs;
    const showing = [...video.textTracks].filter(({ kind, mode }) => kind !== 'metadata' && mode === 'showing');
    return showing.flatMap(({ activeCues }) => [...(activeCues ?? [])]).map(({ text, startTime }) => (
      { text, startMs: programMs - 1000 * (video.currentTime - startTime) }
    ));
  })()`);

const shows = (text: string) =>
  waitFor(`"${text}" on the screen`, async () => (await onScreen()).find((cue) => cue.text.includes(text)), {
    deadlineMs,
  });

const say = (text: string, language = 'en') =>
  captions.add({ cues: [{ language, text, startAtMs: 'now', durationMs: 3000 }] }).cues[0]!;

describe('captions on the viewer page', () => {
  it('are off at first, and chosen by keyboard', async () => {
    await waitFor('the menu', () => menu().isVisible(), { deadlineMs });
    expect(await menu().inputValue()).toBe('');
    expect(await menu().locator('option').allTextContents()).toEqual(['CC off', 'CC English', 'CC العربية']);
    await menu().focus();
    await viewer.page.keyboard.press('ArrowDown');
    await waitFor('English', async () => (await menu().inputValue()) === 'en', { deadlineMs });
  });

  it('that are sent now stand on the screen at their program time, each in turn', async () => {
    for (const number of [1, 2, 3]) {
      const { startAtMs } = say(`Sentence ${number} & <more>`);
      const cue = await shows(`Sentence ${number}`);
      expect(Math.abs(cue.startMs - startAtMs)).toBeLessThan(100);
    }
  });

  it('that come three seconds late are seen all the same', async () => {
    const nowMs = systemClock.wallMs();
    const late = { language: 'en', text: 'Said before', startAtMs: nowMs - 5000, endAtMs: nowMs - 3000 };
    const { shown } = captions.add({ cues: [late] }).cues[0]!;
    expect(shown!.delayMs).toBeGreaterThan(2000);
    const cue = await shows('Said before');
    expect(Math.abs(cue.startMs - shown!.startAtMs)).toBeLessThan(100);
  });

  it('go on behind an encoder that was replaced', async () => {
    await server.ladder.begin(watchSizes);
    const { startAtMs } = say('After the handover');
    const cue = await shows('After the handover');
    expect(Math.abs(cue.startMs - startAtMs)).toBeLessThan(100);
  });

  it('change their language, and are remembered when the page is loaded again', async () => {
    await menu().selectOption('ar');
    say('مرحبا', 'ar');
    say('Not for me');
    await shows('مرحبا');
    expect((await onScreen()).map(({ text }) => text)).not.toContain('Not for me');
    await viewer.page.reload();
    await waitFor('the menu', () => menu().isVisible(), { deadlineMs });
    await waitFor('Arabic', async () => (await menu().inputValue()) === 'ar', { deadlineMs });
    say('أهلا', 'ar');
    await shows('أهلا');
  });

  it('go with the key C, and nothing of all that disturbed the player', async () => {
    await viewer.page.locator('body').press('c');
    await waitFor('no captions', async () => (await menu().inputValue()) === '', { deadlineMs });
    expect(await onScreen()).toEqual([]);
    const { state, errors } = await viewer.debug();
    expect(state).toBe('playing');
    expect(errors.filter((error) => error.includes('"isFatal":true'))).toEqual([]);
    expect(server.ladder.failures).toEqual([]);
  });
});

describe('captions segments over HTTP', () => {
  const url = (path: string) => `${server.baseUrl}/hls/webinar-1/session-1/${path}`;
  const text = async (path: string) => (await fetch(url(path))).text();
  const bytes = async (path: string) => new Uint8Array(await (await fetch(url(path))).arrayBuffer());

  it('are on the clock of the pictures, as FFmpeg reads them', async () => {
    const { startAtMs } = say('For FFmpeg');
    const place = await waitFor(
      'a segment with it',
      async () => {
        const playlist = parseMediaPlaylist(await text('captions-en/media.m3u8'));
        for (const { uri, mediaSequenceNumber } of playlist.segments.slice(-3)) {
          if ((await text(`captions-en/${uri}`)).includes('For FFmpeg')) return { uri, mediaSequenceNumber };
        }
        return undefined;
      },
      { deadlineMs },
    );
    const video = parseMediaPlaylist(await text('video-360p/media.m3u8'));
    const twin = video.segments.find(({ mediaSequenceNumber: msn }) => msn === place.mediaSequenceNumber)!;
    const init = parseInitSegment(await bytes(`video-360p/${twin.mapUri}`));
    const { startTicks } = parseFragment(await bytes(`video-360p/${twin.parts[0]!.uri}`), init);
    const cue = (await readSubtitles(url(`captions-en/${place.uri}`))).find((one) => one.text === 'For FFmpeg')!;
    const programMs = twin.programDateTimeMs! + 1000 * (cue.startSec - startTicks / 90_000);
    expect(Math.abs(programMs - startAtMs)).toBeLessThanOrEqual(2);
    expect(cue.durationSec).toBe(3);
  });

  it('obey the rules beside the pictures, to whoever looks from outside', async () => {
    const { findings, coverage } = await checkStream({ url: server.hlsUrl, seconds: 8, clock: systemClock });
    // What only a busy machine makes is told as timing.
    expect(findings.filter(({ severity, isTiming }) => severity === 'E' && !isTiming)).toEqual([]);
    for (const rule of [54, 59, 61]) expect(coverage[rule - 1]!.checks, `rule ${rule}`).toBeGreaterThan(0);
  });

  it('answer a blocking reload for a segment when it closes', async () => {
    const { nextMsn } = server.program;
    const reply = await fetch(url(`captions-en/media.m3u8?_HLS_msn=${nextMsn}`));
    expect(reply.status).toBe(200);
    expect(parseMediaPlaylist(await reply.text()).segments.at(-1)?.mediaSequenceNumber).toBeGreaterThanOrEqual(nextMsn);
  });
});
