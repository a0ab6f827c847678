import { type types } from 'mediasoup';
import { describe, expect, it } from 'vitest';
import { clientRtpCapabilities, programRtpCapabilities } from '../../../src/sfu-cascade/codec-policy.ts';

const router: types.RtpCapabilities = {
  codecs: [
    {
      kind: 'video',
      mimeType: 'video/VP8',
      preferredPayloadType: 101,
      clockRate: 90_000,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
    },
    { kind: 'video', mimeType: 'video/rtx', preferredPayloadType: 102, clockRate: 90_000, parameters: { apt: 101 } },
  ],
  headerExtensions: [
    { kind: 'video', uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time', preferredId: 10 },
    { kind: 'video', uri: 'urn:3gpp:video-orientation', preferredId: 8 },
    { kind: 'audio', uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', preferredId: 6 },
  ],
};

describe('clientRtpCapabilities', () => {
  it('keeps codecs, withholds abs-capture-time and video-orientation', () => {
    const capabilities = clientRtpCapabilities(router);
    expect(capabilities.codecs).toEqual(router.codecs);
    expect(capabilities.headerExtensions?.map(({ preferredId }) => preferredId)).toEqual([6]);
  });
});

describe('programRtpCapabilities', () => {
  it('is bare RTP: no RTX, PLI as the only feedback, no header extensions', () => {
    expect(programRtpCapabilities(router)).toEqual({
      codecs: [{ ...router.codecs![0], rtcpFeedback: [{ type: 'nack', parameter: 'pli' }] }],
      headerExtensions: [],
    });
  });
});
