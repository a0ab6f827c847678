/** Encoded media of a panelist who flashes and beeps once a second, both at the same instant. */
import { readIvfFrames, readOggOpusPackets } from '../../../bench/lib/media-containers.ts';
import { packOpus, packVp8Frame, type RtpUnit } from '../../../bench/lib/rtp-packets.ts';
import { runFfmpeg } from '../decode-media.ts';

export const flashPeriodMs = 1000;
export const flashMs = 200;
export const beepHz = 1000;
export const flashFrameRate = 30;
export const opusPacketMs = 20;
/** Decoded Opus is this late against what was encoded: the encoder's look-ahead (pre-skip of libopus, RFC 7845 section 4.2). */
export const opusLookAheadMs = 6.5;
/** Seconds that are sent over and over; the second one is free of the encoders' beginnings. */
const roundSec = 2;

export interface FlashBeepMedia {
  /** A whole number of periods; begins with a keyframe and a flash. */
  readonly videoUnits: readonly RtpUnit[];
  /** Packet n holds what was heard from `n * opusPacketMs - opusLookAheadMs` on; the beep begins at 0. */
  readonly audioUnits: readonly RtpUnit[];
}

/** A tone that never stops, so soft that it is no beep. A whole number of periods fits into a round. */
export interface SteadyTone {
  readonly toneHz: number;
  /** Of full scale; the beep has 0.5. */
  readonly amplitude: number;
}

/** @param size of the picture, both even. */
export async function makeFlashBeep(
  size = { width: 320, height: 180 },
  steadyTone?: SteadyTone,
): Promise<FlashBeepMedia> {
  const [ivf, ogg] = await Promise.all([runFfmpeg(videoArgs(size)), runFfmpeg(audioArgs(steadyTone))]);
  const frames = readIvfFrames(ivf).slice(0, roundSec * flashFrameRate);
  const packets = readOggOpusPackets(ogg).slice(roundSec * (1000 / opusPacketMs));
  return {
    videoUnits: frames.map(packVp8Frame),
    audioUnits: packets.slice(0, roundSec * (1000 / opusPacketMs)).map(packOpus),
  };
}

function videoArgs({ width, height }: { readonly width: number; readonly height: number }): string[] {
  const source = `color=black:s=${width}x${height}:r=${flashFrameRate}:d=${roundSec}`;
  const flash = `drawbox=color=white:t=fill:enable='lt(mod(t,${flashPeriodMs / 1000}),${flashMs / 1000})'`;
  return [
    ...['-f', 'lavfi', '-i', `${source},${flash}`, '-pix_fmt', 'yuv420p', '-c:v', 'libvpx'],
    ...['-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0', '-auto-alt-ref', '0'],
    ...['-g', String(flashFrameRate), '-b:v', '400k', '-f', 'ivf', 'pipe:1'],
  ];
}

function audioArgs(steady: SteadyTone = { toneHz: 0, amplitude: 0 }): string[] {
  const tone = `${steady.amplitude}*sin(2*PI*${steady.toneHz}*t)`;
  const pulse = `if(lt(mod(t,${flashPeriodMs / 1000}),${flashMs / 1000}),0.5*sin(2*PI*${beepHz}*t),0)`;
  const beep = `aevalsrc='${pulse}+${tone}'`;
  return [
    ...['-f', 'lavfi', '-i', `${beep}:s=48000:d=${2 * roundSec + 1}`, '-ac', '2', '-c:a', 'libopus', '-b:a', '64k'],
    ...['-vbr', 'off', '-frame_duration', String(opusPacketMs), '-page_duration', String(opusPacketMs * 1000)],
    ...['-f', 'ogg', 'pipe:1'],
  ];
}
