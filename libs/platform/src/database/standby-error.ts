import { sqlStateOf } from './sql-state.js';

/** read_only_sql_transaction: the answer of a standby to a statement that writes. */
const READ_ONLY = '25006';

/** feature_not_supported: the answer of a standby to BEGIN READ WRITE. */
const NOT_SUPPORTED = '0A000';

/** An error with code 25006, like that of a primary that became a standby. It is retried, because a failover may be under way. */
export function standbyError(options?: ErrorOptions): Error {
  const message = 'the server is a read-only standby. Name the primary, or all servers, in DATABASE_URL';
  return Object.assign(new Error(message, options), { code: READ_ONLY });
}

/** Turns the error of a transaction that a standby refused to begin into a standby error; returns any other error as it is. */
export function orStandbyError(cause: unknown): unknown {
  return sqlStateOf(cause) === NOT_SUPPORTED ? standbyError({ cause }) : cause;
}

export function isStandbyError(error: unknown): boolean {
  return sqlStateOf(error) === READ_ONLY;
}
