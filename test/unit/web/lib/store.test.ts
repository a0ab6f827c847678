import { describe, expect, it } from 'vitest';
import { Store } from '../../../../web/src/lib/store.ts';

describe('Store', () => {
  it('tells listeners of another value, not of the same', () => {
    const store = new Store(1);
    const seen: number[] = [];
    store.subscribe(() => seen.push(store.value));
    store.set(1);
    store.update((value) => value + 1);
    expect(seen).toEqual([2]);
  });

  it('tells nothing after the subscription ended, even when ended by a listener', () => {
    const store = new Store(0);
    let count = 0;
    const end = store.subscribe(() => {
      count += 1;
      end();
    });
    store.set(1);
    store.set(2);
    expect(count).toBe(1);
  });
});
