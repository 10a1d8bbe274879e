import { PipelineError } from '#platform/errors/pipeline-error.js';

/**
 * The server that should store a position is not the one that a batch was written to, so it may lack the batch. Reading restarts
 * at the positions that it has.
 */
export class DatabaseRestartedError extends PipelineError {
  override readonly code = 'CONSUMER_DATABASE_RESTARTED';
  override readonly retriable = true;

  constructor() {
    super(
      'PostgreSQL was restarted or failed over after a batch was written and before its position was stored; ' +
        'reading restarts at the positions in the database',
    );
  }
}
