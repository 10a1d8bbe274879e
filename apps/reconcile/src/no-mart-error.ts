import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The database has no mart of this version. */
export class NoMartError extends PipelineError {
  override readonly code = 'RECONCILE_NO_MART';

  constructor() {
    super('This database has no mart of this version. Check DATABASE_URL, or run mart-init first.');
  }
}
