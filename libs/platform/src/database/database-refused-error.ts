import { PipelineError } from '../errors/pipeline-error.js';

/** PostgreSQL is up but refuses this app. Retrying does not help. */
export class DatabaseRefusedError extends PipelineError {
  override readonly code = 'DATABASE_REFUSED';
}
