interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Counters and gauges of an app, read from its Prometheus text. */
export class Counts {
  private samples: readonly Sample[] = [];

  update(text: string): void {
    this.samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
      name,
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']): [string, string] => [label, text]),
      ),
      value: Number(value),
    }));
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
