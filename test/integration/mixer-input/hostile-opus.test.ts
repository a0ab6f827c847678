/** Opus packets of strangers, damaged and invented, through the real decoder in this process (docs/decisions/0012). */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readOggOpusPackets } from '../../../bench/lib/media-containers.ts';
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { opusPacketSampleCount } from '../../../src/media/opus/index.ts';
import { OpusStreamDecoder } from '../../../src/mixer/input/opus-stream-decoder.ts';
import { runFfmpeg } from '../../support/decode-media.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** What is looked at of WebAssembly, which TypeScript knows in browsers only. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WebAssemblyApi {
  instantiate(module: object, imports: object): Promise<{ readonly exports: Readonly<Record<string, unknown>> }>;
  readonly Module: { imports(module: object): { readonly kind: string; readonly name: string }[] };
  readonly Memory: new (limits: { initial: number }) => Memory;
}
const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

interface Instance {
  readonly imports: readonly string[];
  readonly memory: Memory;
}

/** Every decoder that was made during these tests. */
const instances: Instance[] = [];
/** Real packets of all three kinds: SILK, hybrid and CELT. */
const corpus: Uint8Array[] = [];

beforeAll(async () => {
  // It tells of packets that it cannot decode.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const instantiate = wasm.instantiate.bind(wasm);
  vi.spyOn(wasm, 'instantiate').mockImplementation(async (module, imports) => {
    const instance = await instantiate(module, imports);
    const names = wasm.Module.imports(module).map(({ kind, name }) => `${kind} ${name}`);
    const memory = Object.values(instance.exports).find((one) => one instanceof wasm.Memory);
    // The library unpacks the decoder with another one, which takes nothing from outside.
    if (names.length > 0 && memory !== undefined) instances.push({ imports: names, memory });
    return instance;
  });
  const sound = `aevalsrc='0.3*sin(2*PI*220*t)*(1+sin(2*PI*3*t))':s=48000:d=0.6`;
  for (const encoding of [
    ['-application', 'voip', '-b:a', '10k'],
    ['-application', 'voip', '-b:a', '26k'],
    ['-application', 'audio', '-b:a', '64k', '-ac', '2'],
    ['-application', 'lowdelay', '-b:a', '96k', '-ac', '2', '-frame_duration', '10'],
  ]) {
    const ogg = await runFfmpeg(['-f', 'lavfi', '-i', sound, '-c:a', 'libopus', ...encoding, '-f', 'ogg', 'pipe:1']);
    corpus.push(...readOggOpusPackets(ogg).slice(0, 25));
  }
});
afterAll(() => vi.restoreAllMocks());

/** Bytes of nobody, and of the corpus: cut, changed, with bytes behind them. */
const anyPacket = (): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .tuple(
        fc.integer({ min: 0, max: corpus.length - 1 }),
        fc.array(fc.tuple(fc.nat(1500), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
        fc.nat(1500),
        fc.uint8Array({ maxLength: 40 }),
      )
      .map(([index, changes, length, tail]) => {
        const packet = Uint8Array.from([...corpus[index]!.subarray(0, length), ...tail]);
        for (const [at, value] of changes) if (packet.length > 0) packet[at % packet.length] = value;
        return packet;
      }),
  );

/** Feeds packets one after the other; replaces the decoder's pauses by an advance of the clock. */
async function decodeAll(decoder: OpusStreamDecoder, clock: FakeClock, packets: readonly Uint8Array[]): Promise<void> {
  for (const packet of packets) {
    const restartsBefore = decoder.restartCount;
    const samples = decoder.decode(packet);
    if (samples !== undefined) {
      expect(samples.length).toBe(2 * opusPacketSampleCount(packet)!);
      // One that is not a number would silence the whole program.
      expect(samples.every(Number.isFinite)).toBe(true);
    }
    if (decoder.isReady) {
      expect(decoder.restartCount).toBe(restartsBefore);
      continue;
    }
    expect(samples).toBeUndefined();
    expect(decoder.restartCount).toBe(restartsBefore + 1);
    clock.advance(31_000);
    await decoder.settled;
    expect(decoder.isReady).toBe(true);
  }
}

describe('OpusStreamDecoder with packets of strangers', () => {
  it('never throws, counts every failure, and decodes the next good packet', async () => {
    const clock = new FakeClock();
    const decoder = new OpusStreamDecoder({ clock, logger: silentLogger });
    await decoder.settled;
    const good = corpus.slice(-10);
    await fc.assert(
      fc.asyncProperty(fc.array(anyPacket(), { minLength: 1, maxLength: 40 }), async (packets) => {
        await decodeAll(decoder, clock, packets);
        // What hostile packets left in it may break it at a good one: then its successor decodes the next.
        await decodeAll(decoder, clock, good);
        const replacedCount = decoder.restartCount;
        for (const packet of good) expect(decoder.decode(packet)).toHaveLength(2 * 480);
        expect(decoder.restartCount).toBe(replacedCount);
      }),
      { numRuns: 150 },
    );
    const loud = good.map((packet) => decoder.decode(packet)!.reduce((peak, one) => Math.max(peak, one), 0));
    expect(Math.max(...loud)).toBeGreaterThan(0.05);
    console.log(`${decoder.restartCount} decoders were replaced`);
    decoder.close();
    expect(clock.pendingTimerCount).toBe(0);
  }, 120_000);

  it('was really driven into faults: packets of noise break a decoder', async () => {
    const clock = new FakeClock();
    const decoder = new OpusStreamDecoder({ clock, logger: silentLogger });
    await decoder.settled;
    const random = seededRandom(12_345);
    const noise = Array.from({ length: 3000 }, () =>
      Uint8Array.from({ length: 2 + Math.floor(random() * 58) }, () => Math.floor(random() * 256)),
    );
    await decodeAll(decoder, clock, noise);
    expect(decoder.restartCount).toBeGreaterThan(0);
    decoder.close();
  }, 120_000);

  it('has a memory of 28 MiB that cannot grow, and of the world six functions, none of which reaches the system', () => {
    expect(instances.length).toBeGreaterThan(2);
    for (const { imports, memory } of instances) {
      expect(memory.buffer.byteLength).toBe(28 * 2 ** 20);
      expect(() => memory.grow(1)).toThrow(RangeError);
      // cos, memory that cannot be had, abort, exit, two of timers: no WASI, no file, no socket.
      expect(imports).toHaveLength(6);
      expect(imports.every((name) => /^function [a-f]$/.test(name))).toBe(true);
    }
  });
});
