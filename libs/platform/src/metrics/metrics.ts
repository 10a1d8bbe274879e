import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client';
import { CountedHistogram } from './counted-histogram.js';
import { METRIC_DEFINITIONS, type LabelOf, type MetricKey, type MetricKeyOf } from './metric-definitions.js';

/**
 * Creates the metrics of `METRIC_DEFINITIONS` on first use, so that an app exports only what it counts. Get a metric in a
 * constructor: then it is exported as 0 from the start. Count per batch, not per row.
 */
@Injectable()
export class Metrics {
  private readonly made = new Map<MetricKey, AnyMetric>();

  constructor(readonly registry: Registry) {}

  counter<K extends MetricKeyOf<'counter'>>(key: K): Counter<LabelOf<K>> {
    return this.once(key, (options) => new Counter<string>(options)) as Counter<LabelOf<K>>;
  }

  gauge<K extends MetricKeyOf<'gauge'>>(key: K): Gauge<LabelOf<K>> {
    return this.once(key, (options) => new Gauge<string>(options)) as Gauge<LabelOf<K>>;
  }

  histogram<K extends MetricKeyOf<'histogram'>>(key: K): Histogram<LabelOf<K>> {
    const buckets = [...METRIC_DEFINITIONS[key].buckets];
    return this.once(key, (options) => new Histogram<string>({ ...options, buckets })) as Histogram<LabelOf<K>>;
  }

  /** A histogram for many observations at a time. Metrics without labels only. */
  countedHistogram(key: MetricKeyOf<'histogram'>): CountedHistogram {
    return this.once(key, ({ name, help }) => {
      const histogram = new CountedHistogram(name, help, METRIC_DEFINITIONS[key].buckets);
      // The registry only calls get().
      this.registry.registerMetric(histogram as unknown as Metric);
      return histogram;
    }) as CountedHistogram;
  }

  private once(key: MetricKey, make: (options: MetricOptions) => AnyMetric): AnyMetric {
    const existing = this.made.get(key);
    if (existing) return existing;
    const { name, help, labels } = METRIC_DEFINITIONS[key];
    const metric = make({ name, help, labelNames: [...labels], registers: [this.registry] });
    this.made.set(key, metric);
    return metric;
  }
}

type AnyMetric = Metric | CountedHistogram;

interface MetricOptions {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
}
