/** The facts about a database that mart-init checks before it changes anything. */
export interface DatabaseFacts {
  readonly database: string;
  readonly user: string;
  readonly encoding: string;
  readonly is_standby: boolean;
  readonly may_create_schemas: boolean;
  readonly may_make_temporary_tables: boolean;
  readonly has_public: boolean;
  readonly may_create_in_public: boolean;
  /** Whether the ledger's triggers are off by default and this user may not switch them on. */
  readonly is_replica: boolean;
  readonly may_create_roles: boolean;
  readonly relations: readonly Relation[];
  readonly schemas: readonly Schema[];
  readonly roles: readonly Role[];
}

interface Owned {
  readonly name: string;
  readonly owner: string;
  /** Whether this user may change it. */
  readonly is_ours: boolean;
}

/** A table, view, index or sequence of the schema public. */
export interface Relation extends Owned {
  readonly has_policies: boolean;
  /** Whether it looks like TypeORM's migrations table: this user may read it, and it has a column `name`. */
  readonly holds_migrations: boolean;
}

export interface Schema extends Owned {
  readonly comment: string | null;
}

export interface Role {
  readonly name: string;
  /** Whether this user may set its password. */
  readonly is_administered: boolean;
}

/** Returns one row. $1: names of relations in the schema public; $2: names of schemas; $3: names of roles. */
export const DATABASE_FACTS = `
  SELECT current_database() AS database, current_user AS user,
         (SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()) AS encoding,
         pg_is_in_recovery() AS is_standby,
         has_database_privilege(current_database(), 'CREATE') AS may_create_schemas,
         has_database_privilege(current_database(), 'TEMPORARY') AS may_make_temporary_tables,
         to_regnamespace('public') IS NOT NULL AS has_public,
         coalesce(has_schema_privilege(to_regnamespace('public')::oid, 'CREATE'), false) AS may_create_in_public,
         current_setting('session_replication_role') = 'replica' AND NOT me.rolsuper AS is_replica,
         me.rolsuper OR me.rolcreaterole AS may_create_roles,
         (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'name', relname, 'owner', pg_get_userbyid(relowner), 'is_ours', pg_has_role(relowner, 'USAGE'),
                   'has_policies', relrowsecurity,
                   'holds_migrations', has_table_privilege(oid, 'SELECT')
                     AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'name')
                 ) ORDER BY relname), '[]')
          FROM pg_class WHERE relnamespace = to_regnamespace('public') AND relname = ANY ($1::text[])) AS relations,
         (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'name', nspname, 'owner', pg_get_userbyid(nspowner), 'is_ours', pg_has_role(nspowner, 'USAGE'),
                   'comment', obj_description(oid, 'pg_namespace')) ORDER BY nspname), '[]')
          FROM pg_namespace WHERE nspname = ANY ($2::text[])) AS schemas,
         (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'name', rolname,
                   'is_administered', me.rolsuper OR me.rolcreaterole AND pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')
                 ) ORDER BY rolname), '[]')
          FROM pg_roles WHERE rolname = ANY ($3::text[])) AS roles
  FROM pg_roles AS me WHERE me.rolname = current_user`;

/** Names of the executed migrations. Only for a table with `holds_migrations`. */
export const EXECUTED_MIGRATIONS = 'SELECT name FROM public.migrations';
