import type { PipelineError } from '#platform/errors/pipeline-error.js';
import { fileFault } from './file-fault.js';

/** Is told what becomes of the files of a round. */
export interface RoundOutcome {
  /** It is being read, or was produced before. */
  accepted(file: string): void;
  /** The fault is the file's own. The round goes on with the others, unless this throws. */
  refused(file: string, error: PipelineError): void;
}

/** What `work` gives of each file, one after the other; a file that is at fault is refused and left out. */
export async function eachFile<T extends { readonly file: string }, R>(
  files: readonly T[],
  outcome: RoundOutcome,
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
