import { sqlStateOf } from './sql-state.js';

/** feature_not_supported: what a standby answers to a transaction that is to write. */
const NOT_SUPPORTED = '0A000';

/** 25006, as a primary says that has become a standby: a failover may be under way, so it is tried again. */
export function standbyError(options?: ErrorOptions): Error {
  const message = 'the server is a standby, which is read-only. Name the primary in DATABASE_URL, or all servers';
  return Object.assign(new Error(message, options), { code: '25006' });
}

/** What beginning a transaction failed with, a standby's refusal as what it is. */
export function orStandbyError(cause: unknown): unknown {
  return sqlStateOf(cause) === NOT_SUPPORTED ? standbyError({ cause }) : cause;
}
