import { readFileSync } from 'node:fs';
import { tableRows } from '../../../tools/docs-check/markdown.js';
import { query } from '../mart-database.js';

interface GrantedRight {
  readonly role: string;
  readonly kind: 'database' | 'schema' | 'table' | 'column' | 'function';
  /** Empty for the database. */
  readonly schema: string;
  readonly name: string;
  readonly right: string;
}

const OURS = `('public', 'mart', 'ledger', 'erasure', 'quarantine')`;

/** Everything that somebody other than the owner may do, also by the defaults of PostgreSQL. */
const GRANTED = `
  WITH object (kind, schema, name, owner, acl) AS (
    SELECT 'database', '', '', datdba, coalesce(datacl, acldefault('d', datdba))
    FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT 'schema', nspname, '', nspowner, coalesce(nspacl, acldefault('n', nspowner))
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL
    SELECT CASE WHEN relkind = 'S' THEN 'sequence' ELSE 'table' END, nspname, relname, relowner, relacl
    FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace WHERE nspname IN ${OURS}
    UNION ALL
    SELECT 'column', nspname, relname || '.' || attname, relowner, attacl
    FROM pg_attribute JOIN pg_class AS class ON class.oid = attrelid JOIN pg_namespace AS space ON space.oid = relnamespace
    WHERE nspname IN ${OURS}
    UNION ALL
    SELECT 'function', nspname, proname, proowner, coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc JOIN pg_namespace AS space ON space.oid = pronamespace WHERE nspname IN ${OURS}
    UNION ALL
    SELECT 'default', coalesce(defaclnamespace::regnamespace::text, ''), defaclobjtype::text, defaclrole, defaclacl FROM pg_default_acl
  )
  SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS role, kind, schema, name,
         privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS right
  FROM object, aclexplode(acl)
  WHERE grantee <> owner AND grantee <> 'pg_database_owner'::regrole`;

/** @returns one line for each right */
export async function grantedRights(url: string): Promise<string[]> {
  return (await query<GrantedRight>(url, GRANTED)).map(lineOf).toSorted();
}

/** The rows of the table in docs/rights.md, one line for each right on each object of the database. */
export async function documentedGrants(url: string): Promise<string[]> {
  const objects = await query<Pick<GrantedRight, 'kind' | 'schema' | 'name'>>(
    url,
    `SELECT 'table' AS kind, nspname AS schema, relname AS name
     FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace WHERE relkind IN ('r', 'v', 'm', 'p') AND nspname IN ${OURS}
     UNION SELECT 'function', nspname, proname FROM pg_proc JOIN pg_namespace AS space ON space.oid = pronamespace WHERE nspname IN ${OURS}`,
  );
  const rows = tableRows(readFileSync(new URL('../../../docs/rights.md', import.meta.url), 'utf8'), 'role');
  return rows
    .flatMap((row) => {
      const role = row['role']!.replaceAll('`', '');
      return row['right']!.split(', ').flatMap((right) =>
        objectsOf(row['object']!, objects).map((object) => lineOf({ ...object, role, right })),
      );
    })
    .toSorted();
}

type Named = Pick<GrantedRight, 'kind' | 'schema' | 'name'>;

function objectsOf(cell: string, objects: readonly Named[]): Named[] {
  if (cell === 'database') return [{ kind: 'database', schema: '', name: '' }];
  const [, columns, table] = /^columns (`.+`) of `([\w.]+)`$/.exec(cell) ?? [];
  if (columns !== undefined) {
    const [schema, name] = table!.split('.');
    return columns
      .split(', ')
      .map((column) => ({ kind: 'column', schema: schema!, name: `${name}.${column.replaceAll('`', '')}` }));
  }
  const [, kind, of, name] = /^(schema|tables?|functions?)( of)? `([\w.]+)`$/.exec(cell) ?? [];
  if (kind === 'schema') return [{ kind, schema: name!, name: '' }];
  const found = objects.filter(
    (object) =>
      kind?.startsWith(object.kind) && (of ? object.schema === name : `${object.schema}.${object.name}` === name),
  );
  if (found.length === 0) throw new Error(`docs/rights.md: ${cell} is not an object of the database`);
  return found;
}

function lineOf({ role, kind, schema, name, right }: GrantedRight): string {
  return `${role}: ${right} on ${[kind, schema, name].filter((part) => part !== '').join(' ')}`;
}
