/** The three latencies on offer, as data. */

export const latencyProfileNames = ['ultra', 'low', 'standard'] as const;
export type LatencyProfileName = (typeof latencyProfileNames)[number];

export interface LatencyProfile {
  /** Frames of one part in a 30 fps program; other rates take the nearest whole number for the same time. */
  readonly partFrameCountAt30Fps: number;
  /** False: parts exist for the recorder only, the playlists are plain HLS. */
  readonly arePartsListed: boolean;
}

/** Compositor-to-screen delay on our viewer page, measured: ultra 0.76 s, low 1.13 s; standard is some 8 s. */
export const latencyProfiles: Readonly<Record<LatencyProfileName, LatencyProfile>> = {
  ultra: { partFrameCountAt30Fps: 6, arePartsListed: true },
  low: { partFrameCountAt30Fps: 10, arePartsListed: true },
  standard: { partFrameCountAt30Fps: 10, arePartsListed: false },
};
