/** Counters and gauges of an app, read from its Prometheus text. */
export class Counts {
  private samples: { name: string; labels: Record<string, string>; value: number }[] = [];

  update(text: string): void {
    this.samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name, labels = '', value]) => ({
      name: name!,
      labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text])),
      value: Number(value),
    }));
  }

  /** Sum over all labels; 0 when there is none. */
  sum(name: string): number {
    return this.samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
  }

  /** Value for each value of a label, the greatest first, without zeros. */
  by(name: string, label: string): [string, number][] {
    return this.samples
      .filter((sample) => sample.name === name && sample.value > 0)
      .map(({ labels, value }): [string, number] => [labels[label] ?? '', value])
      .sort(([, a], [, b]) => b - a);
  }
}
