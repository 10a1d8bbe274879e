import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The database is not fit for the mart, or holds something of another program under the mart's names. */
export class PreflightError extends PipelineError {
  override readonly code = 'DATABASE_UNFIT';

  /** @param problems one line each: what is wrong, and the statement that mends it */
  constructor(readonly problems: readonly string[]) {
    super(
      `The database cannot take the mart; nothing was changed. Mend this and run mart-init again:\n${problems.map((each) => `  - ${each}`).join('\n')}`,
    );
  }
}
