/** The argument list of the program encoder. Pure. */
import { aacFrameSampleCount, audioTimescaleHz } from '../../media/timebase.ts';
import { type MixerAudioRendition, type MixerRunOptions, type MixerVideoRendition } from '../ports.ts';

/** Descriptors of the encoder's pipes; those of sound and of outputs in the order of the renditions. */
export interface EncoderPipes {
  readonly videoIn: number;
  readonly audioIn: readonly number[];
  readonly videoOut: readonly number[];
  readonly audioOut: readonly number[];
}

type Renditions = Pick<MixerRunOptions, 'video' | 'audio'>;

/** What is FFmpeg's to know of a run. */
export type EncodedProgram = Renditions & Pick<MixerRunOptions, 'canvas' | 'gopFrameCount' | 'startTimeSec'>;

export function encoderPipes({ video, audio }: Renditions): EncoderPipes {
  const videoIn = 3;
  const audioIn = audio.map((_, index) => videoIn + 1 + index);
  const videoOut = video.map((_, index) => videoIn + 1 + audio.length + index);
  const audioOut = audio.map((_, index) => videoIn + 1 + audio.length + video.length + index);
  return { videoIn, audioIn, videoOut, audioOut };
}

/**
 * FFmpeg always serves the output that is furthest behind, and waits for its input. AAC comes out three frames late
 * (one of priming, two inside the encoder), so audio always looks behind and every picture waits for the sound of the
 * next tick. Moved ahead by that much on the way in and back on the way out, audio waits for the picture instead:
 * measured 48 instead of 80 ms from tick to fragment. Whole milliseconds and whole samples, hence exact.
 */
const audioHeadStartSec = (3 * aacFrameSampleCount) / audioTimescaleHz;

/** FFmpeg's arguments for a program. Keyframes fall on every multiple of the GOP and nowhere else, in every size. */
export function encoderArguments(options: EncodedProgram): string[] {
  const { canvas, video, audio, gopFrameCount, startTimeSec } = options;
  const pipes = encoderPipes(options);
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'warning'],
    ...[...rawInputArguments, '-threads', '1'],
    ...['-f', 'rawvideo', '-pixel_format', 'yuv420p', '-video_size', `${canvas.width}x${canvas.height}`],
    ...['-framerate', String(canvas.frameRate), '-i', `pipe:${pipes.videoIn}`],
    ...pipes.audioIn.flatMap((fd) => [
      ...[...rawInputArguments, '-itsoffset', audioHeadStartSec.toFixed(6)],
      ...['-f', 's16le', '-ar', '48000', '-ac', '2', '-i', `pipe:${fd}`],
    ]),
    // One thread: the pictures are small, and every thread here is one that x264 does not get.
    ...['-filter_complex_threads', '1', '-filter_complex', ladderFilter(canvas, video)],
    ...video.flatMap((rendition, index) => [
      ...['-map', `[v${index}]`, '-fps_mode', 'passthrough', '-pix_fmt', 'yuv420p'],
      ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
      ...x264Arguments(rendition, gopFrameCount),
      ...['-video_track_timescale', '90000', ...fragmentArguments(startTimeSec), `pipe:${pipes.videoOut[index]!}`],
    ]),
    ...audio.flatMap((rendition, index) => [
      ...['-map', `${index + 1}:a:0`, ...aacArguments(rendition)],
      ...[...fragmentArguments(startTimeSec - audioHeadStartSec), `pipe:${pipes.audioOut[index]!}`],
    ]),
  ];
}

const rawInputArguments = ['-probesize', '32', '-analyzeduration', '0', '-thread_queue_size', '64'];

/**
 * `[v0]`, `[v1]` ...: each size is made of the one above it, so that what is scaled becomes less with every rung. A rung
 * in the size of the canvas is passed on as it is. Contains numbers only.
 */
function ladderFilter(canvas: Size, video: readonly MixerVideoRendition[]): string {
  const chains: string[] = [];
  let above: Size = canvas;
  video.forEach((rung, index) => {
    const from = index === 0 ? '0:v:0' : `s${index - 1}`;
    const isSame = rung.width === above.width && rung.height === above.height;
    const scale = isSame ? 'null' : `scale=${rung.width}:${rung.height}:flags=bilinear,setsar=1`;
    const to = index === video.length - 1 ? `[v${index}]` : `,split[v${index}][s${index}]`;
    chains.push(`[${from}]${scale}${to}`);
    above = rung;
  });
  return chains.join(';');
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function aacArguments({ bitsPerSec }: MixerAudioRendition): string[] {
  return ['-c:a', 'aac', '-b:a', String(bitsPerSec), '-ar', '48000', '-ac', '2'];
}

/**
 * FFmpeg's default would cut the picture into as many slices as the host has cores. One thread encodes the default
 * ladder in a third of real time and takes 18 % less CPU than two; only larger pictures need two to be in time.
 */
function sliceThreadCount(height: number): 1 | 2 {
  return height > 720 ? 2 : 1;
}

/**
 * No B-frames and no look-ahead (zerolatency). Constant quality below a ceiling of one second's worth of bits: a slate
 * or a talking head does not cost its viewers the full rate.
 */
function x264Arguments({ bitsPerSec, height }: MixerVideoRendition, gopFrameCount: number): string[] {
  const gop = String(gopFrameCount);
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'high'],
    // Sub-pixel refinement below veryfast's: 37 % less CPU for 0.0005 of SSIM and 1.5 % of bits (noisy 720p30, FFmpeg 5.1).
    ...['-subq', '1'],
    // Blocks of 16x16 only: 20 % less CPU again, for at most 0.0002 of SSIM and 0.2 % of bits on cameras and graphics, 1.6 % on
    // a page of sharp text that scrolls (720p30, FFmpeg 5.1, interleaved with the preset's partitions).
    ...['-partitions', 'none'],
    ...['-threads', String(sliceThreadCount(height)), '-g', gop, '-keyint_min', gop, '-sc_threshold', '0', '-bf', '0'],
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
