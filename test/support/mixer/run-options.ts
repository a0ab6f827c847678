/** Options of a mixer run as tests need them: 720p, 2 s GOP, start at 10 s. */
import { type MixerRunOptions } from '../../../src/mixer/ports.ts';

export function testRunOptions(change: Partial<MixerRunOptions> = {}): MixerRunOptions {
  return {
    webinarId: 'webinar-1',
    runIndex: 0,
    startTimeSec: 10,
    title: 'A test program',
    canvas: { width: 1280, height: 720, frameRate: 30 },
    video: [{ renditionId: 'video-720p', width: 1280, height: 720, bitsPerSec: 2_500_000 }],
    audio: [{ renditionId: 'audio-main', bitsPerSec: 96_000, channelId: 'main' }],
    gopFrameCount: 60,
    rtpListenIp: '127.0.0.1',
    playoutDelayMs: 250,
    ffmpegPath: 'ffmpeg',
    ...change,
  };
}
