/** What the stage asks the browser to encode: three layers of the camera, one voice stream, one screen. Pure. */

import type { MediaSource } from '../../../src/signaling/protocol/index.ts';

export interface SourceEncoding {
  readonly scaleResolutionDownBy?: number;
  readonly maxBitrate: number;
  readonly maxFramerate: number;
}

export const captureHeightPx = 720;
export const captureWidthPx = 1280;
export const captureFramerate = 30;

/** 180p, 360p, 720p of a 720p camera, lowest first as mediasoup expects; bit/s. */
export const cameraEncodings: readonly SourceEncoding[] = [
  { scaleResolutionDownBy: 4, maxBitrate: 150_000, maxFramerate: captureFramerate },
  { scaleResolutionDownBy: 2, maxBitrate: 500_000, maxFramerate: captureFramerate },
  { scaleResolutionDownBy: 1, maxBitrate: 1_500_000, maxFramerate: captureFramerate },
];

/** Without a start bitrate Chromium sent only the lowest layer for its first 16 s (design.md, decision 3); kbit/s. */
const cameraCodecOptions = { videoGoogleStartBitrate: 1500 } as const;
const microphoneCodecOptions = { opusStereo: false, opusDtx: true, opusFec: true } as const;

/** Sharp before smooth: 15 pictures a second carry a pointer, and a film still looks like one. */
const screenFramerate = 15;

/** What getDisplayMedia is asked for: at most 1080p, the largest program there is. */
export const screenCapture = {
  video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: screenFramerate, max: screenFramerate } },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
} as const;
/** No simulcast: a smaller copy of small print is of no use to anybody; bit/s. */
export const screenEncodings: readonly SourceEncoding[] = [{ maxBitrate: 2_500_000, maxFramerate: screenFramerate }];
/** Music and films, without the silence suppression that voices get. */
const screenSoundCodecOptions = { opusStereo: true, opusDtx: false, opusFec: true } as const;

/** How each source is encoded; pictures have encodings. */
export const encodingOf: Readonly<
  Record<
    MediaSource,
    {
      readonly encodings?: readonly SourceEncoding[];
      readonly codecOptions: Readonly<Record<string, number | boolean>>;
    }
  >
> = {
  camera: { encodings: cameraEncodings, codecOptions: cameraCodecOptions },
  screen: { encodings: screenEncodings, codecOptions: cameraCodecOptions },
  microphone: { codecOptions: microphoneCodecOptions },
  screenAudio: { codecOptions: screenSoundCodecOptions },
};
