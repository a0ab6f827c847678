/** What a synthetic panelist sends: a counted, identified picture and a tone, encoded once and played round and round. */
import { readIvfFrames, readOggOpusPackets } from '../../../bench/lib/media-containers.ts';
import { packOpus, packVp8Frame, type RtpUnit } from '../../../bench/lib/rtp-packets.ts';
import { runFfmpeg } from '../decode-media.ts';
import { drawPattern } from '../pattern/index.ts';

export interface ClipOptions {
  /** Shown by the pattern, 0..15. */
  readonly identity: number;
  readonly toneHz: number;
  /** 320x180 by default; both even. Larger pictures are drawn in that size and enlarged. */
  readonly width?: number;
  readonly height?: number;
  /** 30 by default. */
  readonly frameRate?: number;
  /** The tone sounds in the first half of each second only. */
  readonly isGated?: boolean;
}

export interface Clip {
  readonly identity: number;
  readonly toneHz: number;
  readonly frameRate: number;
  /** One per picture; every `gopFrameCount`-th is a keyframe. Its index is the counter in the picture. */
  readonly videoUnits: readonly RtpUnit[];
  /** The pictures as FFmpeg reads them. */
  readonly ivf: Uint8Array;
  /** One per 20 ms. */
  readonly audioUnits: readonly RtpUnit[];
}

export const opusPacketMs = 20;
/** Counters go round in it: half of it is the longest distance that can be told from going backwards. */
export const clipSec = 10;
/** A camera asked for a keyframe jumps to the next one, at most this far. */
export const gopFrameCount = 60;

export async function makeClip(options: ClipOptions): Promise<Clip> {
  const { identity, toneHz, width = 320, height = 180, frameRate = 30, isGated = false } = options;
  const frameCount = clipSec * frameRate;
  // Ten seconds of large raw pictures would be half a gigabyte.
  const drawn = width > 320 ? { width: 320, height: 180 } : { width, height };
  const pictures = Array.from({ length: frameCount }, (_, counter) =>
    drawPattern({ identity, counter }, drawn.width, drawn.height),
  );
  const ivf = await runFfmpeg(
    [
      ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${drawn.width}x${drawn.height}`, '-r', String(frameRate)],
      ...['-i', 'pipe:0', '-vf', `scale=${width}:${height}:flags=neighbor`],
      ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0', '-auto-alt-ref', '0'],
      ...['-b:v', '500k', '-maxrate', '500k', '-bufsize', '250k', '-g', String(gopFrameCount)],
      ...['-keyint_min', String(gopFrameCount), '-f', 'ivf', 'pipe:1'],
    ],
    Buffer.concat(pictures),
  );
  const tone = `sin(2*PI*${toneHz}*t)*0.25${isGated ? '*lt(mod(t,1),0.5)' : ''}`;
  const ogg = await runFfmpeg([
    ...['-f', 'lavfi', '-i', `aevalsrc='${tone}':s=48000:d=${clipSec}`, '-ac', '2', '-c:a', 'libopus', '-b:a', '48k'],
    ...['-frame_duration', String(opusPacketMs), '-page_duration', String(opusPacketMs * 1000), '-f', 'ogg', 'pipe:1'],
  ]);
  const frames = readIvfFrames(ivf);
  if (frames.length !== frameCount) throw new Error(`FFmpeg made ${frames.length} pictures of ${frameCount}.`);
  return {
    identity,
    toneHz,
    frameRate,
    videoUnits: frames.map(packVp8Frame),
    ivf,
    audioUnits: readOggOpusPackets(ogg)
      .slice(0, (clipSec * 1000) / opusPacketMs)
      .map(packOpus),
  };
}
