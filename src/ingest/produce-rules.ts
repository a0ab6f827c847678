/** What a peer may produce, beyond the wire schema: matching kinds, known codecs, known parameters. Pure. */
import { type types } from 'mediasoup';
import { withoutWithheld } from '../media/rtp/index.ts';
import { ingestError } from './errors.ts';
import { ingestLimits } from './limits.ts';

export type ProducerSource = 'microphone' | 'camera' | 'screen' | 'screenAudio';

const kindOfSource: Readonly<Record<ProducerSource, types.MediaKind>> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  screenAudio: 'audio',
};

/** mediasoup hands codec parameters to every consumer as they came; these are the ones that mean something. */
const knownCodecParameters: Readonly<Record<string, ReadonlySet<string>>> = {
  'audio/opus': new Set([
    'useinbandfec',
    'usedtx',
    'stereo',
    'sprop-stereo',
    'cbr',
    'minptime',
    'maxptime',
    'ptime',
    'maxaveragebitrate',
    'maxplaybackrate',
  ]),
  'video/vp8': new Set(['max-fs', 'max-fr', 'x-google-start-bitrate']),
  'video/h264': new Set([
    'packetization-mode',
    'profile-level-id',
    'level-asymmetry-allowed',
    'x-google-start-bitrate',
  ]),
  'video/rtx': new Set(['apt']),
};

/** @throws INGEST_KIND_MISMATCH, INGEST_CODEC_UNSUPPORTED, INGEST_TOO_MANY_ENCODINGS */
export function checkProduce(request: {
  kind: types.MediaKind;
  source: ProducerSource;
  rtpParameters: types.RtpParameters;
}): void {
  const { kind, source, rtpParameters } = request;
  if (kindOfSource[source] !== kind) throw ingestError('INGEST_KIND_MISMATCH', { details: { kind, source } });
  for (const { mimeType } of rtpParameters.codecs) {
    const name = mimeType.toLowerCase();
    if (knownCodecParameters[name] === undefined || !name.startsWith(`${kind}/`))
      throw ingestError('INGEST_CODEC_UNSUPPORTED', { details: { mimeType, kind } });
  }
  const maxCount = ingestLimits.maxEncodings[source];
  const encodingCount = rtpParameters.encodings?.length ?? 0;
  if (encodingCount > maxCount)
    throw ingestError('INGEST_TOO_MANY_ENCODINGS', { details: { kind, encodingCount, maxCount } });
}

/** The parameters without anything that nobody here asked for. */
export function cleanRtpParameters(rtpParameters: types.RtpParameters): types.RtpParameters {
  return {
    ...rtpParameters,
    codecs: rtpParameters.codecs.map((codec) => ({ ...codec, parameters: cleanCodecParameters(codec) })),
    headerExtensions: withoutWithheld(rtpParameters.headerExtensions),
  };
}

function cleanCodecParameters({ mimeType, parameters }: types.RtpCodecParameters): Record<string, unknown> {
  const known = knownCodecParameters[mimeType.toLowerCase()];
  return Object.fromEntries(Object.entries(parameters ?? {}).filter(([key]) => known?.has(key) === true));
}
