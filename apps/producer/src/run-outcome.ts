import type { PipelineError } from '#platform/errors/pipeline-error.js';
import { fileFault } from './file-fault.js';
import { ProducerError } from './producer-error.js';

/** Is told what becomes of the files of a run. */
export interface RunOutcome {
  /** It is being read, or was produced before. */
  accepted(file: string): void;
  /** The fault is the file's own. The run goes on with the others, unless this throws. */
  refused(file: string, error: PipelineError): void;
  /** Every file was looked at, and nothing was sent. The run goes on, unless this throws. */
  allChecked(): void;
}

/** Of a run that ends with its files: all faults that show before the first row are told together, a later one ends it. */
export class SingleRun implements RunOutcome {
  private readonly faults: PipelineError[] = [];
  private sending = false;

  accepted(): void {
    // It needs to know of faults alone.
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
      `${this.faults.length} files cannot be produced, and nothing is sent:\n` +
        this.faults.map(({ code, message }) => `${code}: ${message}`).join('\n'),
    );
  }
}

/** What `work` gives of each file, one after the other; a file that is at fault is refused and left out. */
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
