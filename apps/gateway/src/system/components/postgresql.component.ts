import { MART_SCHEMA_COMMENT } from '#schema/mart/define-mart.js';
import { migrations } from '#schema/migrations.js';
import type { DatabaseConnection } from '#platform/database/database-connection.js';
import type { Component, ProbeResponse } from '../component.js';

export interface PostgresqlDetails {
  readonly version: string;
  readonly size_bytes: number;
  /** Connections of all clients to the server, and how many it allows to users that are not superusers. */
  readonly connections: number;
  readonly connections_limit: number;
  /** Whether it is a standby, which cannot be written to. */
  readonly is_standby: boolean;
  /** Null before the first run of mart-init, like the next two. */
  readonly ledger_deltas_bytes: number | null;
  /** Age of the oldest snapshot or transaction of the database; 0 without one. */
  readonly oldest_snapshot_seconds: number | null;
  readonly oldest_snapshot_holder: string | null;
  /** Migrations of this version that the database lacks. */
  readonly pending_migrations: readonly string[];
  /** Whether the schema mart was created by this version. */
  readonly mart_is_current: boolean;
}

type Snapshot = Pick<PostgresqlDetails, 'oldest_snapshot_seconds' | 'oldest_snapshot_holder'>;

const SNAPSHOT_SQL = `
  SELECT coalesce(seconds, 0) AS oldest_snapshot_seconds, holder AS oldest_snapshot_holder FROM ledger.oldest_snapshot()`;

interface ServerRow extends Omit<PostgresqlDetails, 'pending_migrations' | 'mart_is_current' | keyof Snapshot> {
  readonly mart: string | null;
  readonly is_migrated: boolean;
}

const SERVER_SQL = `
  SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS is_standby,
         pg_database_size(current_database())::float8 AS size_bytes,
         (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::integer AS connections,
         current_setting('max_connections')::integer - current_setting('reserved_connections')::integer
           - current_setting('superuser_reserved_connections')::integer AS connections_limit,
         pg_total_relation_size(to_regclass('ledger.deltas'))::float8 AS ledger_deltas_bytes,
         obj_description(to_regnamespace('mart'), 'pg_namespace') AS mart,
         to_regclass('public.migrations') IS NOT NULL AS is_migrated`;

/** The component is degraded if more than this share of the connections is in use. */
const CONNECTIONS_SHARE = 0.8;

export class PostgresqlComponent implements Component<PostgresqlDetails> {
  readonly name = 'postgresql';
  readonly remedy = 'Check that PostgreSQL runs and is reachable at DATABASE_URL, and read its log.';

  constructor(private readonly connection: DatabaseConnection) {}

  async probe(): Promise<ProbeResponse<PostgresqlDetails>> {
    const [row] = await this.connection.probe<ServerRow>(SERVER_SQL);
    const { mart, is_migrated: isMigrated, ...server } = row!;
    const run = isMigrated ? await this.connection.probe<{ name: string }>('SELECT name FROM public.migrations') : [];
    const pending = migrations.map(({ name }) => name).filter((name) => !run.some((each) => each.name === name));
    const [snapshot] = isMigrated && pending.length === 0 ? await this.connection.probe<Snapshot>(SNAPSHOT_SQL) : [];
    return judge({
      ...server,
      oldest_snapshot_seconds: snapshot?.oldest_snapshot_seconds ?? null,
      oldest_snapshot_holder: snapshot?.oldest_snapshot_holder ?? null,
      pending_migrations: pending,
      mart_is_current: mart === MART_SCHEMA_COMMENT,
    });
  }
}

function judge(details: PostgresqlDetails): ProbeResponse<PostgresqlDetails> {
  const { connections, connections_limit: limit, pending_migrations: pending } = details;
  if (pending.length > 0 || !details.mart_is_current) {
    return {
      status: 'degraded',
      message:
        pending.length > 0
          ? `migrations are missing: ${pending.join(', ')}`
          : 'the schema mart was created by another version',
      action: 'Run mart-init of the same version as the gateway.',
      details,
    };
  }
  if (details.is_standby) {
    return {
      status: 'degraded',
      message: 'the server is a standby, which is read-only: this gateway neither folds nor recounts the ledger',
      action:
        'Name the primary in DATABASE_URL, and the standby in MART_READ_URL. After a failover wait until a server is promoted.',
      details,
    };
  }
  if (connections > CONNECTIONS_SHARE * limit) {
    return {
      status: 'degraded',
      message: `${connections} of ${limit} connections are in use`,
      action: 'pg_stat_activity shows who holds them. Raise max_connections, or lower DATABASE_POOL_SIZE.',
      runbook: 'PostgresConnectionsNearLimit',
      details,
    };
  }
  return { status: 'up', details };
}
