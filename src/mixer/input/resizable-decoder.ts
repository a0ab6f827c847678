/** Pictures of one camera in the size wanted now: at a change a second decoder takes over from a keyframe on. */
import { type I420Picture, isSameTileSize, type TileSize } from '../source-contract.ts';
import { VideoDecoder, type VideoDecoderOptions } from './video-decoder.ts';

/**
 * A new decoder that is still behind the old one this long after its first picture (larger pictures, a busy machine)
 * is not waited for: the old one gets no more frames, and its last picture stays until the new one has reached it.
 */
const catchUpWithinMs = 500;

export type ResizableDecoderOptions = Omit<VideoDecoderOptions, 'size'>;

/**
 * Two decoders exist only during a change, so that the picture never stops: the old one is ended when the new one
 * has a picture that is not older than the one shown. A change of mind ends the new one.
 */
export class ResizableDecoder {
  readonly #options: ResizableDecoderOptions;
  readonly #ending = new Set<Promise<void>>();
  #current: VideoDecoder | undefined;
  #incoming: VideoDecoder | undefined;
  /** The incoming one has had its keyframe. */
  #isIncomingFed = false;
  /** Monotonic ms of the first look at a picture of the incoming one. */
  #incomingSinceMs: number | undefined;
  #wanted: TileSize | undefined;
  #endedFrameCount = 0;
  #endedRestartCount = 0;
  #endedMisbehaviourCount = 0;
  #endedLastPictureMs = -Infinity;

  constructor(options: ResizableDecoderOptions) {
    this.#options = options;
  }

  /** Pictures decoded so far, by all of them. */
  get decodedFrameCount(): number {
    return this.#sum(this.#endedFrameCount, (decoder) => decoder.decodedFrameCount);
  }

  get restartCount(): number {
    return this.#sum(this.#endedRestartCount, (decoder) => decoder.restartCount);
  }

  get misbehaviourCount(): number {
    return this.#sum(this.#endedMisbehaviourCount, (decoder) => decoder.misbehaviourCount);
  }

  /** Monotonic ms of the last picture that came out; -Infinity before the first. */
  get lastPictureMs(): number {
    return Math.max(this.#endedLastPictureMs, ...this.#decoders().map((decoder) => decoder.lastPictureMs));
  }

  /** True while a keyframe would have somewhere to go. */
  get isStarted(): boolean {
    return this.#decoders().some((decoder) => decoder.isStarted);
  }

  /** True while a change of size waits for a keyframe. */
  get awaitsKeyframe(): boolean {
    return this.#incoming?.isStarted === true && !this.#isIncomingFed;
  }

  /** Of the process whose pictures are shown, for diagnosis. */
  get pid(): number | undefined {
    return this.#current?.pid;
  }

  /** @param size undefined ends all decoding: nobody looks. */
  requestSize(size: TileSize | undefined): void {
    if (isSameTileSize(size, this.#wanted)) return;
    this.#wanted = size;
    this.#end(this.#incoming);
    this.#incoming = undefined;
    if (size === undefined) {
      this.#end(this.#current);
      this.#current = undefined;
    } else if (!isSameTileSize(size, this.#current?.size)) this.#begin(size);
  }

  /**
   * False when the frame is lost for the pictures shown: no decoder runs, it hangs, or it is too far behind. Then the
   * next must be a keyframe.
   */
  feed(frame: Uint8Array, isKeyframe: boolean, dueMs: number): boolean {
    if (this.#incoming !== undefined && (this.#isIncomingFed || isKeyframe)) {
      this.#isIncomingFed = this.#incoming.feed(frame, dueMs);
    }
    if (this.#current === undefined || this.#isOldRetired()) return this.#isIncomingFed;
    return this.#current.feed(frame, dueMs);
  }

  latest(): I420Picture | undefined {
    const [current, incoming] = [this.#current, this.#incoming];
    const shown = current?.latest();
    const next = incoming?.latest();
    if (incoming === undefined || next === undefined) return shown;
    this.#incomingSinceMs ??= this.#options.clock.nowMs();
    // One that has only just begun may still be some pictures behind.
    if (current !== undefined && incoming.shownDueMs < current.shownDueMs) return shown;
    this.#end(current);
    this.#current = incoming;
    this.#incoming = undefined;
    return next;
  }

  /** Resolves when every process is gone. */
  async close(): Promise<void> {
    this.requestSize(undefined);
    await Promise.all(this.#ending);
  }

  #begin(size: TileSize): void {
    this.#isIncomingFed = false;
    this.#incomingSinceMs = undefined;
    const decoder: VideoDecoder = new VideoDecoder({
      ...this.#options,
      size,
      onStateLost: () => {
        if (decoder === this.#incoming) this.#isIncomingFed = false;
        else this.#options.onStateLost();
      },
    });
    this.#incoming = decoder;
    decoder.start();
  }

  #isOldRetired(): boolean {
    const sinceMs = this.#incoming === undefined ? undefined : this.#incomingSinceMs;
    return sinceMs !== undefined && this.#options.clock.nowMs() - sinceMs > catchUpWithinMs;
  }

  #end(decoder: VideoDecoder | undefined): void {
    if (decoder === undefined) return;
    this.#endedFrameCount += decoder.decodedFrameCount;
    this.#endedRestartCount += decoder.restartCount;
    this.#endedMisbehaviourCount += decoder.misbehaviourCount;
    this.#endedLastPictureMs = Math.max(this.#endedLastPictureMs, decoder.lastPictureMs);
    const ending = decoder.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #decoders(): VideoDecoder[] {
    return [this.#current, this.#incoming].filter((decoder) => decoder !== undefined);
  }

  #sum(ofEnded: number, countOf: (decoder: VideoDecoder) => number): number {
    return this.#decoders().reduce((sum, decoder) => sum + countOf(decoder), ofEnded);
  }
}
