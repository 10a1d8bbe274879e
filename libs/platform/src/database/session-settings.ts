/** Settings of PostgreSQL by name, with values as SHOW gives them. */
export type Settings = Readonly<Record<string, string>>;

/**
 * What a statement means, what its text looks like and how long it waits must not depend on what ALTER DATABASE, ALTER ROLE or
 * postgresql.conf say, so each transaction makes these settings itself. Speed and storage (enable_*, jit, tablespaces) stay with the
 * administrator.
 */
export const SESSION_SETTINGS = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  xmloption: 'content',
  search_path: 'public',
  standard_conforming_strings: 'on',
  // Off, it turns a null in an array into the text NULL.
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  // On, a row that is refused ends the session, and the rows beside it could not be tried.
  exit_on_error: 'off',
  // With view in it, the views of the mart cannot be read.
  restrict_nonsystem_relation_kind: '',
  // A policy makes a statement fail instead of hiding rows from it.
  row_security: 'off',
  // replica switches the triggers off that keep the ledger.
  session_replication_role: 'origin',
  // Offsets are committed after the rows: a commit that a crash undoes loses them.
  synchronous_commit: 'on',
  default_table_access_method: 'heap',
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  // A process that is frozen in mid-transaction must not keep its locks.
  idle_in_transaction_session_timeout: '20s',
  // What nobody waits for any more must not go on in the server.
  client_connection_check_interval: '1s',
  // Of a client whose machine is gone the server would hear for two hours that it may still come back.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '20000',
} as const satisfies Settings;

/** Where the text of `sessionSettingsJson` stands in the project. */
export const SESSION_SETTINGS_FILE = 'libs/platform/session-settings.json';

/** For programs in other languages. */
export function sessionSettingsJson(): string {
  return `${JSON.stringify(SESSION_SETTINGS, null, 2)}\n`;
}

/** How one pool uses its transactions. */
export interface SessionOptions {
  readonly readOnly?: boolean;
  /** Join or replace `SESSION_SETTINGS`. */
  readonly settings?: Settings;
}

/**
 * Begins a transaction with its settings, in one round trip. They last as long as the transaction: a pooler in transaction mode
 * hands the connection to somebody else afterwards, and refuses most settings in the startup message. The last result has the
 * `pid` of the server's process, which behind a pooler is another for each transaction.
 */
export function beginTransaction({ readOnly = false, settings = {} }: SessionOptions = {}): string {
  return `BEGIN ${modes(readOnly)}; ${NO_TIMEOUT}; ${makeSettings(settings)}`;
}

/**
 * Settings and statement as one message, which PostgreSQL carries out as one transaction. Its last result is the statement's.
 *
 * @param sql one statement without parameters that may stand in a transaction
 */
export function singleStatement(sql: string, { readOnly = false, settings = {} }: SessionOptions = {}): string {
  return `SET TRANSACTION ${modes(readOnly)}; ${NO_TIMEOUT}; ${makeSettings(settings)}; ${sql}`;
}

/** By a statement of its own, as a short timeout would end the one that makes the settings. */
const NO_TIMEOUT = 'SET LOCAL statement_timeout = 0';

function modes(readOnly: boolean): string {
  return `ISOLATION LEVEL READ COMMITTED, READ ${readOnly ? 'ONLY' : 'WRITE'}, NOT DEFERRABLE`;
}

/**
 * Only what differs is set: session_replication_role needs a superuser even where it stays the same. Of synchronous_commit only
 * `off` is replaced, as the other values each keep what was committed.
 */
function makeSettings(own: Settings): string {
  const values = Object.entries({ ...SESSION_SETTINGS, ...own }).map(([name, value]) => `('${name}', '${value}')`);
  return `
    SELECT count(pg_catalog.set_config(name, value, true)), pg_catalog.pg_backend_pid() AS pid
    FROM (VALUES ${values.join(', ')}) AS wanted (name, value)
    WHERE pg_catalog.current_setting(name) <> value
      AND (name <> 'synchronous_commit' OR pg_catalog.current_setting(name) = 'off')`;
}
