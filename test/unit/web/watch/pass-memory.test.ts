import { describe, expect, it } from 'vitest';
import { PassMemory, type PassStorage } from '../../../../web/src/watch/pass-memory.ts';

function storageOf(kept = new Map<string, string>()): PassStorage {
  return () => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  });
}

describe('PassMemory', () => {
  it('keeps pass and sequence over a reload, for each webinar by itself', () => {
    const storage = storageOf();
    new PassMemory('a', storage).set({ pass: 'signed', sequence: 7 });
    expect(new PassMemory('a', storage).get()).toEqual({ pass: 'signed', sequence: 7 });
    expect(new PassMemory('b', storage).get()).toBeUndefined();
    new PassMemory('a', storage).forget();
    expect(new PassMemory('a', storage).get()).toBeUndefined();
  });

  it('lasts for the page where the browser forbids storage', () => {
    const memory = new PassMemory('a', () => {
      throw new DOMException('denied', 'SecurityError');
    });
    expect(memory.get()).toBeUndefined();
    memory.set({ pass: 'signed', sequence: 1 });
    expect(memory.get()).toEqual({ pass: 'signed', sequence: 1 });
    memory.forget();
    expect(memory.get()).toBeUndefined();
  });

  it.each(['not json', '"a pass of an earlier version"', '{"pass":1,"sequence":2}', '{"pass":"x"}'])(
    'takes no pass out of %s',
    (text) => {
      const storage = storageOf(new Map([['rostrum-viewer-pass:a', text]]));
      expect(new PassMemory('a', storage).get()).toBeUndefined();
    },
  );
});
