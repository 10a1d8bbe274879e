import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The metrics endpoint of a process. */
export interface ScrapeTarget {
  /** Becomes the label `service`. */
  readonly service: string;
  /** URL of its metrics in Prometheus' text format. */
  readonly url: string;
}

/** Prometheus' file_sd file with the running processes, whose ports change with every start. */
export class ScrapeTargets {
  private written = '';

  constructor(private readonly file: string) {}

  /** Writes the file if something has changed. */
  async update(targets: readonly ScrapeTarget[]): Promise<void> {
    const text = fileSd(targets);
    if (text === this.written) return;
    this.written = text;
    await mkdir(dirname(this.file), { recursive: true });
    // Prometheus reads the file whenever it changes, and must not see half of it.
    await writeFile(`${this.file}.new`, text);
    await rename(`${this.file}.new`, this.file);
  }

  /** Removes the file, so that Prometheus does not report stopped processes as down. */
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
