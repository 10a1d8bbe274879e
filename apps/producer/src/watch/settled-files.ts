import { versionOf, type SeenFile } from './seen-file.js';

/** Tells the files that nobody writes to any more from those that may still be being copied. */
export class SettledFiles {
  /** Versions by file; null before the first look. */
  private before: ReadonlyMap<string, string> | null = null;

  /** @param quietMs at the first look, how long a file must have been left alone; at least this long apart are the looks. */
  constructor(
    private readonly quietMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Those of a look that are as they were at the look before. */
  of(seen: readonly SeenFile[]): SeenFile[] {
    const { before } = this;
    this.before = new Map(seen.map((file) => [file.file, versionOf(file)]));
    // A restart must not wait for files that have been there for long.
    if (before === null) return seen.filter(({ mtimeMs }) => mtimeMs < this.now() - this.quietMs);
    return seen.filter((file) => before.get(file.file) === versionOf(file));
  }
}
