/** The pass of this tab and how many beacons it has signed: a reload is the same viewer. */
import { isRecord } from '../lib/http.ts';

export interface Pass {
  readonly pass: string;
  /** Of the next beacon. */
  readonly sequence: number;
}

/** `sessionStorage`, or another one in tests; the getter may throw where the browser keeps nothing for pages. */
export type PassStorage = () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export class PassMemory {
  readonly #key: string;
  readonly #storage: PassStorage;
  /** For as long as the page lives, whatever the browser keeps. */
  #known: Pass | undefined;

  constructor(webinarId: string, storage: PassStorage = () => sessionStorage) {
    this.#key = `rostrum-viewer-pass:${webinarId}`;
    this.#storage = storage;
  }

  get(): Pass | undefined {
    this.#known ??= this.#read();
    return this.#known;
  }

  set(pass: Pass): void {
    this.#known = pass;
    try {
      this.#storage().setItem(this.#key, JSON.stringify(pass));
    } catch {
      // A reload is another viewer then.
    }
  }

  forget(): void {
    this.#known = undefined;
    try {
      this.#storage().removeItem(this.#key);
    } catch {
      // Nothing was kept.
    }
  }

  #read(): Pass | undefined {
    try {
      const kept: unknown = JSON.parse(this.#storage().getItem(this.#key) ?? 'null');
      if (!isRecord(kept)) return undefined;
      const { pass, sequence } = kept;
      return typeof pass === 'string' && Number.isInteger(sequence)
        ? { pass, sequence: sequence as number }
        : undefined;
    } catch {
      return undefined;
    }
  }
}
