import { Logger } from '@nestjs/common';
import type { PipelineError } from '#platform/errors/pipeline-error.js';
import type { HealthState } from '#platform/health/health-registry.js';

/** The files that cannot be produced as they are. Each version of a file is logged once. */
export class RefusedFiles {
  private readonly logger = new Logger('Watch');
  private readonly refused = new Map<string, PipelineError>();
  /** The version and error code last logged for each file. */
  private readonly logged = new Map<string, string>();

  /** @param file a path, or a pattern whose folder cannot be read. */
  add(file: string, version: string, error: PipelineError): void {
    this.refused.set(file, error);
    const entry = `${version}, ${error.code}`;
    if (this.logged.get(file) !== entry) this.logger.error(`${error.code}: ${error.message}`);
    this.logged.set(file, entry);
  }

  /** Call this when the file can be read again. */
  remove(file: string): void {
    this.refused.delete(file);
  }

  forgetAllBut(exists: (file: string) => boolean): void {
    for (const file of this.logged.keys()) {
      if (exists(file)) continue;
      this.logged.delete(file);
      if (this.refused.delete(file)) this.logger.log(`${file}: the refused file is gone`);
    }
  }

  /** Down while any file is refused. */
  health(): HealthState {
    const [first, ...others] = [...this.refused.values()].map(({ code, message }) => `${code}: ${message}`);
    if (first === undefined) return { up: true };
    return { up: false, detail: others.length === 0 ? first : `${first} (and ${others.length} more)` };
  }
}
