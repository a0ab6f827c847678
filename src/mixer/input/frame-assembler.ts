/** Collects ordered packets into frames and says when something was lost on the way. Pure. */
import { type OrderedPacket } from './jitter-buffer.ts';
import { type FrameParser, type VideoFrame } from './video-frame.ts';

/** More packets than any frame has (2 MB): beyond it the frame is given up. */
const maxPacketsPerFrame = 1500;

export interface AssembledFrame {
  readonly frame: VideoFrame;
  /** True when packets were lost between the frame delivered before and this one. */
  readonly isAfterLoss: boolean;
}

export class FrameAssembler {
  readonly #parser: FrameParser;
  #payloads: Uint8Array[] = [];
  #timestamp: number | undefined;
  /** Set while the packets of the current timestamp cannot make a frame any more. */
  #isDamaged = false;
  #isAfterLoss = false;

  constructor(parser: FrameParser) {
    this.#parser = parser;
  }

  /** A hole in the sequence; the frame it falls into is given up. */
  lost(): void {
    this.#isAfterLoss = true;
    this.#isDamaged = true;
  }

  /** The frame this packet completes, if it does. Packets come in sequence order, holes told by `lost`. */
  push(item: OrderedPacket): AssembledFrame | undefined {
    const { payload, hasMarker } = item.packet;
    // Padding-only packets (probes) hold no picture and belong to no frame.
    if (payload.length === 0) return undefined;
    if (item.timestamp !== this.#timestamp) this.#begin(item.timestamp, payload);
    if (this.#payloads.length >= maxPacketsPerFrame) this.lost();
    if (!this.#isDamaged) this.#payloads.push(payload);
    return hasMarker ? this.#finish(item.timestamp) : undefined;
  }

  #begin(timestamp: number, payload: Uint8Array): void {
    // The frame before never got its marker: its end is missing, or the sender does not mark.
    if (this.#payloads.length > 0) this.#isAfterLoss = true;
    this.#payloads = [];
    this.#timestamp = timestamp;
    // Its first packets may be in the hole: only a payload that visibly begins a picture is trusted to.
    this.#isDamaged = !this.#parser.isFrameStart(payload);
  }

  #finish(timestamp: number): AssembledFrame | undefined {
    const parsed = this.#isDamaged ? 'broken' : this.#parser.parse(this.#payloads, timestamp);
    this.#payloads = [];
    this.#timestamp = undefined;
    this.#isDamaged = false;
    if (parsed === 'broken') this.#isAfterLoss = true;
    if (parsed === 'broken' || parsed === 'nothing') return undefined;
    const isAfterLoss = this.#isAfterLoss;
    this.#isAfterLoss = false;
    return { frame: parsed, isAfterLoss };
  }
}
