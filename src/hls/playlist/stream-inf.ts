/** EXT-X-STREAM-INF (rfc8216bis §4.4.6.2): one combination of renditions that plays. */
import { attributeTag, bare, quoted } from './attribute-list.ts';

export interface StreamInf {
  readonly uri: string;
  readonly peakBitsPerSec: number;
  readonly averageBitsPerSec: number;
  /** RFC 6381, video first. */
  readonly codecs: readonly string[];
  /** Undefined for sound alone. */
  readonly video?: { readonly width: number; readonly height: number; readonly frameRate: number };
  readonly audioGroupId?: string;
  readonly subtitlesGroupId?: string;
}

/** EXT-X-I-FRAME-STREAM-INF (§4.4.6.3): pictures for scrubbing and fast playback. */
export interface IFrameStreamInf {
  readonly uri: string;
  readonly peakBitsPerSec: number;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
}

export function iFrameStreamInfTag(stream: IFrameStreamInf): string {
  return attributeTag('EXT-X-I-FRAME-STREAM-INF', {
    BANDWIDTH: bare(Math.ceil(stream.peakBitsPerSec)),
    CODECS: quoted(stream.codec),
    RESOLUTION: bare(`${stream.width}x${stream.height}`),
    URI: quoted(stream.uri),
  });
}

export function streamInfLines(stream: StreamInf): string[] {
  const tag = attributeTag('EXT-X-STREAM-INF', {
    BANDWIDTH: bare(Math.ceil(stream.peakBitsPerSec)),
    'AVERAGE-BANDWIDTH': bare(Math.ceil(stream.averageBitsPerSec)),
    CODECS: quoted(stream.codecs.join(',')),
    RESOLUTION: stream.video && bare(`${stream.video.width}x${stream.video.height}`),
    'FRAME-RATE': stream.video && bare(stream.video.frameRate.toFixed(3)),
    'CLOSED-CAPTIONS': bare('NONE'),
    AUDIO: stream.audioGroupId === undefined ? undefined : quoted(stream.audioGroupId),
    SUBTITLES: stream.subtitlesGroupId === undefined ? undefined : quoted(stream.subtitlesGroupId),
  });
  return [tag, stream.uri];
}
