/**
 * Which browser this is, so that who comes back after a crash or a lost connection gets their old place on stage. Windows
 * that are open side by side are different people (two on one machine, or somebody trying it out): each holds an id of
 * its own, and an id is free again when its window is gone.
 */

const maxWindows = 16;

/** Web Locks: `lock` is null when another window has it; else it is held until what `use` returns is settled. */
export interface Locks {
  request(
    name: string,
    options: { readonly ifAvailable: true },
    use: (lock: object | null) => Promise<void> | undefined,
  ): Promise<unknown>;
}

/** Of the browser; another one in tests. */
export interface ClientIdStore {
  readonly locks: Locks | undefined;
  readonly storage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
  readonly newId: () => string;
}

/** The first id that no other window holds, held until this window is gone; undefined when the browser keeps none. */
export async function takeClientId(store: () => ClientIdStore = browserStore): Promise<string | undefined> {
  try {
    const { locks, storage, newId } = store();
    if (locks === undefined) return undefined;
    for (let index = 0; index < maxWindows; index++) {
      const key = `rostrum.stage.client.${index}`;
      if (!(await hold(locks, key))) continue;
      const clientId = storage.getItem(key) ?? newId();
      storage.setItem(key, clientId);
      return clientId;
    }
  } catch {
    // Storage or locks are forbidden here: the server then notices a lost connection in its own time.
  }
  return undefined;
}

/** True when this window has the lock now; it goes with the window. */
function hold(locks: Locks, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => undefined);
      })
      .catch(reject);
  });
}

function browserStore(): ClientIdStore {
  return {
    // Missing on pages that did not come over HTTPS.
    locks: (navigator as { locks?: Locks }).locks,
    storage: localStorage,
    newId: () => crypto.randomUUID(),
  };
}
