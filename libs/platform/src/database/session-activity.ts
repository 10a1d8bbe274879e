/** What a session of this role in this database is doing. */
export interface SessionActivity {
  readonly pid: number;
  readonly application: string;
  /** As in pg_stat_activity: active, idle, idle in transaction. */
  readonly state: string;
  readonly wait_type: string | null;
  readonly wait_event: string | null;
  /** Seconds since its last statement started or ended. */
  readonly seconds: number;
  /** The sessions that hold the lock it waits for; null if it does not wait for a lock. */
  readonly blockers: readonly Blocker[] | null;
}

/** Fields that this role may not see are null. */
export interface Blocker {
  readonly pid: number;
  readonly application: string | null;
  readonly role: string | null;
  readonly host: string | null;
  readonly state: string | null;
  readonly since: string | null;
  /** Whether it belongs to the same app and role as the waiting session, and its client has been silent for long. */
  readonly is_lost: boolean;
}

/** Apps never pause this long within a transaction, so the process is frozen or its machine is gone. */
const LOST_AFTER = `interval '10 s'`;

const isLost = (session: string, application: string) => `
  coalesce(${session}.application_name = ${application} AND ${session}.usename = session_user
    AND ${session}.wait_event = 'ClientRead' AND ${session}.xact_start IS NOT NULL
    AND clock_timestamp() - greatest(${session}.query_start, ${session}.state_change) > ${LOST_AFTER}, false)`;

/** Returns a SessionActivity for each session of this role in this database, except its own. */
export const SESSION_ACTIVITY = `
  SELECT pid, application_name AS application, state, wait_event_type AS wait_type, wait_event,
         extract(epoch FROM clock_timestamp() - greatest(query_start, state_change))::float8 AS seconds,
         CASE WHEN wait_event_type = 'Lock' THEN (
           SELECT coalesce(json_agg(json_build_object(
                    'pid', blocking_pid, 'application', blocking.application_name, 'role', blocking.usename,
                    'host', host(blocking.client_addr), 'state', blocking.state,
                    'since', to_char(blocking.state_change AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                    'is_lost', ${isLost('blocking', 'session.application_name')})), '[]')
           FROM unnest(pg_blocking_pids(session.pid)) AS blocking_pid
           LEFT JOIN pg_stat_activity AS blocking ON blocking.pid = blocking_pid
         ) END AS blockers
  FROM pg_stat_activity AS session
  WHERE datname = current_database() AND usename = session_user AND backend_type = 'client backend'
    AND pid <> pg_backend_pid()`;

/** Ends a session of this app and role whose client is lost. A session that has resumed meanwhile is left alone. */
export function endLostSession(pid: number): string {
  const own = `current_setting('application_name')`;
  return `SELECT pg_terminate_backend(pid) FROM pg_stat_activity AS session WHERE pid = ${pid} AND ${isLost('session', own)}`;
}

/** What a session waits for, if the wait may last forever; undefined if it is working or waits for its client. */
export function waitOf({ wait_type: type, wait_event: event, blockers }: SessionActivity): string | undefined {
  if (type === 'Lock') return `waits for a lock (${event}) of ${(blockers ?? []).map(describe).join(', ')}`;
  if (event === 'SyncRep') return 'COMMIT waits for a synchronous standby (synchronous_standby_names)';
  return undefined;
}

function describe({ pid, application, role, host, state, since }: Blocker): string {
  if (pid === 0) return 'a prepared transaction (see pg_prepared_xacts)';
  const who = [application || 'unnamed', role && `as ${role}`, host && `from ${host}`].filter(Boolean).join(' ');
  return `pid ${pid} (${[who, state && `${state} since ${since}`].filter(Boolean).join(', ')})`;
}
