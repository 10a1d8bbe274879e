/**
 * outage: the server or the way to it is gone; back off and try again.
 * conflict: another transaction was in the way; try the same again.
 * data: this input can never be stored; find the row.
 * other: a fault of the program or of the installation (a missing table, a refused password); neither retry blindly nor blame the data.
 */
export type DatabaseErrorKind = 'outage' | 'conflict' | 'data' | 'other';

/** serialization_failure, deadlock_detected, lock_not_available. */
const CONFLICT_STATES = new Set(['40001', '40P01', '55P03']);

/**
 * 08 connection exceptions, 53 insufficient resources, 57 operator intervention (a cancelled statement, so statement_timeout, is
 * among them: slow is not bad), 58 system errors such as an I/O failure, 25006 a server that became a read-only standby,
 * 25P03 and 25P04 a session that a timeout of the server ended.
 */
const OUTAGE_STATES = /^(08|53|57|58|25006|25P0[34])/;

/** 22 and 23, and 54 for a row that is too large for a page or for an index that somebody added. */
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
  // The socket file of a local server that is stopped.
  'ENOENT',
]);

/** pg and pg-pool give these no code (pg 8.23, pg-pool 3.14); each has a test that provokes it or quotes their source. */
const CONNECTION_MESSAGES =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after calling end on the pool|Driver not Connected|The server does not support SSL)/i;

/** Judges an error of pg or TypeORM by its SQLSTATE, or where it never reached a server by its network code or message. */
export function classifyDatabaseError(error: unknown): DatabaseErrorKind {
  for (const each of chainOf(error)) {
    const kind = classifyOne(each);
    if (kind !== 'other') return kind;
  }
  return 'other';
}

/** Whether the server is gone, is ending or is starting: no statement was cancelled, and no standby answered. */
export function isLostServer(error: unknown): boolean {
  const state = sqlStateOf(error);
  return classifyDatabaseError(error) === 'outage' && (state === undefined || /^(08|57P0[123])/.test(state));
}

/** SQLSTATE of the error, where it has one. */
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

/** The error and what it wraps: TypeORM's driverError, cause, the members of node's AggregateError (one for each address). */
function chainOf(error: unknown, depth = 0): ErrorLike[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const { cause, driverError, errors }: ErrorLike = error;
  const inner: unknown[] = [driverError, cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [error, ...inner.flatMap((each) => chainOf(each, depth + 1))];
}
