/** Real senders (FFmpeg over RTP), a relay that injects faults on the way, and waiting for conditions with a deadline. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createReadStream } from 'node:fs';
import { promisify } from 'node:util';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { FfmpegChild } from '../../../src/mixer/ffmpeg/child.ts';
import { decoderArgs } from '../../../src/mixer/ffmpeg/decoder-command.ts';
import { createSourceBank, type InputBank } from '../../../src/mixer/input/index.ts';
import { type I420Picture } from '../../../src/mixer/source-contract.ts';

export const run = promisify(execFile);
export const tileSize = { width: 320, height: 180 };
export const playoutDelayMs = 400;

export interface TestBank {
  readonly bank: InputBank;
  readonly port: number;
  readonly keyframeRequests: { sourceId: string; atMs: number }[];
}

/** @param ffmpegPath a program in the decoder's place that behaves like FFmpeg, more or less */
export async function startBank(ffmpegPath = 'ffmpeg'): Promise<TestBank> {
  const keyframeRequests: { sourceId: string; atMs: number }[] = [];
  const bank = createSourceBank({
    clock: systemClock,
    logger: silentLogger,
    rtpListenIp: '127.0.0.1',
    ffmpegPath,
    playoutDelayMs,
    frameRate: 30,
    requestKeyframe: (sourceId) => keyframeRequests.push({ sourceId, atMs: systemClock.nowMs() }),
  });
  return { bank, port: await bank.listen(), keyframeRequests };
}

export const vp8 = (ssrc: number) =>
  ({ kind: 'video', content: 'camera', codec: 'VP8', clockRateHz: 90_000, payloadType: 96, ssrc }) as const;
export const h264 = (ssrc: number) =>
  ({ kind: 'video', content: 'camera', codec: 'H264', clockRateHz: 90_000, payloadType: 97, ssrc }) as const;
export const opus = (ssrc: number) =>
  ({ kind: 'audio', content: 'microphone', codec: 'opus', clockRateHz: 48_000, payloadType: 111, ssrc }) as const;

export interface Sender {
  stop(): Promise<void>;
}

/** FFmpeg that sends one stream in real time until stopped or done. `args` give input and codec. */
export function sendRtp(port: number, stream: { ssrc: number; payloadType: number }, args: readonly string[]): Sender {
  const all = ['-nostdin', '-v', 'error', '-re', ...args, ...rtpOutput(port, stream)];
  const child = spawn('ffmpeg', all, { stdio: 'ignore' });
  return { stop: async () => end(child) };
}

/** Output options of one RTP stream. */
export function rtpOutput(port: number, stream: { ssrc: number; payloadType: number }): string[] {
  const ids = ['-payload_type', `${stream.payloadType}`, '-ssrc', `${stream.ssrc}`];
  return [...ids, '-f', 'rtp', `rtp://127.0.0.1:${port}?pkt_size=1000&rtcpport=${port}`];
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}

export const liveVp8 = (lavfi: string, gopFrameCount = 30): string[] => [
  ...['-f', 'lavfi', '-i', lavfi, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
  ...['-g', `${gopFrameCount}`, '-b:v', '400k', '-pix_fmt', 'yuv420p'],
];
export const liveH264 = (lavfi: string): string[] => [
  ...['-f', 'lavfi', '-i', lavfi, '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency'],
  ...['-profile:v', 'baseline', '-g', '30', '-b:v', '400k', '-pix_fmt', 'yuv420p'],
];
export const liveOpus = (lavfi: string): string[] => [
  ...['-f', 'lavfi', '-i', lavfi, '-ac', '2', '-ar', '48000', '-c:a', 'libopus', '-b:a', '64k'],
];

/** One RTP packet on its way; undefined drops it, several are sent in that order. */
export type Fault = (packet: Buffer) => Buffer[];

export interface Relay {
  readonly port: number;
  fault: Fault;
  close(): void;
}

export async function startRelay(targetPort: number): Promise<Relay> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const relay: Relay = { port: socket.address().port, fault: (packet) => [packet], close: () => socket.close() };
  socket.on('message', (packet) => {
    const isRtcp = packet[1]! >= 192 && packet[1]! <= 223;
    for (const out of isRtcp ? [packet] : relay.fault(packet)) socket.send(out, targetPort, '127.0.0.1');
  });
  return relay;
}

/** Resolves with the first value that is not undefined or false; rejects at the deadline. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false,
  deadlineMs = 15_000,
): Promise<NonNullable<T>> {
  const startMs = systemClock.nowMs();
  return new Promise((resolve, reject) => {
    const timer = systemClock.repeat(5, () => {
      let value: T | undefined | false;
      try {
        value = probe();
      } catch (error) {
        timer.cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (value !== undefined && value !== false && value !== null) {
        timer.cancel();
        resolve(value);
      } else if (systemClock.nowMs() - startMs > deadlineMs) {
        timer.cancel();
        reject(new Error(`not within ${deadlineMs} ms: ${what}`));
      }
    });
  });
}

/** Mean Y, U, V of the middle of a picture. */
export function colourOf(picture: I420Picture): [number, number, number] {
  const { width, height, data } = picture;
  const ySize = width * height;
  const plane = (start: number, stride: number, rows: number): number => {
    let sum = 0;
    let count = 0;
    for (let row = rows / 4; row < (rows * 3) / 4; row++) {
      for (let column = stride / 4; column < (stride * 3) / 4; column++) {
        sum += data[start + Math.floor(row) * stride + Math.floor(column)]!;
        count++;
      }
    }
    return Math.round(sum / count);
  };
  return [plane(0, width, height), plane(ySize, width / 2, height / 2), plane(ySize * 1.25, width / 2, height / 2)];
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

/** Hashes of every picture that the bank's own decoder command makes of an undamaged file. */
export async function referenceHashes(path: string, codec: 'VP8' | 'H264'): Promise<string[]> {
  const child = new FfmpegChild({
    clock: systemClock,
    logger: silentLogger,
    ffmpegPath: 'ffmpeg',
    // Only the container differs from what the bank runs: FFmpeg 5.1 writes no H.264 into IVF.
    args: decoderArgs({ codec, ...tileSize }).map((arg) => (arg === 'ivf' && codec === 'H264' ? 'h264' : arg)),
    inputFds: [0],
    outputFds: [1],
  });
  const chunks: Buffer[] = [];
  child.output(1).on('data', (chunk: Buffer) => chunks.push(chunk));
  createReadStream(path).pipe(child.input(0));
  await child.exited;
  const raw = Buffer.concat(chunks);
  const frameBytes = (tileSize.width * tileSize.height * 3) / 2;
  return Array.from({ length: raw.length / frameBytes }, (_, index) =>
    hashOf(raw.subarray(index * frameBytes, (index + 1) * frameBytes)),
  );
}

/** Amplitude of one frequency in one channel of interleaved stereo, 0..1 (Goertzel). */
export function toneAmplitude(interleaved: Float32Array, frequencyHz: number): number {
  const sampleCount = interleaved.length / 2;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / 48_000);
  let previous = 0;
  let beforePrevious = 0;
  for (let sample = 0; sample < sampleCount; sample++) {
    const current = interleaved[2 * sample]! + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
  }
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious;
  return (2 * Math.sqrt(Math.max(0, power))) / sampleCount;
}
