import type { QueryRunner } from 'typeorm';
import { TABLE_DESCRIPTIONS } from '../entities.js';

/** May read the schema mart and the tables, but not the bytes of rejected records. What else every role may do is in docs/rights.md. */
export const ANALYST_ROLE = 'analyst';
/** The role of consumer, Spark job and gateway. Owns nothing and has only the privileges that they need. */
export const APP_ROLE = 'messaging_app';
/** May read rejected records as they came, bytes included. A group without a login: an administrator adds members. */
export const QUARANTINE_ROLE = 'quarantine_reader';

/** Columns of quarantined_messages that say what happened to a record, not what is in it. */
const OPEN_QUARANTINE_COLUMNS = [
  'topic',
  'partition',
  '"offset"',
  'recorded_at',
  'headers',
  'reasons',
  'quarantined_at',
  'state',
  'state_changed_at',
  'failed_attempts',
];

/** Tables that only the pipeline reads. */
const INTERNAL_TABLES = ['migrations', 'spark_writes', 'pipelines'];

/** Tables with the content of rejected records. */
const QUARANTINE_TABLES = ['quarantined_messages', 'quarantine_attempts'];

const listOf = (tables: readonly string[]) => tables.map((table) => `public.${table}`).join(', ');
const OUR_TABLES = Object.keys(TABLE_DESCRIPTIONS);
const ANALYST_TABLES = OUR_TABLES.filter((table) => ![...INTERNAL_TABLES, ...QUARANTINE_TABLES].includes(table));

/** Passwords of the two roles. A new role without a password cannot log in; an existing one keeps its password. */
export interface Passwords {
  readonly analyst?: string;
  readonly app?: string;
}

const GRANTS = `
  REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC;
  GRANT TEMPORARY ON DATABASE %I TO ${APP_ROLE};
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;

  GRANT USAGE ON SCHEMA public, mart TO ${ANALYST_ROLE}, ${APP_ROLE};
  GRANT SELECT ON ALL TABLES IN SCHEMA mart TO ${ANALYST_ROLE}, ${APP_ROLE};
  GRANT SELECT ON ${listOf([...OUR_TABLES, 'migrations'])} TO ${APP_ROLE};
  GRANT SELECT ON ${listOf(ANALYST_TABLES)} TO ${ANALYST_ROLE};
  -- Earlier versions granted all tables.
  REVOKE SELECT ON ${listOf([...INTERNAL_TABLES, ...QUARANTINE_TABLES])} FROM ${ANALYST_ROLE};
  GRANT SELECT (${OPEN_QUARANTINE_COLUMNS.join(', ')}) ON public.quarantined_messages TO ${ANALYST_ROLE};
  GRANT INSERT, UPDATE ON public.messages TO ${APP_ROLE};
  GRANT INSERT ON public.quarantined_messages TO ${APP_ROLE};
  GRANT INSERT, UPDATE (sent_at) ON public.quarantine_attempts TO ${APP_ROLE};
  GRANT INSERT, DELETE ON public.spark_writes TO ${APP_ROLE};
  GRANT INSERT, UPDATE, DELETE ON public.pipelines TO ${APP_ROLE};
  GRANT INSERT, UPDATE ON public.skipped_records, public.consumer_positions TO ${APP_ROLE};

  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA mart FROM PUBLIC;
  REVOKE EXECUTE ON FUNCTION public.identify_quarantined FROM PUBLIC;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mart TO ${ANALYST_ROLE}, ${APP_ROLE};

  GRANT USAGE ON SCHEMA ledger TO ${APP_ROLE};
  GRANT MAINTAIN ON ledger.deltas TO ${APP_ROLE};
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION ledger.fold, ledger.index_kept_deltas, ledger.recount_when_due, ledger.compare_when_due, ledger.oldest_snapshot TO ${APP_ROLE};
  -- Views of the mart call it with the rights of whoever reads them. Others cannot: they have no USAGE on the schema.
  GRANT EXECUTE ON FUNCTION ledger.pending_rows TO PUBLIC;
  GRANT SELECT ON ledger.state TO ${APP_ROLE};

  GRANT USAGE ON SCHEMA erasure TO ${APP_ROLE};
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA erasure FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION erasure.is_in_use, erasure.blocked, erasure.is_blocked TO ${APP_ROLE};

  GRANT USAGE ON SCHEMA quarantine TO ${APP_ROLE};
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA quarantine FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION quarantine.settle, quarantine.set_state TO ${APP_ROLE}`;

