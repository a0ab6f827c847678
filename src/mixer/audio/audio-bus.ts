/** The program's sound: the sum of everybody on stage, faded, limited, as s16le. No clock, no I/O of its own. */
import { type MixerParticipant } from '../ports.ts';
import { type SourceBank } from '../source-contract.ts';
import { headroomRatio, ParticipantGain } from './gain.ts';
import { Limiter, limiterDelaySampleCount } from './limiter.ts';
import { writeS16le } from './pcm.ts';

export interface AudioBusOptions {
  readonly bank: Pick<SourceBank, 'mixAudioOf'>;
  /** Samples per video frame, at least one fade long. */
  readonly samplesPerFrame: number;
}

/**
 * The limiter delays by 5 ms; the bus therefore reads its sources 5 ms ahead, so that program sample n is what the
 * sources hold at n and sound and picture stay together to the sample.
 */
export class AudioBus {
  readonly #bank: Pick<SourceBank, 'mixAudioOf'>;
  readonly #gains = new Map<string, ParticipantGain>();
  readonly #limiter = new Limiter();
  readonly #sum: Float32Array;
  readonly #unheard: Float32Array;
  #present: ReadonlySet<string> = new Set();
  #nextReadSample: number | undefined;

  constructor(options: AudioBusOptions) {
    this.#bank = options.bank;
    this.#sum = new Float32Array(2 * options.samplesPerFrame);
    this.#unheard = new Float32Array(2 * options.samplesPerFrame);
  }

  /** Takes effect with the next frame: newcomers fade in, the muted and the leavers fade out. */
  setParticipants(participants: readonly MixerParticipant[]): void {
    const present = new Map(participants.map((participant) => [participant.participantId, participant]));
    for (const id of present.keys()) if (!this.#gains.has(id)) this.#gains.set(id, new ParticipantGain());
    for (const [id, gain] of this.#gains) gain.isOn = present.get(id)?.isMicrophoneOn ?? false;
    this.#present = new Set(present.keys());
  }

  /** Writes one frame's samples, starting at program sample `firstSample`, to `target` (4 bytes per sample). */
  render(firstSample: number, target: Uint8Array): void {
    const readFrom = firstSample + limiterDelaySampleCount;
    if (this.#nextReadSample !== readFrom) this.#prime(firstSample);
    this.#mix(readFrom, this.#sum);
    this.#limiter.process(this.#sum);
    writeS16le(this.#sum, target);
    this.#nextReadSample = readFrom + this.#sum.length / 2;
  }

  /** Fills the limiter's delay line at the start and behind a skip; what it held belongs to time that is not shown. */
  #prime(firstSample: number): void {
    const lead = this.#sum.subarray(0, 2 * limiterDelaySampleCount);
    this.#mix(firstSample, lead);
    this.#limiter.process(lead);
  }

  #mix(firstSample: number, sum: Float32Array): void {
    sum.fill(0);
    const sampleCount = sum.length / 2;
    for (const [participantId, gain] of this.#gains) {
      if (gain.isSilent) {
        // Read all the same, so that the source's reader keeps up; packets of a muted participant are never heard.
        const ramp = { gainFrom: 0, gainTo: 0, rampSampleCount: 0 };
        this.#bank.mixAudioOf(participantId, this.#unheard.subarray(0, sum.length), firstSample, sampleCount, ramp);
        if (!this.#present.has(participantId)) this.#gains.delete(participantId);
        continue;
      }
      const { gainFrom, gainTo, rampSampleCount } = gain.next();
      this.#bank.mixAudioOf(participantId, sum, firstSample, sampleCount, {
        gainFrom: gainFrom * headroomRatio,
        gainTo: gainTo * headroomRatio,
        rampSampleCount: Math.min(rampSampleCount, sampleCount),
      });
    }
  }
}
