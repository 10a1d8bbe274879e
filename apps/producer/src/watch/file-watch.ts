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

/** Finds, look by look, the files that are ready to be produced, and remembers which cannot be. */
export class FileWatch implements RunOutcome {
  private readonly logger = new Logger('Watch');
  private readonly settled: SettledFiles;
  private readonly refusedFiles = new RefusedFiles();
  /** The version of each file that was given to a run, and need not be again. */
  private readonly taken = new Map<string, string>();
  /** Patterns that nothing matched; what is waited for is logged once. */
  private readonly awaited = new Set<string>();

  constructor(
    private readonly patterns: readonly string[],
    private readonly seconds: number,
  ) {
    this.settled = new SettledFiles(seconds * 1_000);
  }

  /** Absolute paths of the files for the next run, in name order; those that are done as well, once. */
  async scan(): Promise<string[]> {
    const seen = new Map<string, SeenFile>();
    const names = new Set(this.patterns.map(nameOf));
    for (const pattern of this.patterns) {
      for (const file of await this.see(pattern, names)) seen.set(file.file, file);
    }
    for (const file of seen.keys()) names.add(file);
    this.refusedFiles.forgetAllBut((name) => names.has(name));

    const next = this.settled.of([...seen.values()]).filter((file) => this.taken.get(file.file) !== versionOf(file));
    for (const file of next) this.taken.set(file.file, versionOf(file));
    return next
      .map(({ file }) => file)
      .filter((file) => this.hasKnownType(file))
      .sort();
  }

  accepted(file: string): void {
    this.refusedFiles.remove(file);
  }

  /** Tried again when the file changes; at the next look where the error may pass by itself. */
  refused(file: string, error: PipelineError): void {
    this.refusedFiles.add(file, this.taken.get(file) ?? '', error);
    if (error.retriable) this.taken.delete(file);
  }

  allChecked(): void {
    // The others are produced.
  }

  health(): HealthState {
    return this.refusedFiles.health();
  }

  /** @param names gets what matches and is no file, which is refused */
  private async see(pattern: string, names: Set<string>): Promise<SeenFile[]> {
    try {
      const { seen: files, unusable } = await seeFiles(pattern);
      this.accepted(nameOf(pattern));
      for (const each of unusable) {
        names.add(each.path);
        this.refused(each.path, unusableError(each));
      }
      if (files.length > 0 || unusable.length > 0) this.awaited.delete(pattern);
      else if (!this.awaited.has(pattern)) {
        this.awaited.add(pattern);
        this.logger.log(`No file matches ${pattern} (${resolve(pattern)}); looking again every ${this.seconds} s`);
      }
      return files;
    } catch (error) {
      this.refuse(nameOf(pattern), error);
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

/** A path without wildcards is a pattern too, and what is wrong with its folder is not what is wrong with the file. */
function nameOf(pattern: string): string {
  return `The folder of ${pattern}`;
}
