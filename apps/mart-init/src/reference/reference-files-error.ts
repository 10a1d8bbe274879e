import { PipelineError } from '#platform/errors/pipeline-error.js';
import { REFERENCE_TABLES } from '#schema/contract.js';

const filesOf = (tables: typeof REFERENCE_TABLES) => tables.map(({ file }) => file).join(', ');
const REQUIRED = filesOf(REFERENCE_TABLES.filter(({ optional }) => !optional));
const OPTIONAL = filesOf(REFERENCE_TABLES.filter(({ optional }) => optional));

/** The reference folder must hold exactly one file for each reference table, and at most one for an optional table. */
export class ReferenceFilesError extends PipelineError {
  override readonly code = 'REFERENCE_FILES';

  constructor(folder: string, problems: readonly string[], options?: ErrorOptions) {
    super(
      `The reference folder ${folder} cannot be used: ${problems.join('; ')}. ` +
        `Expected files: ${REQUIRED}, and optionally ${OPTIONAL} (each may be compressed, as .gz or .zip). Nothing was loaded.`,
      options,
    );
  }
}
