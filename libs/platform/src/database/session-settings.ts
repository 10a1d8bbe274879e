/** PostgreSQL settings by name, with values as SHOW prints them. */
export type Settings = Readonly<Record<string, string>>;

/**
 * Made in each transaction, so that the meaning, text format and timeouts of statements do not depend on ALTER DATABASE,
 * ALTER ROLE or postgresql.conf. Settings for speed and storage (enable_*, jit, tablespaces) are left to the administrator.
 */
const SESSION_SETTINGS = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  xmloption: 'content',
  search_path: 'public',
  standard_conforming_strings: 'on',
  // off reads a null in an array as the text NULL.
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  // on ends the session at the first refused row, so the other rows could not be tried.
  exit_on_error: 'off',
  // A value that includes `view` makes the views of the mart unreadable.
  restrict_nonsystem_relation_kind: '',
  // off makes a statement fail instead of hiding rows by policy.
  row_security: 'off',
  // replica disables the triggers that keep the ledger.
  session_replication_role: 'origin',
  // Offsets are committed after the rows, so a commit that is lost in a crash would lose rows.
  synchronous_commit: 'on',
  default_table_access_method: 'heap',
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  // A process that freezes within a transaction must not keep its locks.
  idle_in_transaction_session_timeout: '20s',
  // The server cancels a statement whose client is gone.
  client_connection_check_interval: '1s',
  // By default it takes the server two hours to notice that a client's machine is gone.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '20000',
} as const satisfies Settings;

/** The file with the text of `sessionSettingsJson`. */
export const SESSION_SETTINGS_FILE = 'libs/platform/session-settings.json';

/** SESSION_SETTINGS for programs in other languages. */
export function sessionSettingsJson(): string {
  return `${JSON.stringify(SESSION_SETTINGS, null, 2)}\n`;
}

/** Options of a pool's transactions. */
export interface SessionOptions {
  readonly readOnly?: boolean;
  /** Default: READ COMMITTED. */
  readonly isolation?: 'READ COMMITTED' | 'REPEATABLE READ';
  /** Added to `SESSION_SETTINGS`; replaces those of the same name. */
  readonly settings?: Settings;
}

/**
 * Begins a transaction with its settings, in one round trip. The settings end with the transaction, because a pooler in transaction
 * mode then hands the connection to another client; such a pooler also refuses most settings in the startup message. The last result
 * has the `pid` of the server process, which changes with each transaction behind a pooler, and the start time of the `server`, which
 * tells servers and their restarts apart.
 */
export function beginTransaction({ settings = {}, ...options }: SessionOptions = {}): string {
  return `BEGIN ${modes(options)}; ${NO_TIMEOUT}; ${makeSettings(settings)}`;
}

/**
 * Settings and statement in one message, which PostgreSQL runs as one transaction. The last result is that of the statement.
 *
 * @param sql one statement without parameters that is allowed in a transaction
 */
export function singleStatement(sql: string, { settings = {}, ...options }: SessionOptions = {}): string {
  return `SET TRANSACTION ${modes(options)}; ${NO_TIMEOUT}; ${makeSettings(settings)}; ${sql}`;
}

/** A separate statement, because a short timeout would cancel the one that makes the settings. */
const NO_TIMEOUT = 'SET LOCAL statement_timeout = 0';

function modes({ readOnly = false, isolation = 'READ COMMITTED' }: SessionOptions): string {
  return `ISOLATION LEVEL ${isolation}, READ ${readOnly ? 'ONLY' : 'WRITE'}, NOT DEFERRABLE`;
}

/**
 * Sets only what differs, because session_replication_role needs a superuser even to set the same value. synchronous_commit is
 * changed only if it is `off`, since all other values are durable.
 */
function makeSettings(own: Settings): string {
  const values = Object.entries({ ...SESSION_SETTINGS, ...own }).map(([name, value]) => `('${name}', '${value}')`);
  return `
    SELECT count(pg_catalog.set_config(name, value, true)), pg_catalog.pg_backend_pid() AS pid,
           extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text AS server
    FROM (VALUES ${values.join(', ')}) AS wanted (name, value)
    WHERE pg_catalog.current_setting(name) <> value
      AND (name <> 'synchronous_commit' OR pg_catalog.current_setting(name) = 'off')`;
}
