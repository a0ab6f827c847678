/** The policies of all webinars: read when somebody comes, changed one after the other, stored before anybody is told. */
import { SerialQueue } from '../../core/serial-queue.ts';
import { type StagePolicyStore } from '../ports.ts';
import { type StagePolicy } from './policy-schema.ts';

export class StagePolicies {
  readonly #store: StagePolicyStore;
  readonly #onChanged: (webinarId: string, policy: StagePolicy) => void;
  /** Hosts click seldom, and a change takes milliseconds: one queue for all. */
  readonly #changes = new SerialQueue();

  /** @param onChanged called once a change is stored */
  constructor(store: StagePolicyStore, onChanged: (webinarId: string, policy: StagePolicy) => void = () => undefined) {
    this.#store = store;
    this.#onChanged = onChanged;
  }

  /** With every change that was asked for before. */
  read(webinarId: string): Promise<StagePolicy> {
    return this.#changes.run(() => this.#store.load(webinarId));
  }

  /** Resolves when it is stored. */
  change(webinarId: string, change: (policy: StagePolicy) => StagePolicy): Promise<StagePolicy> {
    return this.#changes.run(async () => {
      const policy = change(await this.#store.load(webinarId));
      await this.#store.save(webinarId, policy);
      this.#onChanged(webinarId, policy);
      return policy;
    });
  }
}
