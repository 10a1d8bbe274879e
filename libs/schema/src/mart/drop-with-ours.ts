import type { QueryRunner } from 'typeorm';
import { DependentsError } from './dependents-error.js';
import { literal } from './sql-literal.js';

/** Queries of (classid, objid), as in pg_depend. */
export const OUR_VIEWS = `
  SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace = 'mart'::regnamespace AND relkind = 'v'`;
export const OUR_FUNCTIONS = `
  SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace = 'mart'::regnamespace`;
export const viewsNamed = (name: string) => `${OUR_VIEWS} AND relname = ${literal(name)}`;
export const functionsNamed = (name: string) => `${OUR_FUNCTIONS} AND proname = ${literal(name)}`;

/** Functions of the name but for the one written last: replacing a function with other parameters creates another one. */
export const otherOverloads = (name: string) => `
  ${functionsNamed(name)} AND oid <> (
    SELECT oid FROM pg_proc WHERE pronamespace = 'mart'::regnamespace AND proname = ${literal(name)} ORDER BY age(xmin) LIMIT 1
  )`;

interface Affected {
  readonly kind: 'view' | 'function';
  readonly name: string;
  /** As in DROP, such as "materialized view". */
  readonly type: string;
  readonly is_ours: boolean;
  /** Whether an affected view calls it. */
  readonly is_called: boolean;
}

/** The roots and everything that depends on them. A view depends through its rule, a function that returns its rows through its type. */
const affectedSql = (roots: string) => `
  WITH RECURSIVE affected (classid, objid) AS (
    SELECT * FROM (${roots}) AS roots
    UNION
    SELECT next.classid, next.objid FROM affected CROSS JOIN LATERAL (
      SELECT classid, objid FROM pg_depend WHERE refclassid = affected.classid AND refobjid = affected.objid
      UNION ALL
      SELECT 'pg_class'::regclass, ev_class FROM pg_rewrite
      WHERE affected.classid = 'pg_rewrite'::regclass AND pg_rewrite.oid = affected.objid
    ) AS next
  )
  SELECT CASE classid WHEN 'pg_proc'::regclass THEN 'function' ELSE 'view' END AS kind, object.type, object.identity AS name,
         object.schema = 'mart' AND object.type IN ('view', 'function') AS is_ours,
         EXISTS (
           SELECT FROM pg_depend JOIN affected AS rule ON rule.classid = 'pg_rewrite'::regclass AND rule.objid = pg_depend.objid
           WHERE pg_depend.classid = rule.classid AND refclassid = affected.classid AND refobjid = affected.objid
         ) AS is_called
  FROM affected CROSS JOIN LATERAL pg_identify_object(classid, objid, 0) AS object
  WHERE classid = 'pg_proc'::regclass
     OR classid = 'pg_class'::regclass AND (SELECT relkind FROM pg_class WHERE oid = objid) <> 'c'
  ORDER BY object.identity`;

/**
 * Drops objects of the schema mart, with all others of that schema that depend on them. Without CASCADE, so that nothing else is
 * dropped. Functions that views call are dropped after the views, the others before, as they may return rows of views.
 *
 * @param roots a query of (classid, objid)
 * @throws DependentsError
 */
export async function dropWithOurs(runner: QueryRunner, roots: string): Promise<void> {
  const affected = (await runner.query(affectedSql(roots))) as Affected[];
  const foreign = affected.filter(({ is_ours: isOurs }) => !isOurs);
  if (foreign.length > 0) throw new DependentsError(foreign);
  const drop = async (what: string, objects: readonly Affected[]) => {
    if (objects.length > 0) await runner.query(`DROP ${what} ${objects.map(({ name }) => name).join(', ')}`);
  };
  const functions = affected.filter(({ kind }) => kind === 'function');
  await drop(
    'FUNCTION',
    functions.filter((each) => !each.is_called),
  );
  await drop(
    'VIEW',
    affected.filter(({ kind }) => kind === 'view'),
  );
  await drop(
    'FUNCTION',
    functions.filter((each) => each.is_called),
  );
}
