import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { databaseShape } from '#platform/config/database-config.js';
import { readEnv } from '#platform/config/env.js';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { migrate } from '#schema/migrate.js';
import { contract, REFERENCE_TABLES, type Column, type TableContract } from '#schema/contract.js';
import { entities, SQL_TYPES } from '#schema/entities.js';
import { migrations } from '#schema/migrations.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

/** The properties of a table that contract, entities and database have in common. */
interface TableShape {
  columns: { name: string; type: string; nullable: boolean }[];
  /** Columns in the order of the key. */
  primaryKey: string[];
}

const contractTables: TableContract[] = [contract, ...REFERENCE_TABLES];
/** Internal tables, which are not in the contract. */
const ownTables = [
  ...['quarantined_messages', 'quarantine_attempts'],
  ...['spark_writes', 'skipped_records', 'consumer_positions', 'erasures', 'pipelines'],
];
const tableNames = [...contractTables.map(({ table }) => table), ...ownTables];

function shapeOfContract({ columns, primaryKey }: TableContract): TableShape {
  const neverNull = ({ name, required }: Column) => required ?? contract.flags.some(({ flag }) => flag === name);
  return {
    columns: columns.map((column) => ({
      name: column.name,
      type: SQL_TYPES[column.kind],
      nullable: !neverNull(column),
    })),
    primaryKey: [...primaryKey],
  };
}

function shapeOfEntity(dataSource: DataSource, table: string): TableShape {
  const { columns, primaryColumns } = dataSource.getMetadata(table);
  return {
    columns: columns.map((column) => ({
      name: column.databaseName,
      type:
        dataSource.driver.normalizeType(column).replace('timestamp with time zone', 'timestamptz') +
        (column.isArray ? '[]' : ''),
      nullable: column.isNullable,
    })),
    primaryKey: primaryColumns.map(({ databaseName }) => databaseName),
  };
}

async function shapeOfTable(dataSource: DataSource, table: string): Promise<TableShape> {
  const columns = await dataSource.query<TableShape['columns']>(
    `SELECT attname AS name, replace(format_type(atttypid, atttypmod), 'timestamp with time zone', 'timestamptz') AS type,
            NOT attnotnull AS nullable
     FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  );
  const key = await dataSource.query<{ name: string }[]>(
    `SELECT attname AS name
     FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (attnum, place)
     JOIN pg_attribute USING (attnum)
     WHERE indrelid = $1::regclass AND attrelid = indrelid AND indisprimary ORDER BY place`,
    [table],
  );
  return { columns, primaryKey: key.map(({ name }) => name) };
}

/** Everything that a migration can leave behind. */
function objectsOf(dataSource: DataSource): Promise<unknown[]> {
  return dataSource.query(
    `WITH own AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('public', 'ledger', 'mart', 'erasure'))
     SELECT relname AS name, relkind AS kind FROM pg_class WHERE relnamespace IN (SELECT oid FROM own)
     UNION ALL SELECT proname, 'function' FROM pg_proc WHERE pronamespace IN (SELECT oid FROM own)
     UNION ALL SELECT typname, 'type' FROM pg_type WHERE typnamespace IN (SELECT oid FROM own)
     UNION ALL SELECT tgname, 'trigger' FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL SELECT nspname, 'schema' FROM own
     ORDER BY 1, 2`,
  );
}

describe('after all migrations,', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  function runMigrations(): Promise<unknown> {
    return inTransaction(dataSource, (runner) => migrate(dataSource, runner));
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = readEnv(databaseShape, { DATABASE_URL: database.url });
    dataSource = new DataSource(dataSourceOptions(config, { applicationName: 'schema-drift', entities, migrations }));
    await dataSource.initialize();
    await runMigrations();
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  it.each(contractTables)('$table matches the contract, in the database and as an entity', async (table) => {
    const expected = shapeOfContract(table);
    expect(await shapeOfTable(dataSource, table.table)).toEqual(expected);
    expect(shapeOfEntity(dataSource, table.table)).toEqual(expected);
  });

  it.each(contractTables)('$table refuses times that are not finite, in every column with a time', async (table) => {
    const [found] = await dataSource.query<{ constraint: string }[]>(
      'SELECT pg_get_constraintdef(oid) AS constraint FROM pg_constraint WHERE conname = $1',
      [`${table.table}_times_are_finite`],
    );
    const checked = [...found!.constraint.matchAll(/isfinite\((\w+)\)/g)].map(([, name]) => name);
    const times = table.columns.filter(({ kind }) => kind === 'date' || kind === 'time').map(({ name }) => name);
    expect(checked).toEqual(times);
  });

  it.each(ownTables)('%s matches its entity', async (table) => {
    const live = await shapeOfTable(dataSource, table);
    expect(live.columns.length).toBeGreaterThan(0);
    expect(live).toEqual(shapeOfEntity(dataSource, table));
  });

  it('every entity belongs to a table that is compared here', () => {
    expect(dataSource.entityMetadatas.map(({ tableName }) => tableName).sort()).toEqual([...tableNames].sort());
  });

  it("TypeORM's schema builder finds nothing to change", async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    // Entity schemas can express neither comments on tables nor BRIN and hash indexes.
    const queries = upQueries
      .map(({ query }) => query)
      .filter((query) => !/^COMMENT ON TABLE|_(brin|hash)"$/.test(query));
    expect(queries).toEqual([]);
  });

  it('each migration can be reverted and run again', async () => {
    const before = await objectsOf(dataSource);
    for (let left = migrations.length; left > 0; left--) await dataSource.undoLastMigration();
    const remaining = (await objectsOf(dataSource)) as { name: string }[];
    // TypeORM's list of migrations stays.
    expect(remaining.filter(({ name }) => !/^(PK_\w+|_?migrations(_id_seq)?|public)$/.test(name))).toEqual([]);
    await runMigrations();
    expect(await objectsOf(dataSource)).toEqual(before);
  });
});
