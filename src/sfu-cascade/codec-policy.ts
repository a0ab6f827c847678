/** Which codecs and header extensions the stage speaks. Pure. */
import { type types } from 'mediasoup';
import { withoutWithheld } from '../media/rtp/index.ts';

/**
 * Same list, same order on every router, so every router has the same payload types and capabilities.
 * Constrained baseline 3.1 (RFC 6184) is what every browser and hardware encoder speaks.
 */
export const stageCodecs: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { useinbandfec: 1, usedtx: 1 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
];

/** Router capabilities as clients load them. */
export function clientRtpCapabilities(router: types.RtpCapabilities): types.RtpCapabilities {
  return { ...router, headerExtensions: withoutWithheld(router.headerExtensions) };
}

/**
 * Capabilities of the mixer's receiver: bare RTP on a loss-free link. No RTX, no NACK, no bandwidth estimation (so
 * that the layer sent is the layer asked for), no header extensions.
 */
export function programRtpCapabilities(router: types.RtpCapabilities): types.RtpCapabilities {
  return {
    codecs: (router.codecs ?? [])
      .filter((codec) => !codec.mimeType.toLowerCase().endsWith('/rtx'))
      .map((codec) => ({
        ...codec,
        rtcpFeedback: (codec.rtcpFeedback ?? []).filter(
          ({ type, parameter }) => type === 'nack' && parameter === 'pli',
        ),
      })),
    headerExtensions: [],
  };
}
