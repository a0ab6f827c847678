/** Numbers of the publisher side, each with its reason. */

export const ingestLimits = {
  /** One to send, one to receive. */
  maxTransportsPerPeer: 2,
  /** One of each source, and room for microphone and camera to be replaced while the old ones close. */
  maxProducersPerPeer: 6,
  maxProducersPerSource: 1,
  /** Simulcast: three layers of a camera. A screen is sharp or it is nothing: one layer. */
  maxEncodings: { camera: 3, screen: 1, microphone: 1, screenAudio: 1 },
  /** A transport whose DTLS is not up by then is closed: a client that wants one connects it at once. */
  unconnectedTransportMs: 10_000,
  /** Silence on the ICE pair until a transport counts as disconnected; mediasoup takes 10..60 s, 30 by default. */
  iceConsentTimeoutSec: 15,
  /** How long a disconnected client may take to restart ICE before its transport is closed. */
  iceRecoveryMs: 20_000,
  /** Enough to start with the middle simulcast layer; the estimate takes over within seconds. */
  initialOutgoingBps: 1_000_000,
  /** Three simulcast layers of 720p, a screen of 2.5 Mbit/s and the sound of both stay below it. */
  maxIncomingBps: 6_000_000,
  /**
   * mediasoup merges keyframe requests inside this time, whoever asks. The mixer asks again after 500 ms when the answer was
   * damaged, once per second on the long run; browsers have limits of their own.
   */
  keyFrameRequestDelayMs: 500,
} as const;
