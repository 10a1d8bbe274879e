import { versionOf, type SeenFile } from './seen-file.js';

/** Picks the files that are no longer being written to. */
export class SettledFiles {
  /** Versions by file in the previous scan; null before the first. */
  private previous: ReadonlyMap<string, string> | null = null;

  /** @param quietMs time without a change after which a file found by the first scan is settled; also the scan interval. */
  constructor(
    private readonly quietMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** @returns the files that have not changed since the previous scan. */
  settled(seen: readonly SeenFile[]): SeenFile[] {
    const { previous } = this;
    this.previous = new Map(seen.map((file) => [file.file, versionOf(file)]));
    // A restart does not wait for files that have not changed for a while.
    if (previous === null) return seen.filter(({ mtimeMs }) => mtimeMs < this.now() - this.quietMs);
    return seen.filter((file) => previous.get(file.file) === versionOf(file));
  }
}
