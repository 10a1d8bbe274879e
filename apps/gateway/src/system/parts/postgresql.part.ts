import { MART_SCHEMA_COMMENT } from '#schema/mart/define-mart.js';
import { migrations } from '#schema/migrations.js';
import type { DatabaseConnection } from '#platform/database/database-connection.js';
import type { Part, PartAnswer } from '../part.js';

export interface PostgresqlFigures {
  readonly version: string;
  readonly size_bytes: number;
  /** Of all clients of the server, and how many it allows to those that are no superusers. */
  readonly connections: number;
  readonly connections_limit: number;
  /** Migrations that this program knows and the database lacks. */
  readonly pending_migrations: readonly string[];
  /** Whether the schema mart is as this program defines it. */
  readonly mart_is_current: boolean;
}

interface ServerRow extends Omit<PostgresqlFigures, 'pending_migrations' | 'mart_is_current'> {
  readonly mart: string | null;
  readonly is_migrated: boolean;
}

const SERVER_SQL = `
  SELECT current_setting('server_version') AS version,
         pg_database_size(current_database())::float8 AS size_bytes,
         (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::integer AS connections,
         current_setting('max_connections')::integer - current_setting('reserved_connections')::integer
           - current_setting('superuser_reserved_connections')::integer AS connections_limit,
         obj_description(to_regnamespace('mart'), 'pg_namespace') AS mart,
         to_regclass('public.migrations') IS NOT NULL AS is_migrated`;

/** From here on it is time to act. */
const CONNECTIONS_SHARE = 0.8;

export class PostgresqlPart implements Part<PostgresqlFigures> {
  readonly name = 'postgresql';
  readonly remedy = 'See whether PostgreSQL runs and can be reached at DATABASE_URL, and what its log says.';

  constructor(private readonly connection: DatabaseConnection) {}

  async ask(): Promise<PartAnswer<PostgresqlFigures>> {
    const [row] = await this.connection.probe<ServerRow>(SERVER_SQL);
    const { mart, is_migrated: isMigrated, ...server } = row!;
    const run = isMigrated ? await this.connection.probe<{ name: string }>('SELECT name FROM public.migrations') : [];
    const pending = migrations.map(({ name }) => name).filter((name) => !run.some((each) => each.name === name));
    return judge({ ...server, pending_migrations: pending, mart_is_current: mart === MART_SCHEMA_COMMENT });
  }
}

function judge(figures: PostgresqlFigures): PartAnswer<PostgresqlFigures> {
  const { connections, connections_limit: limit, pending_migrations: pending } = figures;
  if (pending.length > 0 || !figures.mart_is_current) {
    return {
      status: 'degraded',
      message:
        pending.length > 0 ? `migrations are missing: ${pending.join(', ')}` : 'the schema mart is of another version',
      action: 'Run mart-init of the same version as the gateway.',
      figures,
    };
  }
  if (connections > CONNECTIONS_SHARE * limit) {
    return {
      status: 'degraded',
      message: `${connections} of ${limit} connections are in use`,
      action: 'See in pg_stat_activity whose they are; raise max_connections or lower DATABASE_POOL_SIZE.',
      figures,
    };
  }
  return { status: 'up', figures };
}
