/** RTP parameters and capabilities as mediasoup-client in Chromium sends them. */
import { randomInt } from 'node:crypto';
import {
  type WireDtlsParameters,
  type WireRtpCapabilities,
  type WireRtpParameters,
} from '../../src/signaling/protocol/index.ts';

export function opusParameters(): WireRtpParameters {
  return {
    mid: '0',
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: 111,
        clockRate: 48_000,
        channels: 2,
        parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
        rtcpFeedback: [{ type: 'transport-cc' }, { type: 'nack' }],
      },
    ],
    headerExtensions: [
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4, encrypt: false, parameters: {} },
      { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1, encrypt: false, parameters: {} },
    ],
    encodings: [{ ssrc: randomInt(1, 0x7fff_ffff), dtx: true }],
    rtcp: { cname: 'chromium', reducedSize: true },
  };
}

/** Three simulcast layers told apart by rid. */
export function vp8SimulcastParameters(): WireRtpParameters {
  return {
    mid: '1',
    codecs: [
      {
        mimeType: 'video/VP8',
        payloadType: 96,
        clockRate: 90_000,
        parameters: { 'x-google-start-bitrate': 1500 },
        rtcpFeedback: [
          { type: 'goog-remb' },
          { type: 'ccm', parameter: 'fir' },
          { type: 'nack' },
          { type: 'nack', parameter: 'pli' },
        ],
      },
      { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
    ],
    headerExtensions: [
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4 },
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 10 },
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id', id: 11 },
    ],
    encodings: ['r0', 'r1', 'r2'].map((rid, index) => ({
      rid,
      active: true,
      scaleResolutionDownBy: 4 / 2 ** index,
      maxBitrate: 200_000 * 4 ** index,
      scalabilityMode: 'L1T3',
    })),
    rtcp: { cname: 'chromium', reducedSize: true },
  };
}

export const browserCapabilities: WireRtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
    { kind: 'video', mimeType: 'video/VP8', preferredPayloadType: 101, clockRate: 90_000 },
    {
      kind: 'video',
      mimeType: 'video/rtx',
      preferredPayloadType: 102,
      clockRate: 90_000,
      parameters: { apt: 101 },
    },
  ],
  headerExtensions: [],
};

export const dtlsParameters: WireDtlsParameters = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
};
