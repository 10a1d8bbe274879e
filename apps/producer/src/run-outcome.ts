import type { PipelineError } from '#platform/errors/pipeline-error.js';
import { fileFault } from './file-fault.js';
import { ProducerError } from './producer-error.js';

/** Receives the result for each file of a run. */
export interface RunOutcome {
  /** The file is being read, or was produced before. */
  accepted(file: string): void;
  /** The file itself is at fault. The run continues with the other files unless this throws. */
  refused(file: string, error: PipelineError): void;
  /** Every file has been checked and nothing has been sent yet. The run continues unless this throws. */
  allChecked(): void;
}

/** A run without --watch: reports all faults found before the first row together, and ends at the first later one. */
export class SingleRun implements RunOutcome {
  private readonly faults: PipelineError[] = [];
  private sending = false;

  accepted(): void {
    // Only faults matter here.
  }

  refused(_: string, error: PipelineError): void {
    if (this.sending) throw error;
    this.faults.push(error);
  }

  allChecked(): void {
    this.sending = true;
    const [fault, ...others] = this.faults;
    if (fault === undefined) return;
    if (others.length === 0) throw fault;
    throw new ProducerError(
      'PRODUCER_FILES_REFUSED',
      `${this.faults.length} files cannot be produced; nothing was sent:\n` +
        this.faults.map(({ code, message }) => `${code}: ${message}`).join('\n'),
    );
  }
}

/** Runs `work` on each file in turn and returns the results. A file at fault is refused and left out. */
export async function eachFile<T extends { readonly file: string }, R>(
  files: readonly T[],
  outcome: RunOutcome,
  work: (file: T) => R | Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const file of files) {
    try {
      results.push(await work(file));
    } catch (error) {
      const fault = fileFault(file.file, error);
      if (fault === null) throw error;
      outcome.refused(file.file, fault);
    }
  }
  return results;
}
