/** The .wav file that Chromium plays as a microphone: a tone, steady or switched on and off. */
import { writeFileSync } from 'node:fs';

export interface MicrophoneFileOptions {
  readonly frequencyHz: number;
  /** Peak, 0..1. 0.25 by default. */
  readonly amplitude?: number;
  /** 48 000 by default. */
  readonly sampleRateHz?: number;
  /** Chromium starts over at the end: choose whole periods of the tone. 4000 by default. */
  readonly durationMs?: number;
  /** Tone for `onMs`, silence for `offMs`, and again; steady by default. */
  readonly gate?: { readonly onMs: number; readonly offMs: number };
}

/** Ramps at each switch, so that the gate itself makes no click. */
const rampMs = 5;

/** Mono samples, -1..1. */
export function createTone(options: MicrophoneFileOptions): Float32Array {
  const { frequencyHz, amplitude = 0.25, sampleRateHz = 48_000, durationMs = 4000, gate } = options;
  const samples = new Float32Array(Math.round((durationMs * sampleRateHz) / 1000));
  for (let index = 0; index < samples.length; index++) {
    const atMs = (index * 1000) / sampleRateHz;
    const level = gate === undefined ? 1 : gateLevel(atMs % (gate.onMs + gate.offMs), gate.onMs);
    samples[index] = amplitude * level * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRateHz);
  }
  return samples;
}

/** 16-bit mono PCM. */
export function writeMicrophoneFile(file: string, options: MicrophoneFileOptions): void {
  writeFileSync(file, encodeWav(createTone(options), options.sampleRateHz ?? 48_000));
}

function encodeWav(samples: Float32Array, sampleRateHz: number): Buffer {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, index) => bytes.writeInt16LE(Math.round(sample * 32_767), 44 + index * 2));
  return bytes;
}

function gateLevel(inPeriodMs: number, onMs: number): number {
  if (inPeriodMs >= onMs) return 0;
  return Math.min(1, inPeriodMs / rampMs, (onMs - inPeriodMs) / rampMs);
}
