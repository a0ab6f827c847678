/** What the stage asks the browser to encode: three layers of the camera, one voice stream. Pure. */

export interface SimulcastEncoding {
  readonly scaleResolutionDownBy: number;
  readonly maxBitrate: number;
  readonly maxFramerate: number;
}

export const captureHeightPx = 720;
export const captureWidthPx = 1280;
export const captureFramerate = 30;

/** 180p, 360p, 720p of a 720p camera, lowest first as mediasoup expects; bit/s. */
export const cameraEncodings: readonly SimulcastEncoding[] = [
  { scaleResolutionDownBy: 4, maxBitrate: 150_000, maxFramerate: captureFramerate },
  { scaleResolutionDownBy: 2, maxBitrate: 500_000, maxFramerate: captureFramerate },
  { scaleResolutionDownBy: 1, maxBitrate: 1_500_000, maxFramerate: captureFramerate },
];

/** Without a start bitrate Chromium sent only the lowest layer for its first 16 s (design.md, decision 3); kbit/s. */
export const cameraCodecOptions = { videoGoogleStartBitrate: 1500 } as const;
export const microphoneCodecOptions = { opusStereo: false, opusDtx: true, opusFec: true } as const;

/**
 * The layer that fills a tile without waste.
 * @param tileHeightPx device pixels, so CSS pixels times the pixel ratio.
 * @returns spatial layer 0..2, 0 the lowest.
 */
export function spatialLayerForTile(tileHeightPx: number): number {
  // A picture enlarged by up to a third still looks sharp at arm's length.
  const enough = 1.33;
  if (tileHeightPx <= (captureHeightPx / 4) * enough) return 0;
  if (tileHeightPx <= (captureHeightPx / 2) * enough) return 1;
  return 2;
}
