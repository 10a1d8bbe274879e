import { types, type Client } from 'pg';
import { withClient } from './mart-database.js';

export type MartRow = Record<string, unknown>;

/** Parses counts and rates as numbers, which is exact for the small marts of tests, and leaves days as text. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [types.builtins.INT8]: Number,
  [types.builtins.NUMERIC]: Number,
  [types.builtins.DATE]: (text) => text,
};

const MART_TYPES = {
  getTypeParser: ((oid: number) => PARSERS[oid] ?? (types.getTypeParser(oid) as unknown)) as typeof types.getTypeParser,
};

/** Rows of a query as objects. */
export async function martRows(client: Client, sql: string): Promise<MartRow[]> {
  return (await client.query<MartRow>({ text: sql, types: MART_TYPES })).rows;
}

/** Rows of a query as lists of values, short enough to write in a test. */
export async function martTable(client: Client, sql: string): Promise<unknown[][]> {
  return (await client.query<unknown[]>({ text: sql, types: MART_TYPES, rowMode: 'array' })).rows;
}

/** Runs `work` in a transaction that is rolled back, so that tests can share a database, which is slow to create. */
export function rolledBack(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  return withClient(url, async (client) => {
    await client.query('BEGIN');
    await work(client);
    await client.query('ROLLBACK');
  });
}

/** Sorts rows, to compare views, which have no order. */
export function sorted(rows: readonly MartRow[]): MartRow[] {
  const keyOf = (row: MartRow) => JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)));
  return rows
    .map((row) => ({ row, key: keyOf(row) }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ row }) => row);
}
