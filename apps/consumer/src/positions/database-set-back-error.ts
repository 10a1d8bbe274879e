import { PipelineError } from '#platform/errors/pipeline-error.js';

/** The database lacks positions that it had stored. Reading restarts at the positions that it has. */
export class DatabaseSetBackError extends PipelineError {
  override readonly code = 'CONSUMER_DATABASE_SET_BACK';
  override readonly retriable = true;

  /** @param next the position that the database has; undefined if it has none */
  constructor(topic: string, partition: number, stored: bigint, next: bigint | undefined) {
    const has = next === undefined ? 'has no position' : `has position ${next}`;
    super(
      `the database was set back: for partition ${partition} of ${topic} it ${has}, but position ${stored} was stored ` +
        '(a failover to a standby that was behind, or an older backup); reading restarts at the positions in the database',
    );
  }
}
