/** What passes from packets to the decoder: whole encoded frames, each with what a gate has to know. */

export interface VideoFrame {
  /** VP8 frame, or H.264 access unit in Annex B. */
  readonly bytes: Uint8Array;
  /** Unwrapped RTP ticks. */
  readonly timestamp: number;
  readonly isKeyframe: boolean;
  /** VP8 numbering, absent in H.264. */
  readonly vp8: Vp8Numbering | undefined;
}

export interface Vp8Numbering {
  readonly pictureId: number | undefined;
  /** 128 or 32768. */
  readonly pictureIdRange: number;
  readonly tl0PicIdx: number | undefined;
  readonly temporalLayer: number;
  readonly isLayerSync: boolean;
}

/** Builds one frame from all payloads of one timestamp, known to be without a hole; undefined when there is nothing to show. */
export interface FrameParser {
  /** `broken` when the payloads do not make a frame: a loss. */
  parse(payloads: readonly Uint8Array[], timestamp: number): VideoFrame | 'nothing' | 'broken';
  /** True when this payload can be the first of a frame. */
  isFrameStart(payload: Uint8Array): boolean;
  /** True when this payload begins a keyframe. */
  isKeyframeStart(payload: Uint8Array): boolean;
}
