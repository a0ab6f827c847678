/** Events as types: a map from name to argument tuple. A listener that throws disturbs nobody else. */
export type EventMap = Record<string, readonly unknown[]>;

type Listener<Args extends readonly unknown[]> = (...args: Args) => void;

export class TypedEmitter<Events extends EventMap> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #onListenerError: (event: string, error: unknown) => void;

  constructor(onListenerError: (event: string, error: unknown) => void = rethrowLater) {
    this.#onListenerError = onListenerError;
  }

  /** Returns the function that removes the listener again. */
  on<Name extends keyof Events & string>(event: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  once<Name extends keyof Events & string>(event: Name, listener: Listener<Events[Name]>): () => void {
    const off = this.on(event, (...args) => {
      off();
      listener(...args);
    });
    return off;
  }

  emit<Name extends keyof Events & string>(event: Name, ...args: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as Listener<Events[Name]>)(...args);
      } catch (error) {
        this.#onListenerError(event, error);
      }
    }
  }

  removeAll(): void {
    this.#listeners.clear();
  }
}

function rethrowLater(_event: string, error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
