/** Camera and microphone of a panelist, encoded once by FFmpeg as a browser would, to be replayed as RTP. */
import { runFfmpeg } from '../../test/support/decode-media.ts';
import { drawPattern } from '../../test/support/pattern/index.ts';
import { readIvfFrames, readOggOpusPackets } from './media-containers.ts';
import { packOpus, packVp8Frame, type RtpUnit } from './rtp-packets.ts';

export interface SyntheticPanelist {
  /** Shown by the camera's pattern, 0..15. */
  readonly identity: number;
  readonly toneHz: number;
  readonly videoUnits: readonly RtpUnit[];
  readonly audioUnits: readonly RtpUnit[];
  readonly videoBitsPerSec: number;
  /** The same as files: VP8 in IVF and Opus in Ogg. */
  readonly files: { readonly ivf: Buffer; readonly ogg: Buffer };
}

export interface SyntheticCamera {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly bitsPerSec: number;
}

/** What the SFU sends for the large tile. */
export const syntheticCamera = { width: 1280, height: 720, frameRate: 30, bitsPerSec: 1_500_000 } as const;
/** What it sends for a thumbnail: the lowest simulcast layer. */
export const thumbnailLayer = { width: 320, height: 180, frameRate: 30, bitsPerSec: 150_000 } as const;
/** What it sends for a tile of a grid: the middle layer. */
export const gridLayer = { width: 640, height: 360, frameRate: 30, bitsPerSec: 500_000 } as const;
export const opusPacketMs = 20;
/** One round of the replay; the camera's only keyframe comes once in it. */
export const roundSec = 4;
const frameCount = roundSec * syntheticCamera.frameRate;

/**
 * The test pattern under sensor noise. The noise is what makes it cost what a camera costs: a flat pattern would be
 * coded in a few kilobytes and decoded in no time.
 */
export async function makeSyntheticPanelist(
  identity: number,
  toneHz: number,
  camera: SyntheticCamera = syntheticCamera,
): Promise<SyntheticPanelist> {
  const { width, height, frameRate } = camera;
  const pictures = Array.from({ length: frameCount }, (_, counter) =>
    drawPattern({ identity, counter }, width, height),
  );
  const ivf = await runFfmpeg(videoArgs(camera), Buffer.concat(pictures));
  const frames = readIvfFrames(ivf);
  if (frames.length !== frameCount) throw new Error(`FFmpeg made ${frames.length} frames of ${frameCount}.`);
  const ogg = await runFfmpeg(audioArgs(toneHz));
  const packets = readOggOpusPackets(ogg);
  return {
    identity,
    toneHz,
    videoUnits: frames.map(packVp8Frame),
    // One packet more holds the encoder's delay.
    audioUnits: packets.slice(0, (roundSec * 1000) / opusPacketMs).map(packOpus),
    videoBitsPerSec: Math.round((frames.reduce((sum, frame) => sum + frame.length, 0) * 8 * frameRate) / frameCount),
    files: { ivf, ogg },
  };
}

function videoArgs({ width, height, frameRate, bitsPerSec }: SyntheticCamera): string[] {
  return [
    ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', String(frameRate), '-i', 'pipe:0'],
    ...['-vf', 'noise=c0s=14:c0f=t', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-threads', '2'],
    ...['-b:v', String(bitsPerSec), '-maxrate', String(bitsPerSec), '-bufsize', String(bitsPerSec)],
    ...['-lag-in-frames', '0', '-auto-alt-ref', '0', '-g', '9999', '-f', 'ivf', 'pipe:1'],
  ];
}

function audioArgs(toneHz: number): string[] {
  return [
    ...['-f', 'lavfi', '-i', `sine=frequency=${toneHz}:sample_rate=48000:duration=${roundSec}`, '-ac', '2'],
    ...['-c:a', 'libopus', '-b:a', '48k', '-frame_duration', String(opusPacketMs)],
    ...['-page_duration', String(opusPacketMs * 1000), '-f', 'ogg', 'pipe:1'],
  ];
}
