import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The reference folder does not hold exactly the files that the contract names. */
export class ReferenceFilesError extends PipelineError {
  override readonly code = 'REFERENCE_FILES';

  constructor(folder: string, problems: readonly string[], expected: readonly string[], options?: ErrorOptions) {
    super(
      `The reference folder ${folder} cannot be used: ${problems.join('; ')}. ` +
        `Expected there: ${expected.join(', ')} (each may be compressed, with .gz or .zip after its name). Nothing was loaded.`,
      options,
    );
  }
}
