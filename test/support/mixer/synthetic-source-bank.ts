/** Sources with known content: a solid colour and a tone for each participant, in place of RTP. */
import { type Rgb } from '../../../src/mixer/picture/rgb.ts';
import { rgbToYuv } from '../../../src/mixer/picture/colour.ts';
import { createI420 } from '../../../src/mixer/picture/i420.ts';
import { type MixerSource } from '../../../src/mixer/ports.ts';
import {
  type AudioContent,
  type I420Picture,
  type PictureSize,
  type SourceBank,
  type VideoContent,
} from '../../../src/mixer/source-contract.ts';
import { type SourceBankOptions } from '../../../src/mixer/source-contract.ts';
import { sine, type Voice } from './sound.ts';

export interface SyntheticContent {
  readonly colour: Rgb;
  readonly toneHz: number;
  /** Peak, 1 is full scale. */
  readonly amplitude: number;
  /** In place of the tone. */
  readonly voice?: Voice;
}

interface Camera {
  readonly source: MixerSource;
  picture: I420Picture | undefined;
}

/** Where the content of a source is found: that of a screen of `a` is `a/screen`. */
function contentKey({ participantId, content }: MixerSource): string {
  return content === 'screen' || content === 'screenAudio' ? `${participantId}/screen` : participantId;
}

export class SyntheticSourceBank implements SourceBank {
  readonly options: SourceBankOptions;
  readonly #contents: ReadonlyMap<string, SyntheticContent>;
  readonly #cameras = new Map<string, Camera>();
  readonly #microphones = new Map<string, MixerSource>();
  readonly #stalled = new Set<string>();
  readonly #frozenSinceMs = new Map<string, number>();
  frameZeroMonotonicMs: number | undefined;
  closeReason: string | undefined;

  constructor(options: SourceBankOptions, contents: ReadonlyMap<string, SyntheticContent>) {
    this.options = options;
    this.#contents = contents;
  }

  async listen(): Promise<number> {
    return 40_000;
  }

  startTimeline(frameZeroMonotonicMs: number): void {
    this.frameZeroMonotonicMs = frameZeroMonotonicMs;
  }

  add(source: MixerSource): void {
    this.#content(contentKey(source));
    if (source.kind === 'audio') this.#microphones.set(source.sourceId, source);
    else this.#cameras.set(source.sourceId, { source, picture: undefined });
  }

  remove(sourceId: string): void {
    this.#cameras.delete(sourceId);
    this.#microphones.delete(sourceId);
  }

  /** The next picture has the new size, as if the decoder took no time. */
  requestSize(sourceId: string, size: PictureSize | undefined): void {
    const camera = this.#cameras.get(sourceId);
    if (camera === undefined || this.#stalled.has(sourceId)) return;
    const { colour } = this.#content(contentKey(camera.source));
    camera.picture = size && createI420(size.width, size.height, rgbToYuv(colour));
  }

  /** From now on this camera gives no picture in any size asked for, as if its packets were lost. */
  stall(sourceId: string): void {
    this.#stalled.add(sourceId);
  }

  /** From now on this camera gives no new picture. */
  freeze(sourceId: string): void {
    this.#frozenSinceMs.set(sourceId, this.options.clock.nowMs());
  }

  videoOf(participantId: string, content: VideoContent = 'camera') {
    const camera = [...this.#cameras.values()].findLast(
      ({ source }) => source.participantId === participantId && source.content === content,
    );
    if (camera === undefined) return undefined;
    const { sourceId } = camera.source;
    const frozenSinceMs = this.#frozenSinceMs.get(sourceId);
    return {
      sourceId,
      participantId,
      latest: () => camera.picture,
      sinceLastPictureMs: () => (frozenSinceMs === undefined ? 0 : this.options.clock.nowMs() - frozenSinceMs),
    };
  }

  mixAudioOf(
    participantId: string,
    content: AudioContent,
    target: Float32Array,
    firstSample: number,
    sampleCount: number,
  ): void {
    const isThere = [...this.#microphones.values()].some(
      (source) => source.participantId === participantId && source.content === content,
    );
    if (!isThere) return;
    const { toneHz, amplitude, voice = sine(toneHz, amplitude) } = this.#content(participantId);
    for (let index = 0; index < sampleCount; index++) {
      const sample = voice(firstSample + index);
      target[2 * index]! += sample;
      target[2 * index + 1]! += sample;
    }
  }

  stats() {
    const cameras = [...this.#cameras.keys()].map((sourceId) => ({ sourceId, kind: 'video' as const }));
    const microphones = [...this.#microphones.keys()].map((sourceId) => ({ sourceId, kind: 'audio' as const }));
    return [...cameras, ...microphones].map((source) => ({
      ...source,
      packetCount: 0,
      lostPacketCount: 0,
      decodedFrameCount: 0,
      keyframeRequestCount: 0,
      decoderRestartCount: 0,
    }));
  }

  async close(reason: string): Promise<void> {
    this.closeReason = reason;
  }

  #content(participantId: string): SyntheticContent {
    const content = this.#contents.get(participantId);
    if (content === undefined) throw new Error(`No content was given for ${participantId}.`);
    return content;
  }
}
