import type { ValueKind } from '../parameters/value-kind.js';

/** PostgreSQL type of a column. `id` is a bigint that is text in JSON; `campaign_id` one that is text only beyond 2^53. */
export type ColumnType =
  | 'bigint'
  | 'boolean'
  | 'bytea'
  | 'campaign_id'
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

/** A parameter specific to a resource. Every list also takes `sort`, `limit`, `cursor` and `columns`, and every resource `format`. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly kind: ValueKind;
  readonly description: string;
  readonly example?: string;
  /** A request without it is an error. Path parameters are always required. */
  readonly required?: true;
  /** The column that is compared with the value, if there is one. */
  readonly column?: string;
  readonly use: Condition | Argument;
}

/** An SQL condition that selects rows; `value` is a bound placeholder with its cast. */
export interface Condition {
  readonly where: (value: string) => string;
  /** Replaces `where` if the value is empty: selects rows without a value. */
  readonly whereEmpty?: string;
  /** Applies if the parameter is absent. */
  readonly whereAbsent?: string;
}

/** Passes the value as this argument of the function. Without a value the function uses its default. */
export interface Argument {
  readonly argument: string;
}

/** Validated values of the resource's own parameters, by name. Absent parameters are left out. */
export type ParameterValues = Readonly<Record<string, string>>;

/** A resource below /api/v1. Its routes, SQL and OpenAPI document are built from this. */
export interface Resource {
  /** Below /api/v1, as Express writes it: `campaigns/:type/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** `list` returns pages of rows, `item` the one row that the path identifies. */
  readonly kind: 'list' | 'item';
  /** What follows FROM in SQL: a relation, or a function that takes the parameters with `argument`. */
  readonly from: { readonly relation: string } | { readonly function: string };
  readonly columns: readonly Column[];
  readonly parameters: readonly Parameter[];
  /** A request must have exactly one of these parameters. Empty: no such rule. */
  readonly oneOf: readonly string[];
  /** Columns that together identify a row; every order ends with them. */
  readonly key: readonly string[];
  /** Columns that `sort` accepts. */
  readonly sortable: readonly string[];
  /** Default order, before the key; a leading minus means descending. */
  readonly order: (parameterValues: ParameterValues) => readonly string[];
  /** SQL expression and type to sort by, for columns that do not sort correctly as they are. */
  readonly sortedBy: Readonly<Record<string, { readonly sql: string; readonly type: ColumnType }>>;
  /** No row is an answer, although the path identifies something. Otherwise it means that the thing does not exist. */
  readonly canBeEmpty: boolean;
  /** Contains client-level data. */
  readonly needsToken: boolean;
  /** The role that may run its SQL, if the analysts' role may not. */
  readonly sqlRole: string | null;
  /** Reads the rows of messages, which takes seconds on a large mart. Other resources read sums. */
  readonly isSlow: (parameterValues: ParameterValues) => boolean;
}
