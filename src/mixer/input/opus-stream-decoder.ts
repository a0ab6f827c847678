/** Opus packets of one stream to 48 kHz stereo; checks each packet before the decoder sees it. */
import { OpusDecoder } from 'opus-decoder';
import { opusPacketSampleCount } from '../../media/opus/index.ts';

export class OpusStreamDecoder {
  readonly #decoder = new OpusDecoder({ channels: 2 });
  readonly #settled: Promise<void>;
  #state: 'loading' | 'ready' | 'failed' | 'closed' = 'loading';

  /** @param onFailed the decoder could not be loaded; the stream stays silent. */
  constructor(onFailed: (error: unknown) => void) {
    this.#settled = this.#decoder.ready.then(
      () => {
        if (this.#state === 'loading') this.#state = 'ready';
        else this.#decoder.free();
      },
      (error: unknown) => {
        this.#state = 'failed';
        onFailed(error);
      },
    );
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Settles when it is ready or failed. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Interleaved stereo, 120..5760 samples; undefined for a malformed packet, or when not ready. */
  decode(packet: Uint8Array): Float32Array | undefined {
    // An empty packet would be answered with 120 ms of noise; a malformed one with an error on the console.
    if (this.#state !== 'ready' || opusPacketSampleCount(packet) === undefined) return undefined;
    const { channelData, samplesDecoded, errors } = this.#decoder.decodeFrame(packet);
    const [left, right] = channelData;
    if (errors.length > 0 || samplesDecoded === 0 || left === undefined || right === undefined) return undefined;
    const interleaved = new Float32Array(2 * samplesDecoded);
    for (let sample = 0; sample < samplesDecoded; sample++) {
      interleaved[2 * sample] = left[sample]!;
      interleaved[2 * sample + 1] = right[sample]!;
    }
    return interleaved;
  }

  /** Frees its memory; idempotent. */
  close(): void {
    if (this.#state === 'ready') this.#decoder.free();
    if (this.#state !== 'failed') this.#state = 'closed';
  }
}
