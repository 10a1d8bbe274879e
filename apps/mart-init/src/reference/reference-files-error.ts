import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The reference folder must hold exactly one file for each reference table. */
export class ReferenceFilesError extends PipelineError {
  override readonly code = 'REFERENCE_FILES';

  constructor(folder: string, problems: readonly string[], expected: readonly string[], options?: ErrorOptions) {
    super(
      `The reference folder ${folder} cannot be used: ${problems.join('; ')}. ` +
        `Expected files: ${expected.join(', ')} (each may be compressed, as .gz or .zip). Nothing was loaded.`,
      options,
    );
  }
}
