import { describe, expect, it } from 'vitest';
import { mixerRenditions, programRenditions } from '../../../../src/app/pipeline/renditions.ts';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { Metrics } from '../../../../src/core/metrics.ts';
import { createProgram, hlsConfigSchema } from '../../../../src/hls/index.ts';
import { renderMultivariantPlaylist } from '../../../../src/hls/origin/playlist-source.ts';
import { mixerConfigSchema } from '../../../../src/mixer/index.ts';
import { audioInit, videoInit } from '../../../support/cmaf-fixtures.ts';
import { TestProgram } from '../../../support/hls-program.ts';

const french = { channelId: 'fr', languageTag: 'fr', name: 'Français' };
const config = mixerConfigSchema.parse({});
const renditions = programRenditions(config, [french]);

function programOf(carriedIds: readonly string[]) {
  const program = createProgram({
    ...{ webinarId: 'w', sessionId: 's', renditions, config: hlsConfigSchema.parse({}) },
    ...{ clock: new FakeClock(), logger: silentLogger, metrics: new Metrics() },
  });
  program.beginRun({ runIndex: 0, startTimeSec: 10, frameZeroWallMs: 0, renditionIds: carriedIds });
  for (const { renditionId, video } of renditions) {
    if (carriedIds.includes(renditionId)) program.pushInit(renditionId, video ? videoInit(video) : audioInit());
  }
  return program;
}

describe('renderMultivariantPlaylist', () => {
  it('offers every language of captions in one group that all sizes name, off by default', () => {
    const test = new TestProgram({ hasCaptions: true });
    test.beginRun();
    const lines = renderMultivariantPlaylist(test.program).split('\n');
    expect(lines.filter((line) => line.includes('TYPE=SUBTITLES'))).toEqual([
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="session-1/captions-en/media.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="العربية",LANGUAGE="ar",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="session-1/captions-ar/media.m3u8"',
    ]);
    const streams = lines.filter((line) => line.startsWith('#EXT-X-STREAM-INF'));
    expect(streams.map((line) => line.endsWith(',SUBTITLES="captions"'))).toEqual([true, true]);
  });

  it('offers every size, largest first, with the dearest sound added, and every language in one group', () => {
    const program = programOf(renditions.map(({ renditionId }) => renditionId));
    expect(renderMultivariantPlaylist(program).split('\n')).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:9',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Program",LANGUAGE="und",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="s/audio-main/media.m3u8"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Français",LANGUAGE="fr",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="s/audio-fr/media.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=3870000,AVERAGE-BANDWIDTH=2596000,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=30.000,CLOSED-CAPTIONS=NONE,AUDIO="audio"',
      's/video-720p/media.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=1620000,AVERAGE-BANDWIDTH=1096000,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=768x432,FRAME-RATE=30.000,CLOSED-CAPTIONS=NONE,AUDIO="audio"',
      's/video-432p/media.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=645000,AVERAGE-BANDWIDTH=446000,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=416x234,FRAME-RATE=30.000,CLOSED-CAPTIONS=NONE,AUDIO="audio"',
      's/video-234p/media.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=120000,AVERAGE-BANDWIDTH=96000,CODECS="mp4a.40.2",CLOSED-CAPTIONS=NONE,AUDIO="audio"',
      's/audio-main/media.m3u8',
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=262500,CODECS="avc1.64001F",RESOLUTION=416x234,URI="s/video-234p/iframes.m3u8"',
      '',
    ]);
  });

  it('announces what was measured where it is more than what was expected, and a segment closed early counts for nothing', () => {
    const test = new TestProgram();
    const bandwidths = () =>
      [...renderMultivariantPlaylist(test.program).matchAll(/^#EXT-X-STREAM-INF:BANDWIDTH=(\d+)/gm)].map(([, bits]) =>
        Number(bits),
      );
    const encoder = test.beginRun();
    test.feed(4.1);
    const [expected, sound] = bandwidths() as [number, number];
    expect(expected).toBe(2_600_000 + 140_000);
    encoder.pictureBytes = 40_000;
    test.feed(0.5);
    test.program.endRun('killed');
    expect(bandwidths()).toEqual([expected, sound]);
    test.beginRun().pictureBytes = 40_000;
    test.feed(4.1);
    const [measured] = bandwidths() as [number];
    expect(measured).toBeGreaterThan(40_000 * 8 * 30);
    expect(measured).toBeLessThan(1.1 * 40_000 * 8 * 30 + sound);
  });

  it('leaves out what no run has carried yet', () => {
    const text = renderMultivariantPlaylist(programOf(['video-432p', 'video-234p', 'audio-main', 'audio-fr']));
    expect(text).not.toContain('720p');
    expect(text).toContain('768x432');
  });

  it.each([[['video-720p']], [['audio-main', 'audio-fr']], [['video-720p', 'audio-main', 'video-999p']]])(
    'beginRun throws HLS_RUN_INVALID for a run of %j',
    (carriedIds) => {
      expect(() => programOf(carriedIds)).toThrow(expect.objectContaining({ code: 'HLS_RUN_INVALID' }));
    },
  );
});

describe('mixerRenditions', () => {
  it('are what players are offered, id by id', () => {
    const { video, audio } = mixerRenditions(config, [french]);
    expect([...video, ...audio].map(({ renditionId }) => renditionId)).toEqual(
      renditions.map(({ renditionId }) => renditionId),
    );
    expect(audio.map(({ channelId }) => channelId)).toEqual(['main', 'fr']);
  });
});
