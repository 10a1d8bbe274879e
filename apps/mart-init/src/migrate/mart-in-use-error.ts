import { PipelineError } from '#platform/errors/pipeline-error.js';
import type { DependentsError } from '#schema/mart/dependents-error.js';

/** Views of users read columns of the mart that change. */
export class MartInUseError extends PipelineError {
  override readonly code = 'MART_IN_USE';

  constructor(cause: DependentsError) {
    super(`Nothing was changed: ${cause.message}`, { cause });
  }
}
