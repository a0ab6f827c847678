/** H.264 access units out of RTP payloads (RFC 6184). */
import { AccessUnitBuilder, startsH264Keyframe, startsH264Picture } from '../../media/h264/index.ts';
import { type FrameParser, type VideoFrame } from './video-frame.ts';

export class H264FrameParser implements FrameParser {
  readonly #builder = new AccessUnitBuilder();

  parse(payloads: readonly Uint8Array[], timestamp: number): VideoFrame | 'nothing' | 'broken' {
    const unit = this.#builder.build(payloads);
    if (unit === 'broken') return 'broken';
    if (unit === 'parameterSetsOnly') return 'nothing';
    return { bytes: unit.bytes, timestamp, isKeyframe: unit.isKeyframe, vp8: undefined };
  }

  isFrameStart(payload: Uint8Array): boolean {
    return startsH264Picture(payload);
  }

  isKeyframeStart(payload: Uint8Array): boolean {
    return startsH264Keyframe(payload);
  }
}
