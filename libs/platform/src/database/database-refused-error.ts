import { PipelineError } from '../errors/pipeline-error.js';

/** PostgreSQL is there and does not let this app in: to try again changes nothing. */
export class DatabaseRefusedError extends PipelineError {
  override readonly code = 'DATABASE_REFUSED';
}
