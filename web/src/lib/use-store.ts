/** Draws a component again when a store changes. */
import { useEffect, useReducer } from 'preact/hooks';
import { type Store } from './store.ts';

export function useStore<Value>(store: Store<Value>): Value {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => {
    // The value may have changed between the first drawing and this effect.
    redraw(undefined);
    return store.subscribe(() => redraw(undefined));
  }, [store]);
  return store.value;
}
