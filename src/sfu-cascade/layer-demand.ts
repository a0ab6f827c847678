/**
 * What each camera is wanted for by all who receive it, so that its browser encodes and sends no more than that. More is
 * asked for at once; less only after a while, since tiles and speakers change back (trust.md §4, Dynacast).
 */
import { type Clock, type Timer } from '../core/clock.ts';

const lowerAfterMs = 10_000;

export interface LayerDemandOptions {
  readonly clock: Clock;
  /** @param spatialLayer the highest that anybody wants, 0 the smallest; null when nobody wants any */
  readonly onChanged: (producerId: string, spatialLayer: number | null) => void;
}

interface Demand {
  /** By receiver; null for one that takes nothing now. */
  readonly wishes: Map<string, number | null>;
  /** What the browser was told last: everything, before it was told anything. */
  told: number | null;
  timer: Timer | undefined;
}

export class LayerDemand {
  readonly #options: LayerDemandOptions;
  readonly #demands = new Map<string, Demand>();

  constructor(options: LayerDemandOptions) {
    this.#options = options;
  }

  /** A simulcast producer came. @param topLayer what it sends by itself */
  add(producerId: string, topLayer: number): void {
    this.#demands.set(producerId, { wishes: new Map(), told: topLayer, timer: undefined });
    this.#weigh(producerId);
  }

  /** One receiver's wish, from now on. Producers that were not added have no layers to choose from. */
  set(producerId: string, receiverId: string, spatialLayer: number | null): void {
    const demand = this.#demands.get(producerId);
    if (demand === undefined) return;
    demand.wishes.set(receiverId, spatialLayer);
    this.#weigh(producerId);
  }

  /** The receiver is gone. */
  drop(producerId: string, receiverId: string): void {
    if (this.#demands.get(producerId)?.wishes.delete(receiverId) === true) this.#weigh(producerId);
  }

  /** The producer is gone. */
  remove(producerId: string): void {
    this.#demands.get(producerId)?.timer?.cancel();
    this.#demands.delete(producerId);
  }

  close(): void {
    for (const producerId of [...this.#demands.keys()]) this.remove(producerId);
  }

  #weigh(producerId: string): void {
    const demand = this.#demands.get(producerId);
    if (demand === undefined) return;
    const wanted = highest(demand.wishes);
    if (rank(wanted) >= rank(demand.told)) {
      demand.timer?.cancel();
      demand.timer = undefined;
      this.#tell(producerId, demand, wanted);
    } else {
      demand.timer ??= this.#options.clock.schedule(lowerAfterMs, () => {
        demand.timer = undefined;
        this.#tell(producerId, demand, highest(demand.wishes));
      });
    }
  }

  #tell(producerId: string, demand: Demand, wanted: number | null): void {
    if (demand.told === wanted) return;
    demand.told = wanted;
    this.#options.onChanged(producerId, wanted);
  }
}

function highest(wishes: ReadonlyMap<string, number | null>): number | null {
  return [...wishes.values()].reduce((most, wish) => (rank(wish) > rank(most) ? wish : most), null);
}

function rank(layer: number | null): number {
  return layer ?? -1;
}
