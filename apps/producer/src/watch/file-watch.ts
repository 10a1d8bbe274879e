import { resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import { refuseUnknownType, unusableError } from '#platform/csv/find-csv-files.js';
import type { PipelineError } from '#platform/errors/pipeline-error.js';
import type { HealthState } from '#platform/health/health-registry.js';
import { fileFault } from '../file-fault.js';
import type { RunOutcome } from '../run-outcome.js';
import { RefusedFiles } from './refused-files.js';
import { seeFiles, versionOf, type SeenFile } from './seen-file.js';
import { SettledFiles } from './settled-files.js';

/** Scans for files that are ready to be produced, and remembers those that cannot be. */
export class FileWatch implements RunOutcome {
  private readonly logger = new Logger('Watch');
  private readonly settledFiles: SettledFiles;
  private readonly refusedFiles = new RefusedFiles();
  /** The version of each file that was handed to a run; the same version is not handed out twice. */
  private readonly taken = new Map<string, string>();
  /** Patterns without a match; each is logged once. */
  private readonly unmatched = new Set<string>();

  constructor(
    private readonly patterns: readonly string[],
    private readonly seconds: number,
  ) {
    this.settledFiles = new SettledFiles(seconds * 1_000);
  }

  /** Absolute paths of the files for the next run, in name order. Finished files are included once. */
  async scan(): Promise<string[]> {
    const seen = new Map<string, SeenFile>();
    const names = new Set(this.patterns.map(folderLabel));
    for (const pattern of this.patterns) {
      for (const file of await this.scanPattern(pattern, names)) seen.set(file.file, file);
    }
    for (const file of seen.keys()) names.add(file);
    this.refusedFiles.forgetAllBut((name) => names.has(name));

    const next = this.settledFiles
      .settled([...seen.values()])
      .filter((file) => this.taken.get(file.file) !== versionOf(file));
    for (const file of next) this.taken.set(file.file, versionOf(file));
    return next
      .map(({ file }) => file)
      .filter((file) => this.hasKnownType(file))
      .sort();
  }

  accepted(file: string): void {
    this.refusedFiles.remove(file);
  }

  /** The file is tried again when it changes or, after a retriable error, in the next scan. */
  refused(file: string, error: PipelineError): void {
    this.refusedFiles.add(file, this.taken.get(file) ?? '', error);
    if (error.retriable) this.taken.delete(file);
  }

  allChecked(): void {
    // A watch produces the files that passed the check.
  }

  health(): HealthState {
    return this.refusedFiles.health();
  }

  /** @param names collects the matches that are not files; they are refused */
  private async scanPattern(pattern: string, names: Set<string>): Promise<SeenFile[]> {
    try {
      const { seen: files, unusable } = await seeFiles(pattern);
      this.accepted(folderLabel(pattern));
      for (const each of unusable) {
        names.add(each.path);
        this.refused(each.path, unusableError(each));
      }
      if (files.length > 0 || unusable.length > 0) this.unmatched.delete(pattern);
      else if (!this.unmatched.has(pattern)) {
        this.unmatched.add(pattern);
        this.logger.log(`No file matches ${pattern} (${resolve(pattern)}); scanning again every ${this.seconds} s`);
      }
      return files;
    } catch (error) {
      this.refuse(folderLabel(pattern), error);
      return [];
    }
  }

  private hasKnownType(file: string): boolean {
    try {
      refuseUnknownType(file);
      return true;
    } catch (error) {
      this.refuse(file, error);
      return false;
    }
  }

  private refuse(name: string, error: unknown): void {
    const fault = fileFault(name, error);
    if (fault === null) throw error;
    this.refused(name, fault);
  }
}

/** Keeps an error of the folder apart from one of the file, because a path without wildcards is a pattern too. */
function folderLabel(pattern: string): string {
  return `The folder of ${pattern}`;
}
