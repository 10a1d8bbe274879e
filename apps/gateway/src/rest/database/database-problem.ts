import { classifyDatabaseError, sqlStateOf } from '#platform/database/sql-state.js';
import { messageOf } from '#platform/errors/message-of.js';
import { Problem } from '../../problems/problem.js';

/** query_canceled, here always by statement_timeout: nothing else cancels a reader's statements. */
const CANCELLED = '57014';

/** No such table, function, column or schema: mart-init has not migrated this database. */
const NOT_MIGRATED = new Set(['42P01', '42883', '42703', '3F000']);

/** The message of pg-pool 3.14 when no connection became free in time. */
const POOL_IS_TAKEN = 'timeout exceeded when trying to connect';

/** @param readUrl the variable that names the readers' server, if it is one of its own */
export function unavailable(readUrl: string | undefined, cause?: unknown): Problem {
  const detail =
    readUrl === undefined
      ? 'PostgreSQL does not respond. Try again in a few seconds; /readyz shows the error.'
      : `The server of ${readUrl} does not respond. Try again in a few seconds; /health shows the error under read_server.`;
  return new Problem('database-unavailable', detail, { headers: { 'Retry-After': '2' }, cause });
}

export function tooBusy(detail: string, cause?: unknown): Problem {
  return new Problem('too-busy', detail, { headers: { 'Retry-After': '2' }, cause });
}

/** @returns the error itself if it is a bug in the gateway */
export function toDatabaseProblem(error: unknown, readUrl?: string): unknown {
  const state = sqlStateOf(error);
  if (state === CANCELLED) {
    const detail = 'Narrow the request, for example to some days or one campaign, or raise GATEWAY_QUERY_TIMEOUT_MS.';
    return new Problem('query-timeout', detail, { cause: error });
  }
  if (state !== undefined && NOT_MIGRATED.has(state)) {
    const detail = 'A table, view or function is missing. Run mart-init of this version, then try again.';
    return new Problem('mart-missing', detail, { headers: { 'Retry-After': '10' }, cause: error });
  }
  if (messageOf(error) === POOL_IS_TAKEN) {
    return tooBusy('All reader connections are in use. Try again, or raise GATEWAY_READ_POOL_SIZE.', error);
  }
  const kind = classifyDatabaseError(error);
  return kind === 'outage' || kind === 'conflict' ? unavailable(readUrl, error) : error;
}
