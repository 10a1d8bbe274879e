import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The database does not meet the requirements of the mart, or another program uses the mart's names in it. */
export class PreflightError extends PipelineError {
  override readonly code = 'DATABASE_UNFIT';

  /** @param problems one line each: what is wrong, and the statement that fixes it */
  constructor(readonly problems: readonly string[]) {
    super(
      `The database is not ready for the mart; nothing was changed. Fix the following and run mart-init again:\n${problems.map((each) => `  - ${each}`).join('\n')}`,
    );
  }
}
