import { describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { OpusStreamDecoder } from '../../../../src/mixer/input/opus-stream-decoder.ts';

/** Deterministic packets with sound framing and random content: some of them crash the WebAssembly decoder. */
function* hostilePackets(): Generator<Uint8Array> {
  let seed = 12_345;
  const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff) / 0x7fff_ffff;
  for (;;) yield Uint8Array.from({ length: 2 + Math.floor(random() * 58) }, () => Math.floor(random() * 256));
}

const silence = Uint8Array.of((31 << 3) | 4, 0xff, 0xfe);

describe('OpusStreamDecoder', () => {
  it('decode gives interleaved stereo of the length the packet announces', async () => {
    const decoder = new OpusStreamDecoder({ clock: new FakeClock(), logger: silentLogger });
    expect(decoder.decode(silence)).toBeUndefined();
    await decoder.settled;
    expect(decoder.decode(silence)).toHaveLength(2 * 960);
    expect(decoder.decode(new Uint8Array())).toBeUndefined();
    expect(decoder.restartCount).toBe(0);
    decoder.close();
    expect(decoder.decode(silence)).toBeUndefined();
  });

  it('a packet that crashes it throws nothing; it is replaced after a pause and decodes again', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => undefined);
    const clock = new FakeClock();
    const decoder = new OpusStreamDecoder({ clock, logger: silentLogger });
    await decoder.settled;
    for (const packet of hostilePackets()) {
      decoder.decode(packet);
      if (!decoder.isReady) break;
    }
    expect(decoder.restartCount).toBe(1);
    expect(decoder.decode(silence)).toBeUndefined();
    clock.advance(100);
    await decoder.settled;
    expect(decoder.decode(silence)).toHaveLength(2 * 960);
    decoder.close();
    expect(clock.pendingTimerCount).toBe(0);
    console.mockRestore();
  });
});
