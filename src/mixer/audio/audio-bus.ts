/** The program's sound: who is heard on which channel, levelled, summed, limited, as s16le. No clock, no I/O of its own. */
import { type MixerParticipant } from '../ports.ts';
import { type SourceBank } from '../source-contract.ts';
import { ChannelStrip } from './channel-strip.ts';
import { Ducker } from './ducker.ts';
import { dbToRatio } from './gain.ts';
import { Leveller, programLevelling } from './leveller.ts';
import { Limiter, limiterDelaySampleCount } from './limiter.ts';
import { writeS16le } from './pcm.ts';

/** The floor: what is said in the room, in its own languages. */
export const floorChannelId = 'main';
/** False for interpreters: they are heard on their channel only, and not shown. */
export function isOnFloor({ audioChannelId = floorChannelId }: MixerParticipant): boolean {
  return audioChannelId === floorChannelId;
}

/** From the sources' common loudness to the program's, -18 LUFS. There is no division by the number of speakers. */
export const programGainRatio = dbToRatio(2);

export interface AudioBusOptions {
  readonly bank: Pick<SourceBank, 'mixAudioOf'>;
  /** Samples per video frame. */
  readonly samplesPerFrame: number;
  /** The floor and the language channels, in the order in which `render` gives them. */
  readonly channelIds: readonly string[];
}

/** A strip and where it belongs. */
interface Seat {
  readonly strip: ChannelStrip;
  /** Where it is heard now; changes only while it is silent. */
  channelId: string;
  wantedChannelId: string;
  isWanted: boolean;
  isPresent: boolean;
}

/** What is made of the people of one channel. */
interface Channel {
  readonly channelId: string;
  readonly leveller: Leveller;
  readonly limiter: Limiter;
  readonly ducker: Ducker;
  /** What its own people say. */
  readonly voices: Float32Array;
}

/**
 * The limiters delay by 5.2 ms; the bus therefore reads its sources that much ahead, so that program sample n is what the
 * sources hold at n and sound and picture stay together to the sample.
 */
export class AudioBus {
  readonly #bank: Pick<SourceBank, 'mixAudioOf'>;
  readonly #seats = new Map<string, Seat>();
  readonly #channels: ReadonlyMap<string, Channel>;
  readonly #floor: Float32Array;
  readonly #scratch: Float32Array;
  readonly #mixed: Float32Array;
  #nextReadSample: number | undefined;

  constructor({ bank, samplesPerFrame, channelIds }: AudioBusOptions) {
    this.#bank = bank;
    const span = (): Float32Array => new Float32Array(2 * samplesPerFrame);
    this.#floor = span();
    this.#scratch = span();
    this.#mixed = span();
    this.#channels = new Map(
      channelIds.map((channelId) => [
        channelId,
        {
          channelId,
          leveller: new Leveller(programLevelling),
          limiter: new Limiter(),
          ducker: new Ducker(),
          voices: channelId === floorChannelId ? this.#floor : span(),
        },
      ]),
    );
  }

  /** Takes effect with the next frame: newcomers fade in; the muted, the leavers and who changes channels fade out. */
  setParticipants(participants: readonly MixerParticipant[]): void {
    for (const seat of this.#seats.values()) seat.isPresent = seat.isWanted = false;
    for (const { participantId, isMicrophoneOn, isScreenOn, audioChannelId } of participants) {
      const channelId = audioChannelId ?? floorChannelId;
      this.#place(participantId, 'microphone', channelId, isMicrophoneOn);
      this.#place(participantId, 'screenAudio', channelId, isScreenOn ?? true);
    }
  }

  /** One frame's samples (interleaved s16le) of every channel, from program sample `firstSample` on. */
  render(firstSample: number): readonly Uint8Array[] {
    const readFrom = firstSample + limiterDelaySampleCount;
    if (this.#nextReadSample !== readFrom) this.#prime(firstSample);
    this.#nextReadSample = readFrom + this.#mixed.length / 2;
    return this.#mix(readFrom, this.#mixed.length / 2, (mixed) => {
      const bytes = new Uint8Array(2 * mixed.length);
      writeS16le(mixed, bytes);
      return bytes;
    });
  }

  #place(participantId: string, content: 'microphone' | 'screenAudio', channelId: string, isWanted: boolean): void {
    const key = `${content} ${participantId}`;
    const known = this.#seats.get(key);
    const strip = known?.strip ?? new ChannelStrip({ bank: this.#bank, participantId, content });
    this.#seats.set(key, {
      strip,
      channelId: known?.channelId ?? channelId,
      wantedChannelId: channelId,
      isWanted: isWanted && this.#channels.has(channelId),
      isPresent: true,
    });
  }

  /** Fills the limiters' delay lines at the start and behind a skip; what they held belongs to time that is not shown. */
  #prime(firstSample: number): void {
    this.#mix(firstSample, limiterDelaySampleCount, () => undefined);
  }

  /** Calls `take` with each channel's limited samples, valid during the call. */
  #mix<Taken>(firstSample: number, sampleCount: number, take: (mixed: Float32Array) => Taken): Taken[] {
    const length = 2 * sampleCount;
    this.#gather(firstSample, length);
    const mixed = this.#mixed.subarray(0, length);
    return [...this.#channels.values()].map((channel) => {
      if (channel.channelId === floorChannelId) mixed.set(this.#floor.subarray(0, length));
      else this.#interpret(channel, mixed);
      for (let index = 0; index < length; index++) mixed[index] = mixed[index]! * programGainRatio;
      const { gainFrom, gainTo } = channel.leveller.next(mixed);
      const step = (gainTo - gainFrom) / sampleCount;
      for (let index = 0; index < length; index++) mixed[index] = mixed[index]! * (gainFrom + step * (index >> 1));
      channel.limiter.process(mixed);
      return take(mixed);
    });
  }

  /** The interpreters, and the floor below them while they speak. */
  #interpret({ channelId, ducker, voices }: Channel, mixed: Float32Array): void {
    const sampleCount = mixed.length / 2;
    const seats = [...this.#seats.values()];
    const isSpeaking = seats.some((seat) => seat.channelId === channelId && seat.strip.isSpeaking);
    const { gainFrom, gainTo } = ducker.next(sampleCount, isSpeaking);
    const step = (gainTo - gainFrom) / sampleCount;
    for (let index = 0; index < mixed.length; index++) {
      mixed[index] = this.#floor[index]! * (gainFrom + step * (index >> 1)) + voices[index]!;
    }
  }

  #gather(firstSample: number, length: number): void {
    this.#floor.fill(0);
    for (const { voices } of this.#channels.values()) voices.fill(0);
    for (const [key, seat] of this.#seats) {
      const { strip } = seat;
      if (strip.isSilent) seat.channelId = seat.wantedChannelId;
      strip.isOn = seat.isWanted && seat.channelId === seat.wantedChannelId;
      if (strip.isSilent && !seat.isPresent) this.#seats.delete(key);
      const sum = this.#channels.get(seat.channelId)?.voices;
      if (sum !== undefined) strip.addTo(sum.subarray(0, length), firstSample, this.#scratch.subarray(0, length));
    }
  }
}
