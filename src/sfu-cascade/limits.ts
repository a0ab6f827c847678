/** Numbers of the SFU cascade that are not configuration, each with its reason. */

export const sfuLimits = {
  /** Visible tiles times two kinds, with room for rebuilding; see the resource table of the trust reference. */
  maxConsumersPerPeer: 64,
  /**
   * mediasoup sends one keyframe request at once and merges those inside this time into one at its end: two per second reach
   * a sender, however many ask. No longer than the mixer takes to ask again after a loss, which would wait for it.
   */
  keyFrameRequestDelayMs: 500,
  /** The mixer's own requests, per feed. It asks again after 500 ms at the earliest; shorter, or that one could be dropped. */
  programKeyframeIntervalMs: 400,
  restartBackoffFirstMs: 1000,
  restartBackoffMaxMs: 30_000,
  /** A worker that ran this long has earned a fresh backoff. */
  stableRunMs: 60_000,
  workerStartDeadlineMs: 10_000,
  workerCloseDeadlineMs: 3000,
  workerProbeIntervalMs: 1000,
  /** A worker that answers nothing for this long is killed and replaced. */
  workerHungMs: 4000,
  /** Pipes and program transports bind here, below the ephemeral range, away from `sfu.basePort`. */
  internalPortMin: 20_000,
  internalPortMax: 27_999,
  /** How often the dominant speaker is judged. */
  activeSpeakerIntervalMs: 300,
  /** Averaging time of loudness; silence is noticed after one such time without sound. */
  audioLevelIntervalMs: 800,
  /** dBov: quieter than this counts as silence (room noise after the browser's noise suppression is below). */
  audioLevelThresholdDb: -60,
  /** Voices named in one loudness report; no stage is larger. */
  maxSpeakers: 64,
  /** Pictures that a program keeps in full although only one is large; of more, only those that are or may be in a moment. */
  maxPicturesInFull: 4,
  /** Consumers of who speaks get bandwidth before the others; mediasoup's default is 1, its highest 255. */
  speakerPriority: 100,
  /** A producer that could not be brought to the program is tried again after this time. */
  reconcileRetryMs: 1000,
} as const;
