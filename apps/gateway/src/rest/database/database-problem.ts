import { classifyDatabaseError, sqlStateOf } from '#platform/database/sql-state.js';
import { messageOf } from '#platform/errors/message-of.js';
import { Problem } from '../../problems/problem.js';

/** query_canceled: by statement_timeout, as nobody else cancels a reader's statements. */
const CANCELLED = '57014';

/** No such table, function, column or schema: a database that mart-init has not brought up to date. */
const NOT_MIGRATED = new Set(['42P01', '42883', '42703', '3F000']);

/** pg-pool's words (3.14) for a wait that ended before a connection was free. */
const POOL_IS_TAKEN = 'timeout exceeded when trying to connect';

export function unavailable(cause?: unknown): Problem {
  const detail = 'PostgreSQL does not answer. Ask again in some seconds; /readyz says what is wrong.';
  return new Problem('database-unavailable', detail, { headers: { 'Retry-After': '2' }, cause });
}

export function tooBusy(detail: string, cause?: unknown): Problem {
  return new Problem('too-busy', detail, { headers: { 'Retry-After': '2' }, cause });
}

/** @returns the error itself where it is a fault of the program */
export function toDatabaseProblem(error: unknown): unknown {
  const state = sqlStateOf(error);
  if (state === CANCELLED) {
    const detail = 'Narrow the request, by days or a campaign for example, or raise GATEWAY_QUERY_TIMEOUT_MS.';
    return new Problem('query-timeout', detail, { cause: error });
  }
  if (state !== undefined && NOT_MIGRATED.has(state)) {
    const detail = 'The database lacks what is to be read. Run mart-init of this version, then ask again.';
    return new Problem('mart-missing', detail, { headers: { 'Retry-After': '10' }, cause: error });
  }
  if (messageOf(error) === POOL_IS_TAKEN) {
    return tooBusy('All connections for readers are taken. Ask again, or raise GATEWAY_READ_POOL_SIZE.', error);
  }
  const kind = classifyDatabaseError(error);
  return kind === 'outage' || kind === 'conflict' ? unavailable(error) : error;
}
