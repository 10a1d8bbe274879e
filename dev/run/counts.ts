import { parseSamples, type Sample } from '#platform/metrics/prometheus-text.js';

/** Counters and gauges of an app, read from its Prometheus text. */
export class Counts {
  private samples: readonly Sample[] = [];

  update(text: string): void {
    this.samples = parseSamples(text);
  }

  /** The value of a metric without labels; undefined when there is none. */
  find(name: string): number | undefined {
    return this.samples.find((sample) => sample.name === name)?.value;
  }

  /** Sum over all samples with these labels, whatever others they have; 0 when there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }
}
