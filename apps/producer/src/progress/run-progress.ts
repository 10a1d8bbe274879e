import type { ProgressSnapshot } from './progress.js';

/** The file that is being read. */
export interface FileBeingRead {
  /** Base name. */
  readonly name: string;
  /** Bytes on disk: before the starting position, and read so far. */
  readonly bytesAtStart: number;
  readonly bytesRead: number;
}

/** Adds up the progress of a run over its files. */
export class RunProgress {
  private readonly startedAt = performance.now();
  private file: FileBeingRead | null = null;
  private name = '';
  private rows = 0;
  private bytesAtStart = 0;
  private bytesOfFilesBefore = 0;

  /** @param totalBytes size of all files of the run. */
  constructor(private readonly totalBytes: number) {}

  begin(file: FileBeingRead): void {
    this.file = file;
    this.name = file.name;
    this.bytesAtStart += file.bytesAtStart;
  }

  acknowledged(records: number): void {
    this.rows += records;
  }

  /** @param size of the file that was read or skipped. */
  end(size: number): void {
    if (this.file === null) this.bytesAtStart += size;
    this.file = null;
    this.bytesOfFilesBefore += size;
  }

  snapshot(): ProgressSnapshot {
    return {
      file: this.name,
      rows: this.rows,
      bytes: this.bytesOfFilesBefore + (this.file?.bytesRead ?? 0),
      bytesAtStart: this.bytesAtStart,
      totalBytes: this.totalBytes,
      seconds: (performance.now() - this.startedAt) / 1_000,
    };
  }
}
