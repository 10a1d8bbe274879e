import type { TableContract } from '#schema/contract.js';
import { COPY_OPTIONS } from '#schema/copy-text.js';

/** The statements that load one reference table, generated from the contract. */
export interface ReferenceSql {
  /** Creates a temporary table like the real one, plus `line`: the row's line number in the file. */
  readonly createStaging: string;
  readonly copy: string;
  /** Removes rows of erased clients; undefined for a table without clients. */
  readonly removeErased: string | undefined;
  /** Without statistics the planner assumes a small table and sorts millions of rows in memory. */
  readonly analyzeStaging: string;
  /** Creates a temporary table of the rows that repeat an earlier key: line, first_line, differs. */
  readonly findRepeats: string;
  /** -> identical, differing: bigint */
  readonly countRepeats: string;
  /** $1: maximum number of rows -> line, first_line: bigint */
  readonly listDifferingRepeats: string;
  /** -> inserted, updated: bigint */
  readonly merge: string;
}

export function referenceSql({ table, columns, primaryKey }: TableContract): ReferenceSql {
  const target = `public.${quote(table)}`;
  const staging = `pg_temp.${quote(`staged_${table}`)}`;
  const repeats = `pg_temp.${quote(`repeated_${table}`)}`;
  const names = columns.map(({ name }) => name);
  const values = names.filter((name) => !primaryKey.includes(name));
  const all = list(names);
  const row = `ROW(${list(values)})`;
  return {
    createStaging: `CREATE TEMPORARY TABLE ${staging} (line bigint NOT NULL, LIKE ${target}) ON COMMIT DROP`,
    copy: `COPY ${staging} (line, ${all}) FROM STDIN ${COPY_OPTIONS}`,
    removeErased: names.includes('client_id')
      ? `DELETE FROM ${staging} WHERE (SELECT erasure.is_in_use())
           AND client_id IN (SELECT erasure.blocked(ARRAY(SELECT client_id FROM ${staging})))`
      : undefined,
    analyzeStaging: `ANALYZE ${staging}`,
    findRepeats: `
      CREATE TEMPORARY TABLE ${repeats} ON COMMIT DROP AS
      SELECT line, first_line, differs
      FROM (
        SELECT line, first_value(line) OVER same_key AS first_line,
               ${row} IS DISTINCT FROM first_value(${row}) OVER same_key AS differs
        FROM ${staging}
        WINDOW same_key AS (PARTITION BY ${list(primaryKey)} ORDER BY line)
      ) AS keyed
      WHERE line <> first_line`,
    countRepeats: `
      SELECT count(*) FILTER (WHERE NOT differs) AS identical, count(*) FILTER (WHERE differs) AS differing
      FROM ${repeats}`,
    listDifferingRepeats: `SELECT line, first_line FROM ${repeats} WHERE differs ORDER BY line LIMIT $1`,
    // EXCEPT removes rows that are already stored, so a repeated load writes nothing, not even row locks. It also merges
    // identical rows. xmax is 0 in an inserted row and not in an updated one.
    merge: `
      WITH merged AS (
        INSERT INTO ${target} (${all})
        SELECT ${all} FROM ${staging} EXCEPT SELECT ${all} FROM ${target}
        ON CONFLICT (${list(primaryKey)}) ${onConflict(values)}
        RETURNING xmax = 0 AS inserted
      )
      SELECT count(*) FILTER (WHERE inserted) AS inserted, count(*) FILTER (WHERE NOT inserted) AS updated FROM merged`,
  };
}

function onConflict(values: readonly string[]): string {
  if (values.length === 0) return 'DO NOTHING';
  return `DO UPDATE SET ${values.map((name) => `${quote(name)} = EXCLUDED.${quote(name)}`).join(', ')}`;
}

function list(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

function quote(name: string): string {
  return `"${name}"`;
}
