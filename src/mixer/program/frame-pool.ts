/** Preallocated frames: one that the encoder's pipe still holds is never written into again before it is released. */
import { createI420, type I420Canvas } from '../picture/i420.ts';

export interface ProgramFrame {
  readonly picture: I420Canvas;
  /** The compositor's scene that its still parts show; 0 for none. */
  sceneVersion: number;
  /** How often it is queued in the pipe. */
  useCount: number;
}

/** Frames kept for reuse; more exist only while the encoder lags. */
const keptFrameCount = 8;

export class FramePool {
  readonly #width: number;
  readonly #height: number;
  readonly #free: ProgramFrame[] = [];
  #allocatedCount = 0;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  /** Frames that exist now; the caller's backlog limit bounds it. */
  get allocatedCount(): number {
    return this.#allocatedCount;
  }

  /** A frame nobody uses. It counts as used once; `release` gives it back. */
  acquire(): ProgramFrame {
    const frame = this.#free.pop() ?? this.#allocate();
    frame.useCount = 1;
    return frame;
  }

  retain(frame: ProgramFrame): void {
    frame.useCount++;
  }

  release(frame: ProgramFrame): void {
    if (--frame.useCount > 0) return;
    if (this.#free.length < keptFrameCount) this.#free.push(frame);
    else this.#allocatedCount--;
  }

  #allocate(): ProgramFrame {
    this.#allocatedCount++;
    const picture = createI420(this.#width, this.#height, { y: 16, u: 128, v: 128 });
    return { picture, sceneVersion: 0, useCount: 0 };
  }
}
