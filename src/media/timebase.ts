/** Exact integer time: ticks of a timescale, and the grid the whole program runs on. Pure. */

/** Ticks per second of the video track, 90 kHz: every common frame rate is a whole number of ticks. */
export const videoTimescaleHz = 90_000;
/** Ticks per second of the audio track: one tick is one sample. */
export const audioTimescaleHz = 48_000;
/** Samples in one AAC-LC frame (ISO/IEC 14496-3). */
export const aacFrameSampleCount = 1024;

/** Nearest whole tick. */
export function secToTicks(seconds: number, timescaleHz: number): number {
  return Math.round(seconds * timescaleHz);
}
