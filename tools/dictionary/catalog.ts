import type { Client } from 'pg';
import { FUNCTIONS_SQL, RELATIONS_SQL } from './catalog-sql.js';

export interface CatalogColumn {
  readonly name: string;
  /** As PostgreSQL names it, but with `timestamptz` in its short form. */
  readonly type: string;
  /** Always true for views: PostgreSQL does not know more. */
  readonly nullable: boolean;
  /** Expression of the default or the generated value. */
  readonly default: string | null;
  readonly comment: string | null;
}

export interface CatalogRelation {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly comment: string | null;
  readonly columns: readonly CatalogColumn[];
  /** In the order of the key; empty for views. */
  readonly primaryKey: readonly string[];
  /** Definitions of unique, check and foreign keys. */
  readonly constraints: readonly string[];
  /** Definitions of the indexes that belong to no constraint. */
  readonly indexes: readonly string[];
}

export interface CatalogArgument {
  readonly name: string | null;
  readonly mode: 'in' | 'out' | 'inout' | 'variadic' | 'table';
  readonly type: string;
  readonly default: string | null;
}

export interface CatalogFunction {
  readonly schema: string;
  readonly name: string;
  readonly arguments: readonly CatalogArgument[];
  /** Null for a procedure. */
  readonly result: string | null;
  readonly comment: string | null;
}

/** The contents of a database, ordered by name. */
export interface Catalog {
  readonly relations: readonly CatalogRelation[];
  readonly functions: readonly CatalogFunction[];
}

/** TypeORM's list of executed migrations, which is not part of the mart. */
const BOOKKEEPING = ['public.migrations'];

/** Reads tables, views and functions of some schemas with their comments. Objects of extensions are left out. */
export async function readCatalog(client: Client, schemas: readonly string[]): Promise<Catalog> {
  await client.query('BEGIN READ ONLY');
  try {
    // The search path decides whether PostgreSQL prefixes a type with its schema.
    await client.query('SET LOCAL search_path TO public');
    const relations = (await client.query<CatalogRelation>(RELATIONS_SQL, [schemas])).rows;
    const functions = (await client.query<CatalogFunction>(FUNCTIONS_SQL, [schemas])).rows;
    return { relations: relations.filter((relation) => !BOOKKEEPING.includes(fullName(relation))), functions };
  } finally {
    await client.query('ROLLBACK');
  }
}

export function fullName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}.${name}`;
}

/** All documented objects that have no comment. */
export function withoutComment({ relations, functions }: Catalog): string[] {
  return [
    ...relations.flatMap((relation) => [
      ...(relation.comment ? [] : [fullName(relation)]),
      ...relation.columns.filter(({ comment }) => !comment).map(({ name }) => `${fullName(relation)}.${name}`),
    ]),
    ...functions.filter(({ comment }) => !comment).map((each) => `${fullName(each)}()`),
  ];
}
