/**
 * Lets only frames through whose references the decoder has. Decoders conceal damage silently, so the gate is what
 * keeps garbage off the stage: after a loss the last good picture stays until a keyframe, or until VP8's numbering proves that
 * nothing needed is missing. Pure.
 */
import { type AssembledFrame } from './frame-assembler.ts';
import { type VideoFrame, type Vp8Numbering } from './video-frame.ts';

/**
 * `closed`: waits for a keyframe. `open`: everything passes. `baseOnly`: a higher temporal layer lost a frame; the base
 * layer is whole and passes, higher layers wait for a frame that refers to nothing else.
 */
export type GateState = 'closed' | 'open' | 'baseOnly';

export class KeyframeGate {
  #state: GateState = 'closed';
  #lastPassed: Vp8Numbering | undefined;
  /** Number of the last base-layer frame passed. */
  #lastTl0: number | undefined;

  get state(): GateState {
    return this.#state;
  }

  /** What the decoder holds is void (it died, or a frame was withheld from it). */
  close(): void {
    this.#state = 'closed';
    this.#lastPassed = undefined;
    this.#lastTl0 = undefined;
  }

  /** True when the frame may be decoded. */
  admit({ frame, isAfterLoss }: AssembledFrame): boolean {
    const isAdmitted = this.#judge(frame, isAfterLoss);
    if (isAdmitted) this.#remember(frame.vp8);
    return isAdmitted;
  }

  #judge(frame: VideoFrame, isAfterLoss: boolean): boolean {
    if (frame.isKeyframe) {
      this.#state = 'open';
      return true;
    }
    if (this.#state === 'closed') return false;
    if (this.#state === 'open' && (!isAfterLoss || this.#isNextPicture(frame.vp8))) return true;
    return this.#judgeLayers(frame.vp8);
  }

  /** Something between the last passed frame and this one is missing or was held back. */
  #judgeLayers(vp8: Vp8Numbering | undefined): boolean {
    if (vp8?.tl0PicIdx === undefined || this.#lastTl0 === undefined) return this.#fail();
    const aheadCount = (vp8.tl0PicIdx - this.#lastTl0) & 0xff;
    if (vp8.temporalLayer === 0) {
      if (aheadCount !== 1) return this.#fail();
      this.#state = 'baseOnly';
      return true;
    }
    // A higher layer of a base frame that never came: the base is broken too.
    if (aheadCount !== 0) return this.#fail();
    this.#state = vp8.isLayerSync ? 'open' : 'baseOnly';
    return vp8.isLayerSync;
  }

  #isNextPicture(vp8: Vp8Numbering | undefined): boolean {
    const last = this.#lastPassed?.pictureId;
    if (vp8?.pictureId === undefined || last === undefined) return false;
    return (vp8.pictureId - last + vp8.pictureIdRange) % vp8.pictureIdRange === 1;
  }

  #fail(): false {
    this.close();
    return false;
  }

  #remember(vp8: Vp8Numbering | undefined): void {
    this.#lastPassed = vp8;
    if (vp8 !== undefined && vp8.temporalLayer === 0) this.#lastTl0 = vp8.tl0PicIdx;
  }
}
