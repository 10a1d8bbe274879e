import type { QueryRunner } from 'typeorm';

/** Everything in the ledger that computes `nulls`: the functions of the triggers, and the recount. */
const DEFINITIONS = `
  SELECT proname AS name, pg_get_functiondef(oid) AS sql FROM pg_proc
  WHERE pronamespace = 'ledger'::regnamespace AND proname IN ('count_insert', 'count_update', 'count_delete')
  UNION ALL
  SELECT 'recount', 'CREATE OR REPLACE VIEW ledger.recount AS ' || pg_get_viewdef('ledger.recount'::regclass)
  ORDER BY name`;

/** One bit of `nulls`: as a migration writes it in a function, or as PostgreSQL prints it in a view. */
const BIT = /(?:\s*\+\s*)?CASE\s+WHEN \(?(?:\w+\.)?(\w+) IS NULL\)? THEN (\d+)\s+ELSE 0\s+END/g;

/** The columns whose missing values the ledger counts, in the order of their bits; by the name of the function or view. */
export async function columnsCounted(runner: QueryRunner): Promise<Record<string, string[]>> {
  const counted = (await definitions(runner)).map(({ name, sql }) => [name, bitsOf(sql).map(({ column }) => column)]);
  return Object.fromEntries(counted) as Record<string, string[]>;
}

/**
 * Makes the ledger count the missing values of new columns that can be null, then recounts all messages. For a migration,
 * after it has added the columns.
 *
 * @param columns in the contract's order
 */
export async function countMissingValues(runner: QueryRunner, columns: readonly string[]): Promise<void> {
  await redefine(runner, (sql) => {
    const last = bitsOf(sql).at(-1)!;
    const added = columns.map(
      (column, i) => ` + CASE WHEN ${column} IS NULL THEN ${last.value * 2 ** (i + 1)} ELSE 0 END`,
    );
    return sql.replace(last.text, last.text + added.join(''));
  });
}

/** Reverts `countMissingValues`. For a migration, before it drops the columns. */
export async function ignoreMissingValues(runner: QueryRunner, columns: readonly string[]): Promise<void> {
  await redefine(runner, (sql) =>
    sql.replace(BIT, (text: string, column: string) => (columns.includes(column) ? '' : text)),
  );
}

function definitions(runner: QueryRunner): Promise<{ name: string; sql: string }[]> {
  return runner.query(DEFINITIONS);
}

async function redefine(runner: QueryRunner, change: (sql: string) => string): Promise<void> {
  for (const { sql } of await definitions(runner)) await runner.query(change(sql));
  await runner.query('SELECT ledger.rebuild()');
}

function bitsOf(sql: string): { text: string; column: string; value: number }[] {
  return [...sql.matchAll(BIT)].map(([text, column, value]) => ({ text, column: column!, value: Number(value) }));
}
