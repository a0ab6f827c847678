/** One sound at the mixing desk, somebody's microphone or shared screen: levelled, faded, added to a sum. */
import { type AudioContent, type SourceBank } from '../source-contract.ts';
import { ParticipantGain } from './gain.ts';
import { Leveller, sourceLevelling } from './leveller.ts';

export interface ChannelStripOptions {
  readonly bank: Pick<SourceBank, 'mixAudioOf'>;
  readonly participantId: string;
  readonly content: AudioContent;
}

export class ChannelStrip {
  readonly #options: ChannelStripOptions;
  readonly #fade = new ParticipantGain();
  readonly #leveller = new Leveller(sourceLevelling);

  constructor(options: ChannelStripOptions) {
    this.#options = options;
  }

  set isOn(isOn: boolean) {
    this.#fade.isOn = isOn;
  }

  /** True when nothing is to be heard any more, not even the end of a fade. */
  get isSilent(): boolean {
    return this.#fade.isSilent;
  }

  /** True while somebody is heard speaking, known within 100 ms. */
  get isSpeaking(): boolean {
    return this.#fade.isOn && this.#leveller.isAudible;
  }

  /**
   * Adds the next span to `sum` (interleaved stereo); a muted one adds nothing, whatever arrives.
   * @param scratch of the same length, overwritten.
   */
  addTo(sum: Float32Array, firstSample: number, scratch: Float32Array): void {
    if (this.#fade.isSilent) return;
    const { bank, participantId, content } = this.#options;
    const sampleCount = sum.length / 2;
    scratch.fill(0);
    bank.mixAudioOf(participantId, content, scratch, firstSample, sampleCount);
    const level = this.#leveller.next(scratch);
    const fade = this.#fade.next(sampleCount);
    const levelStep = (level.gainTo - level.gainFrom) / sampleCount;
    const fadeStep = (fade.gainTo - fade.gainFrom) / fade.rampSampleCount;
    for (let index = 0; index < sampleCount; index++) {
      const faded = index < fade.rampSampleCount ? fade.gainFrom + fadeStep * index : fade.gainTo;
      const gain = (level.gainFrom + levelStep * index) * faded;
      sum[2 * index] = sum[2 * index]! + scratch[2 * index]! * gain;
      sum[2 * index + 1] = sum[2 * index + 1]! + scratch[2 * index + 1]! * gain;
    }
  }
}
