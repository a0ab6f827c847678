import { describe, expect, it } from 'vitest';
import { type RtpParameters } from '../../../src/ingest/index.ts';
import { checkProduce, cleanRtpParameters } from '../../../src/ingest/produce-rules.ts';
import { opusParameters, vp8SimulcastParameters } from '../../support/stage-rtp.ts';

const opus = (): RtpParameters => opusParameters() as RtpParameters;
const vp8 = (): RtpParameters => vp8SimulcastParameters() as RtpParameters;

describe('checkProduce', () => {
  it('accepts Opus from a microphone and three layers of VP8 from a camera', () => {
    expect(() => checkProduce({ kind: 'audio', source: 'microphone', rtpParameters: opus() })).not.toThrow();
    expect(() => checkProduce({ kind: 'video', source: 'camera', rtpParameters: vp8() })).not.toThrow();
  });

  it('accepts one layer of VP8 from a screen and Opus from its sound', () => {
    const screen = { ...vp8(), encodings: [{ ssrc: 1 }] };
    expect(() => checkProduce({ kind: 'video', source: 'screen', rtpParameters: screen })).not.toThrow();
    expect(() => checkProduce({ kind: 'audio', source: 'screenAudio', rtpParameters: opus() })).not.toThrow();
  });

  it.each([
    [
      'three layers of a screen',
      { kind: 'video', source: 'screen', rtpParameters: vp8() },
      'INGEST_TOO_MANY_ENCODINGS',
    ],
    [
      'video from the sound of a screen',
      { kind: 'video', source: 'screenAudio', rtpParameters: vp8() },
      'INGEST_KIND_MISMATCH',
    ],
    ['audio from a camera', { kind: 'audio', source: 'camera', rtpParameters: opus() }, 'INGEST_KIND_MISMATCH'],
    [
      'a video codec as audio',
      { kind: 'audio', source: 'microphone', rtpParameters: vp8() },
      'INGEST_CODEC_UNSUPPORTED',
    ],
    [
      'a codec nobody knows',
      {
        kind: 'video',
        source: 'camera',
        rtpParameters: { ...vp8(), codecs: [{ mimeType: 'video/AV1', payloadType: 1, clockRate: 90_000 }] },
      },
      'INGEST_CODEC_UNSUPPORTED',
    ],
    [
      'four layers',
      {
        kind: 'video',
        source: 'camera',
        rtpParameters: { ...vp8(), encodings: [1, 2, 3, 4].map((ssrc) => ({ ssrc })) },
      },
      'INGEST_TOO_MANY_ENCODINGS',
    ],
    [
      'two layers of a microphone',
      { kind: 'audio', source: 'microphone', rtpParameters: { ...opus(), encodings: [{ ssrc: 1 }, { ssrc: 2 }] } },
      'INGEST_TOO_MANY_ENCODINGS',
    ],
  ] as const)('refuses %s', (_what, request, code) => {
    expect(() => checkProduce(request as Parameters<typeof checkProduce>[0])).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('cleanRtpParameters', () => {
  it('keeps known codec parameters and drops the rest, and extensions nobody negotiates', () => {
    const parameters = vp8();
    parameters.codecs[0]!.parameters = { 'x-google-start-bitrate': 1500, 'a=fmtp': 'v=0' };
    parameters.headerExtensions!.push(
      { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time', id: 12 },
      { uri: 'urn:3gpp:video-orientation', id: 13 },
    );
    const clean = cleanRtpParameters(parameters);
    expect(clean.codecs[0]!.parameters).toEqual({ 'x-google-start-bitrate': 1500 });
    expect(clean.codecs[1]!.parameters).toEqual({ apt: 96 });
    expect(clean.headerExtensions!.map(({ id }) => id)).toEqual([4, 10, 11]);
    expect(clean.encodings).toEqual(parameters.encodings);
  });
});
