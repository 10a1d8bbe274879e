import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where a process gives its metrics. */
export interface ScrapeTarget {
  /** Becomes the label `service`. */
  readonly service: string;
  /** Of its metrics as Prometheus' text. */
  readonly url: string;
}

/** A file of Prometheus' file_sd that says what runs now; ports are chosen at every start. */
export class ScrapeTargets {
  private written = '';

  constructor(private readonly file: string) {}

  /** Writes the file when something has changed. */
  async update(targets: readonly ScrapeTarget[]): Promise<void> {
    const text = fileSd(targets);
    if (text === this.written) return;
    this.written = text;
    await mkdir(dirname(this.file), { recursive: true });
    // Prometheus reads it whenever it changes and must not find a part of it.
    await writeFile(`${this.file}.new`, text);
    await rename(`${this.file}.new`, this.file);
  }

  /** Nothing runs any more: what is gone on purpose is not down. */
  async remove(): Promise<void> {
    await rm(this.file, { force: true });
  }
}

/** The text of the file: one group for each target, because their paths differ. */
export function fileSd(targets: readonly ScrapeTarget[]): string {
  const groups = targets.map(({ service, url }) => {
    const { host, pathname } = new URL(url);
    return { targets: [host], labels: { service, __metrics_path__: pathname } };
  });
  return `${JSON.stringify(groups, null, 2)}\n`;
}
