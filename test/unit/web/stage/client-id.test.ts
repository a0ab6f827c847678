import { describe, expect, it } from 'vitest';
import { takeClientId, type ClientIdStore, type Locks } from '../../../../web/src/stage/client-id.ts';

/** A browser profile: windows come and go, what they stored stays. */
class Profile {
  readonly #held = new Set<string>();
  readonly #stored = new Map<string, string>();
  #madeCount = 0;

  /** @returns what a new window needs, and its end */
  open(): { store: () => ClientIdStore; close: () => void } {
    const own = new Set<string>();
    const request: Locks['request'] = async (name, _options, use) => {
      if (this.#held.has(name)) return use(null);
      this.#held.add(name);
      own.add(name);
      return use({ name });
    };
    return {
      store: () => ({
        locks: { request },
        storage: {
          getItem: (key) => this.#stored.get(key) ?? null,
          setItem: (key, value) => void this.#stored.set(key, value),
        },
        newId: () => `id-${++this.#madeCount}`,
      }),
      close: () => own.forEach((name) => this.#held.delete(name)),
    };
  }
}

describe('takeClientId', () => {
  it('gives a window that comes after another its id, and windows side by side ids of their own', async () => {
    const profile = new Profile();
    const first = profile.open();
    expect(await takeClientId(first.store)).toBe('id-1');
    expect(await takeClientId(profile.open().store)).toBe('id-2');
    first.close();
    expect(await takeClientId(profile.open().store)).toBe('id-1');
    expect(await takeClientId(new Profile().open().store)).toBe('id-1');
  });

  it('gives none without locks, and where storage is forbidden', async () => {
    const { store } = new Profile().open();
    expect(await takeClientId(() => ({ ...store(), locks: undefined }))).toBeUndefined();
    const forbidden = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    expect(await takeClientId(forbidden)).toBeUndefined();
    expect(await takeClientId(() => ({ ...store(), storage: { getItem: forbidden, setItem: forbidden } }))).toBe(
      undefined,
    );
  });
});