const QUARANTINE_GRANTS = `
  GRANT USAGE ON SCHEMA public, mart TO ${QUARANTINE_ROLE};
  GRANT SELECT ON mart.quarantined_records, ${listOf(QUARANTINE_TABLES)} TO ${QUARANTINE_ROLE}`;

/**
 * The timeouts keep a forgotten query from holding back the vacuum of a live table for hours; queries that count clients
 * need the memory. Analysts may set other limits for a session.
 */
const ANALYST_SETTINGS = [
  'default_transaction_read_only = on',
  "statement_timeout = '30min'",
  "idle_in_transaction_session_timeout = '10min'",
  "work_mem = '64MB'",
  "timezone = 'UTC'",
];

/**
 * Creates missing roles, sets the given passwords, and grants what each role needs. Run it in a transaction after every
 * defineMart, because recreated objects have no grants.
 *
 * @returns missing roles that this user may not create. Without analyst or messaging_app nothing was granted
 */
export async function grantAccess(runner: QueryRunner, passwords: Passwords): Promise<readonly string[]> {
  const missing = await missingRoles(runner);
  const created = (await mayCreateRoles(runner)) ? missing : [];
  const absent = missing.filter((role) => !created.includes(role));
  if (absent.some((role) => role !== QUARANTINE_ROLE)) return absent;

  for (const role of created) {
    // Roles belong to the whole server: the mart-init of another database may be creating the same one.
    await runner.query(`
      DO $$ BEGIN CREATE ROLE ${role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
    `);
  }
  await setPassword(runner, ANALYST_ROLE, passwords.analyst);
  await setPassword(runner, APP_ROLE, passwords.app);
  if (created.includes(ANALYST_ROLE) || passwords.analyst !== undefined) {
    for (const setting of ANALYST_SETTINGS) await runner.query(`ALTER ROLE ${ANALYST_ROLE} SET ${setting}`);
  }
  const [{ grants }] = (await runner.query('SELECT format($1, current_database(), current_database()) AS grants', [
    GRANTS,
  ])) as [{ grants: string }];
  await runner.query(grants);
  if (!absent.includes(QUARANTINE_ROLE)) await runner.query(QUARANTINE_GRANTS);
  return absent;
}

async function missingRoles(runner: QueryRunner): Promise<string[]> {
  const rows = (await runner.query(
    `SELECT role FROM unnest($1::text[]) AS role WHERE role NOT IN (SELECT rolname FROM pg_catalog.pg_roles) ORDER BY role`,
    [[ANALYST_ROLE, APP_ROLE, QUARANTINE_ROLE]],
  )) as { role: string }[];
  return rows.map(({ role }) => role);
}

async function mayCreateRoles(runner: QueryRunner): Promise<boolean> {
  const [row] = (await runner.query(
    'SELECT rolcreaterole OR rolsuper AS may FROM pg_roles WHERE rolname = current_user',
  )) as [{ may: boolean }];
  return row.may;
}

async function setPassword(runner: QueryRunner, role: string, password: string | undefined): Promise<void> {
  if (password === undefined) return;
  const [{ statement }] = (await runner.query(
    `SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', $1::text, $2::text) AS statement`,
    [role, password],
  )) as [{ statement: string }];
  await runner.query(statement);
}
