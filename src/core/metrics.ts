/** Metrics port over prom-client: one registry per process, names `rostrum_<area>_<what>_<unit>`. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface CounterMetric {
  inc(labels?: Record<string, string>, by?: number): void;
}

export interface GaugeMetric {
  set(value: number, labels?: Record<string, string>): void;
}

export interface HistogramMetric {
  observe(value: number, labels?: Record<string, string>): void;
}

interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

export class Metrics {
  readonly #registry = new Registry();

  /** Adds process metrics (CPU, memory, event loop); once per process. */
  collectProcessMetrics(): void {
    collectDefaultMetrics({ register: this.#registry, prefix: 'rostrum_' });
  }

  counter(options: MetricOptions): CounterMetric {
    const counter = this.#existing(options.name, Counter) ?? new Counter({ ...this.#base(options) });
    return { inc: (labels = {}, by = 1) => counter.inc(labels, by) };
  }

  gauge(options: MetricOptions): GaugeMetric {
    const gauge = this.#existing(options.name, Gauge) ?? new Gauge({ ...this.#base(options) });
    return { set: (value, labels = {}) => gauge.set(labels, value) };
  }

  histogram(options: MetricOptions & { readonly buckets: readonly number[] }): HistogramMetric {
    const histogram =
      this.#existing(options.name, Histogram) ??
      new Histogram({ ...this.#base(options), buckets: [...options.buckets] });
    return { observe: (value, labels = {}) => histogram.observe(labels, value) };
  }

  /** Prometheus text exposition. */
  async render(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #base(options: MetricOptions) {
    return {
      name: options.name,
      help: options.help,
      labelNames: [...(options.labels ?? [])],
      registers: [this.#registry],
    };
  }

  #existing<Kind>(name: string, kind: abstract new (...args: never[]) => Kind): Kind | undefined {
    const metric = this.#registry.getSingleMetric(name);
    return metric instanceof kind ? metric : undefined;
  }
}
