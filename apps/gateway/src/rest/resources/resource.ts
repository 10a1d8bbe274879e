import type { ValueKind } from '../parameters/value-kind.js';

/** PostgreSQL's type of a column; `id` is a bigint that JSON gives as text. */
export type ColumnType =
  | 'bigint'
  | 'boolean'
  | 'bytea'
  | 'date'
  | 'id'
  | 'integer'
  | 'jsonb'
  | 'numeric'
  | 'smallint'
  | 'text'
  | 'timestamptz';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
  readonly nullable: boolean;
  /** JSON schema of a jsonb column. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** A parameter that is the resource's own; `sort`, `limit`, `cursor` and `format` are those of every list. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly kind: ValueKind;
  readonly description: string;
  readonly example?: string;
  /** The column that has the value; absent where the parameter is about something else. */
  readonly column?: string;
  readonly use: Condition | Argument;
}

/** Which rows: a condition in SQL on the value, which comes as a bound parameter with its cast. */
export interface Condition {
  readonly where: (value: string) => string;
  /** In place of `where` for an empty value: rows without one. */
  readonly whereEmpty?: string;
  /** While the parameter is absent. */
  readonly whereAbsent?: string;
}

/** Name of the function's argument that the value is; absent: the function's own default. */
export interface Argument {
  readonly argument: string;
}

/** Values of the resource's own parameters that were given, by name; each is of its kind. */
export type Given = Readonly<Record<string, string>>;

/** Something that can be read below /api/v1: all that the routes, the SQL and the OpenAPI document are made of. */
export interface Resource {
  /** Below /api/v1, as Express writes it: `campaigns/:type/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** A page of rows, or the one row that the path names. */
  readonly kind: 'list' | 'item';
  /** What is read: SQL that stands behind FROM, or a function that takes the parameters with `argument`. */
  readonly from: { readonly relation: string } | { readonly function: string };
  readonly columns: readonly Column[];
  readonly parameters: readonly Parameter[];
  /** Columns that together are different in every row; the end of every order. */
  readonly key: readonly string[];
  /** Columns that `sort` takes. */
  readonly sortable: readonly string[];
  /** Order without `sort`, the key behind it; a minus for descending. */
  readonly order: (given: Given) => readonly string[];
  /** SQL to sort a column by, and its type, where the column itself would come in a useless order. */
  readonly sortedBy: Readonly<Record<string, { readonly sql: string; readonly type: ColumnType }>>;
  /** Names single clients, or holds what does. */
  readonly needsToken: boolean;
  /** Reads rows of messages, seconds on a large mart, where the others read sums. */
  readonly isSlow: (given: Given) => boolean;
}
