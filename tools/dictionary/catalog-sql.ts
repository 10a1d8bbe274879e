/** Shared by columns and arguments: shortens PostgreSQL's name for timestamptz. */
function typeName(type: string, modifier: string): string {
  return `replace(format_type(${type}, ${modifier}), 'timestamp with time zone', 'timestamptz')`;
}

function notOfExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = '${catalog}'::regclass AND objid = ${oid} AND deptype = 'e'
  )`;
}

/** Returns rows of CatalogRelation. $1: names of schemas. Partitions are left out; the partitioned table is listed. */
export const RELATIONS_SQL = `
  SELECT
    nspname::text AS schema,
    relname::text AS name,
    CASE WHEN relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS kind,
    obj_description(c.oid, 'pg_class') AS comment,
    (
      SELECT coalesce(json_agg(json_build_object(
        'name', attname,
        'type', ${typeName('atttypid', 'atttypmod')},
        'nullable', NOT attnotnull,
        'default', pg_get_expr(adbin, adrelid),
        'comment', col_description(c.oid, attnum)
      ) ORDER BY attnum), '[]')
      FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    ) AS columns,
    (
      SELECT coalesce(json_agg(attname ORDER BY place), '[]')
      FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (attnum, place) JOIN pg_attribute USING (attnum)
      WHERE indrelid = c.oid AND attrelid = indrelid AND indisprimary AND place <= indnkeyatts
    ) AS "primaryKey",
    (
      SELECT coalesce(json_agg(pg_get_constraintdef(oid) ORDER BY conname COLLATE "C"), '[]')
      FROM pg_constraint WHERE conrelid = c.oid AND contype IN ('u', 'c', 'f', 'x')
    ) AS constraints,
    (
      SELECT coalesce(json_agg(pg_get_indexdef(indexrelid) ORDER BY pg_get_indexdef(indexrelid) COLLATE "C"), '[]')
      FROM pg_index
      WHERE indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    ) AS indexes
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE nspname = ANY ($1) AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition
    AND ${notOfExtension('pg_class', 'c.oid')}
  ORDER BY nspname COLLATE "C", relname COLLATE "C"`;

/** Returns rows of CatalogFunction. $1: names of schemas. */
export const FUNCTIONS_SQL = `
  SELECT
    nspname::text AS schema,
    proname::text AS name,
    (
      SELECT coalesce(json_agg(json_build_object(
        'name', nullif(proargnames[place], ''),
        'mode', CASE coalesce(proargmodes[place], 'i')
          WHEN 'o' THEN 'out' WHEN 'b' THEN 'inout' WHEN 'v' THEN 'variadic' WHEN 't' THEN 'table' ELSE 'in' END,
        'type', ${typeName('type', 'NULL')},
        'default', pg_get_function_arg_default(p.oid, place::integer)
      ) ORDER BY place), '[]')
      FROM unnest(coalesce(proallargtypes, proargtypes::oid[])) WITH ORDINALITY AS argument (type, place)
    ) AS arguments,
    replace(pg_get_function_result(p.oid), 'timestamp with time zone', 'timestamptz') AS result,
    obj_description(p.oid, 'pg_proc') AS comment
  FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
  WHERE nspname = ANY ($1) AND ${notOfExtension('pg_proc', 'p.oid')}
  ORDER BY nspname COLLATE "C", proname COLLATE "C", pg_get_function_identity_arguments(p.oid) COLLATE "C"`;
