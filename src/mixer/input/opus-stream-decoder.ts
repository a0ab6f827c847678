/** Opus packets of one stream to 48 kHz stereo; survives packets made to break it. */
import { OpusDecoder } from 'opus-decoder';
import { type Clock, type Timer } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { opusPacketSampleCount } from '../../media/opus/index.ts';
import { decoderRestartBudget, RestartBudget } from './restart-budget.ts';

/**
 * Twenty-four dB above full scale, which no encoder makes of a microphone. Hostile packets give infinities and what is no
 * number (found by fuzzing): one of them would stay in the program's meters and filters for ever, and silence everybody.
 */
const maxPeak = 16;

/**
 * The decoder is libopus in WebAssembly. Packets that are soundly framed can still drive it into a memory fault (found
 * by fuzzing), which stays inside its own memory: the instance is thrown away and, after a pause, replaced.
 */
export class OpusStreamDecoder {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #budget = new RestartBudget(decoderRestartBudget);
  #decoder: OpusDecoder | undefined;
  #settled: Promise<void>;
  #restartTimer: Timer | undefined;
  #isClosed = false;
  #restartCount = 0;

  constructor(options: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#settled = this.#load();
  }

  get isReady(): boolean {
    return this.#decoder !== undefined;
  }

  get restartCount(): number {
    return this.#restartCount;
  }

  /** Settles when the newest instance is ready or has failed to load. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Interleaved stereo, 120..5760 samples; undefined for a packet that cannot be decoded, or when not ready. */
  decode(packet: Uint8Array): Float32Array | undefined {
    // An empty packet would be answered with 120 ms of noise; a malformed one with an error on the console.
    if (this.#decoder === undefined || opusPacketSampleCount(packet) === undefined) return undefined;
    try {
      const { channelData, samplesDecoded, errors } = this.#decoder.decodeFrame(packet);
      const [left, right] = channelData;
      const samples = errors.length === 0 && left && right ? interleave(left, right, samplesDecoded) : undefined;
      if (samples !== undefined) return samples;
      this.#replace(this.#decoder, errors[0]?.message ?? 'it gave samples that no sound has');
    } catch (error) {
      this.#replace(undefined, error);
    }
    return undefined;
  }

  /** Frees its memory; idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#restartTimer?.cancel();
    this.#free(this.#decoder);
    this.#decoder = undefined;
  }

  async #load(): Promise<void> {
    const decoder = new OpusDecoder({ channels: 2 });
    try {
      await decoder.ready;
    } catch (error) {
      this.#replace(undefined, error);
      return;
    }
    if (this.#isClosed) this.#free(decoder);
    else this.#decoder = decoder;
  }

  /** What hostile packets left in its memory may break it here as well; then the collector has it. */
  #free(decoder: OpusDecoder | undefined): void {
    try {
      decoder?.free();
    } catch (error) {
      this.#logger.warn({ error }, 'opus decoder could not be freed');
    }
  }

  /** @param freeable the old instance when its memory may still be sound. */
  #replace(freeable: OpusDecoder | undefined, error: unknown): void {
    this.#free(freeable);
    this.#decoder = undefined;
    if (this.#isClosed) return;
    const pauseMs = this.#budget.pauseAfterFailureMs(this.#clock.nowMs());
    this.#restartCount++;
    this.#logger.warn({ error, pauseMs }, 'opus decoder failed, replacing it');
    this.#restartTimer = this.#clock.schedule(pauseMs, () => {
      this.#settled = this.#load();
    });
  }
}

/** Undefined when there is a sample among them that is no sound. */
function interleave(left: Float32Array, right: Float32Array, sampleCount: number): Float32Array | undefined {
  const interleaved = new Float32Array(2 * sampleCount);
  let isSound = true;
  for (let sample = 0; sample < sampleCount; sample++) {
    const l = left[sample]!;
    const r = right[sample]!;
    // False for what is no number, too.
    isSound &&= Math.abs(l) <= maxPeak && Math.abs(r) <= maxPeak;
    interleaved[2 * sample] = l;
    interleaved[2 * sample + 1] = r;
  }
  return isSound ? interleaved : undefined;
}
