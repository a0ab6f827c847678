/** The argument list of the program encoder. Pure. */
import { aacFrameSampleCount, audioTimescaleHz } from '../../media/timebase.ts';
import { type MixerRunOptions } from '../ports.ts';

/** Descriptors of the encoder's pipes. */
export const encoderPipes = { videoIn: 3, audioIn: 4, videoOut: 5, audioOut: 6 } as const;

/**
 * FFmpeg always serves the output that is furthest behind, and waits for its input. AAC comes out three frames late
 * (one of priming, two inside the encoder), so audio always looks behind and every picture waits for the sound of the
 * next tick. Moved ahead by that much on the way in and back on the way out, audio waits for the picture instead:
 * measured 48 instead of 80 ms from tick to fragment. Whole milliseconds and whole samples, hence exact.
 */
const audioHeadStartSec = (3 * aacFrameSampleCount) / audioTimescaleHz;

/** What is FFmpeg's to know of a run. Keyframes fall on every multiple of the GOP and nowhere else. */
export function encoderArguments(options: MixerRunOptions): string[] {
  const { canvas, video, audio, startTimeSec } = options;
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'warning'],
    ...['-probesize', '32', '-analyzeduration', '0', '-thread_queue_size', '64', '-threads', '1'],
    ...['-f', 'rawvideo', '-pixel_format', 'yuv420p', '-video_size', `${canvas.width}x${canvas.height}`],
    ...['-framerate', String(canvas.frameRate), '-i', `pipe:${encoderPipes.videoIn}`],
    ...['-probesize', '32', '-analyzeduration', '0', '-thread_queue_size', '64'],
    ...['-itsoffset', audioHeadStartSec.toFixed(6), '-f', 's16le', '-ar', '48000', '-ac', '2'],
    ...['-i', `pipe:${encoderPipes.audioIn}`],
    ...['-map', '0:v:0', '-fps_mode', 'passthrough', '-pix_fmt', 'yuv420p'],
    ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
    ...x264Arguments(video.bitsPerSec, video.gopFrameCount),
    ...['-video_track_timescale', '90000', ...fragmentArguments(startTimeSec), `pipe:${encoderPipes.videoOut}`],
    ...['-map', '1:a:0', '-c:a', 'aac', '-b:a', String(audio.bitsPerSec), '-ar', '48000', '-ac', '2'],
    ...[...fragmentArguments(startTimeSec - audioHeadStartSec), `pipe:${encoderPipes.audioOut}`],
  ];
}

/**
 * No B-frames and no look-ahead (zerolatency). Constant quality below a ceiling of one second's worth of bits: a slate
 * or a talking head does not cost its viewers the full rate.
 */
function x264Arguments(bitsPerSec: number, gopFrameCount: number): string[] {
  const gop = String(gopFrameCount);
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'high'],
    // Sub-pixel refinement below veryfast's: 37 % less CPU for 0.0005 of SSIM and 1.5 % of bits (noisy 720p30, FFmpeg 5.1).
    ...['-subq', '1'],
    // As many threads here as on a large host, where the default would cut the picture into dozens of slices.
    ...['-threads', '2', '-g', gop, '-keyint_min', gop, '-sc_threshold', '0', '-bf', '0'],
    ...['-crf', '21', '-maxrate', String(bitsPerSec), '-bufsize', String(bitsPerSec)],
  ];
}

/**
 * Fragments of one frame each, written as soon as the next frame is known; `frag_discont` with an output offset makes
 * every tfdt the true media time (llhls.md 2.1, 2.11).
 */
function fragmentArguments(offsetSec: number): string[] {
  const flags = '+frag_every_frame+empty_moov+default_base_moof+cmaf+frag_discont+skip_trailer';
  return ['-f', 'mp4', '-movflags', flags, '-output_ts_offset', offsetSec.toFixed(6), '-flush_packets', '1'];
}
