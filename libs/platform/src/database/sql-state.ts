/**
 * outage: the server is down or unreachable; back off and retry.
 * conflict: another transaction got in the way; retry.
 * data: this input can never be stored; find the bad row.
 * other: a bug or a wrong installation (a missing table, a refused password); neither retry blindly nor blame the data.
 */
export type DatabaseErrorKind = 'outage' | 'conflict' | 'data' | 'other';

/** serialization_failure, deadlock_detected, lock_not_available. */
const CONFLICT_STATES = new Set(['40001', '40P01', '55P03']);

/**
 * 08 connection exceptions; 53 insufficient resources; 57 operator intervention, including cancelled statements and so
 * statement_timeout (slow is not bad); 58 system errors such as an I/O failure; 25006 a server that became a read-only standby;
 * 25P03 and 25P04 a session ended by a timeout of the server.
 */
const OUTAGE_STATES = /^(08|53|57|58|25006|25P0[34])/;

/** 22 and 23; 54 for a row that is too large for a page, or for an index that was added by hand. */
const DATA_STATES = /^(2[23]|54)/;

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  // The socket file of a local server that is not running.
  'ENOENT',
]);

/** Errors of pg and pg-pool without a code (pg 8.23, pg-pool 3.14). For each, a test provokes it or quotes the source. */
const CONNECTION_MESSAGES =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after calling end on the pool|Driver not Connected|The server does not support SSL)/i;

/** Classifies an error of pg or TypeORM by its SQLSTATE; without one, by its network code or message. */
export function classifyDatabaseError(error: unknown): DatabaseErrorKind {
  for (const each of chainOf(error)) {
    const kind = classifyOne(each);
    if (kind !== 'other') return kind;
  }
  return 'other';
}

/** Whether the server is unreachable, shutting down or starting. Excludes cancelled statements and answers from a standby. */
export function isLostServer(error: unknown): boolean {
  const state = sqlStateOf(error);
  return classifyDatabaseError(error) === 'outage' && (state === undefined || /^(08|57P0[123])/.test(state));
}

/** The SQLSTATE of the error, if it has one. */
export function sqlStateOf(error: unknown): string | undefined {
  return chainOf(error)
    .map(({ code }) => code)
    .find((code): code is string => typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !NETWORK_CODES.has(code));
}

interface ErrorLike {
  code?: unknown;
  message?: unknown;
  cause?: unknown;
  driverError?: unknown;
  errors?: unknown;
}

function classifyOne({ code, message }: ErrorLike): DatabaseErrorKind {
  if (typeof code === 'string') {
    if (NETWORK_CODES.has(code) || OUTAGE_STATES.test(code)) return 'outage';
    if (CONFLICT_STATES.has(code)) return 'conflict';
    if (DATA_STATES.test(code)) return 'data';
  } else if (typeof message === 'string' && CONNECTION_MESSAGES.test(message)) {
    return 'outage';
  }
  return 'other';
}

/** The error and those it wraps: TypeORM's driverError, causes, and the members of an AggregateError (one per address). */
function chainOf(error: unknown, depth = 0): ErrorLike[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const { cause, driverError, errors }: ErrorLike = error;
  const inner: unknown[] = [driverError, cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [error, ...inner.flatMap((each) => chainOf(each, depth + 1))];
}
