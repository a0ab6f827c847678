/** Hand-made inits and one-frame fragments, shaped as FFmpeg 5.1 writes them, without FFmpeg. */
import { concatBytes } from '../../src/media/concat-bytes.ts';
import { ascii, box, fullBox, u16, u32, u64, u8 } from '../../src/media/fmp4/box-writer.ts';

export const syncFlags = 0x0200_0000;
export const nonSyncFlags = 0x0101_0000;

function moov(trackId: number, timescaleHz: number, sampleEntry: Uint8Array): Uint8Array {
  const stbl = box('stbl', fullBox('stsd', 0, 0, u32(1), sampleEntry));
  const mdia = box('mdia', fullBox('mdhd', 0, 0, u32(0, 0, timescaleHz, 0), u32(0)), box('minf', stbl));
  const tkhd = fullBox('tkhd', 0, 3, u32(0, 0, trackId), new Uint8Array(68));
  const mvex = box('mvex', fullBox('trex', 0, 0, u32(trackId, 1, 0, 0, 0)));
  return box('moov', fullBox('mvhd', 0, 0, new Uint8Array(96)), box('trak', tkhd, mdia), mvex);
}

export function videoInit(options: { width?: number; height?: number; timescaleHz?: number } = {}): Uint8Array {
  const { width = 320, height = 180, timescaleHz = 90_000 } = options;
  const parameterSets = [0xe1, 0, 4, 0x67, 0x64, 0x00, 0x1f, 1, 0, 2, 0x68, 0xee];
  const avcC = box('avcC', Uint8Array.of(1, 0x64, 0x00, 0x1f, 0xff, ...parameterSets));
  const avc1 = box('avc1', new Uint8Array(24), u16(width), u16(height), new Uint8Array(50), avcC);
  return concatBytes([box('ftyp', ascii('iso6'), u32(0)), moov(1, timescaleHz, avc1)]);
}

export function audioInit(options: { timescaleHz?: number } = {}): Uint8Array {
  const { timescaleHz = 48_000 } = options;
  const descriptor = (tag: number, ...body: Uint8Array[]) => {
    const bytes = concatBytes(body);
    return concatBytes([u8(tag), Uint8Array.of(0x80, 0x80, 0x80, bytes.length), bytes]);
  };
  const decoderConfig = descriptor(4, u8(0x40), new Uint8Array(12), descriptor(5, Uint8Array.of(0x11, 0x90)));
  const esds = fullBox('esds', 0, 0, descriptor(3, u16(1), u8(0), decoderConfig));
  const mp4a = box('mp4a', new Uint8Array(16), u16(2), u16(16), u32(0), u16(timescaleHz), u16(0), esds);
  return concatBytes([box('ftyp', ascii('iso6'), u32(0)), moov(1, timescaleHz, mp4a)]);
}

/** One-sample fragment with tfhd defaults and a bare trun, as frag_every_frame gives. */
export function oneFrameFragment(frame: {
  readonly startTicks: number;
  readonly durationTicks: number;
  readonly flags: number;
  readonly data: Uint8Array;
}): Uint8Array {
  const tfhd = fullBox('tfhd', 0, 0x02_0038, u32(1, frame.durationTicks, frame.data.length, frame.flags));
  const tfdt = fullBox('tfdt', 1, 0, u64(frame.startTicks));
  const build = (dataOffset: number) =>
    box('moof', fullBox('mfhd', 0, 0, u32(1)), box('traf', tfhd, tfdt, fullBox('trun', 0, 1, u32(1, dataOffset))));
  return concatBytes([build(build(0).length + 8), box('mdat', frame.data)]);
}

/** Length-prefixed NAL unit of the given type; `id` makes the bytes of every frame differ. */
export function h264Sample(isIdr: boolean, id: number, sizeBytes = 40): Uint8Array {
  return concatBytes([u32(sizeBytes - 4), u8(isIdr ? 0x65 : 0x41), u32(id), new Uint8Array(sizeBytes - 9)]);
}

export interface FakeEncoderOptions {
  readonly startTimeSec: number;
  readonly frameRate?: number;
  readonly gopFrameCount?: number;
}

/** A perfect encoder: frame n of video and of audio, from a run's start on. */
export class FakeEncoder {
  pictureBytes = 40;
  readonly #options: Required<FakeEncoderOptions>;

  constructor(options: FakeEncoderOptions) {
    this.#options = { frameRate: 30, gopFrameCount: 60, ...options };
  }

  videoFrame(index: number): Uint8Array {
    const { startTimeSec, frameRate, gopFrameCount } = this.#options;
    const durationTicks = Math.round(90_000 / frameRate);
    const isIdr = index % gopFrameCount === 0;
    return oneFrameFragment({
      startTicks: Math.round(startTimeSec * 90_000) + index * durationTicks,
      durationTicks,
      flags: isIdr ? syncFlags : nonSyncFlags,
      data: h264Sample(isIdr, index, this.pictureBytes),
    });
  }

  /** Index -1 is the priming packet. */
  audioFrame(index: number): Uint8Array {
    return oneFrameFragment({
      startTicks: Math.round(this.#options.startTimeSec * 48_000) + index * 1024,
      durationTicks: 1024,
      flags: syncFlags,
      data: concatBytes([u32(index + 1), new Uint8Array(16)]),
    });
  }

  /** Everything of both kinds with a start in [fromSec, toSec) of the run, in time order. */
  *between(fromSec: number, toSec: number): Generator<{ renditionId: 'video' | 'audio'; bytes: Uint8Array }> {
    const { frameRate } = this.#options;
    let video = Math.ceil(fromSec * frameRate - 1e-9);
    let audio = Math.ceil((fromSec * 48_000) / 1024 - 1e-9);
    for (;;) {
      const videoSec = video / frameRate;
      const audioSec = (audio * 1024) / 48_000;
      if (Math.min(videoSec, audioSec) >= toSec - 1e-9) return;
      if (videoSec <= audioSec) yield { renditionId: 'video', bytes: this.videoFrame(video++) };
      else yield { renditionId: 'audio', bytes: this.audioFrame(audio++) };
    }
  }
}
