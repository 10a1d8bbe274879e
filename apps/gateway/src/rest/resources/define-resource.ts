import { MART_OBJECTS } from '#schema/mart/mart-objects.js';
import { MEASURE_DESCRIPTIONS } from '#schema/mart/measures.js';
import { MART_COLUMNS, type MartName } from './mart-columns.js';
import type { Column, ColumnType, ParameterValues, Parameter, Resource } from './resource.js';

type ColumnOf<N extends MartName> = keyof (typeof MART_COLUMNS)[N] & string;

interface Options<C extends string> {
  readonly path: string;
  readonly summary: string;
  readonly kind?: Resource['kind'];
  readonly parameters?: readonly Parameter[];
  readonly oneOf?: Resource['oneOf'];
  readonly canBeEmpty?: boolean;
  readonly key: readonly C[];
  /** Columns of the key, and counts, that can be null. */
  readonly nullable?: readonly C[];
  readonly order?: readonly string[] | ((parameterValues: ParameterValues) => readonly string[]);
  readonly sortedBy?: Resource['sortedBy'];
  readonly sqlRole?: string;
  readonly isSlow?: boolean | ((parameterValues: ParameterValues) => boolean);
}

interface MartOptions<N extends MartName> extends Options<ColumnOf<N>> {
  /** Descriptions of a function's columns. The mart describes only columns of views, measures and rates. */
  readonly columns?: Partial<Record<ColumnOf<N>, string>>;
  /** JSON schemas of jsonb columns. */
  readonly schemas?: Partial<Record<ColumnOf<N>, Readonly<Record<string, unknown>>>>;
}

const FLOAT = 'double precision';

/** A view that rounds to significant digits has floats. Answers show them as numeric, with all six digits and no exponent. */
function relationOf(view: string, types: Readonly<Record<string, string>>): string {
  if (!Object.values(types).includes(FLOAT)) return `mart.${view}`;
  const columns = Object.entries(types).map(([name, type]) =>
    type === FLOAT ? `mart.significant(${name}::numeric) AS ${name}` : name,
  );
  return `(\n  SELECT ${columns.join(', ')}\n  FROM mart.${view}\n)`;
}

/** A resource for a view or function of the schema mart, which defines its columns, types and descriptions. */
export function martResource<N extends MartName>(name: N, options: MartOptions<N>): Resource {
  const object = MART_OBJECTS.find((each) => each.name === name);
  if (object === undefined) throw new Error(`The mart has no ${name}`);
  const own = object.kind === 'view' ? object.columns : (options.columns ?? {});
  const descriptions: Record<string, string | undefined> = { ...MEASURE_DESCRIPTIONS, ...own };
  const { key, nullable = [] } = options;
  const schemas: Record<string, Column['schema']> = options.schemas ?? {};
  const sqlTypes: Readonly<Record<string, ColumnType | typeof FLOAT>> = MART_COLUMNS[name];
  const columns = Object.entries(sqlTypes).map(([column, sqlType]): Column => {
    const type = column === 'campaign_id' ? column : sqlType === FLOAT ? 'numeric' : sqlType;
    const isCount = type === 'bigint' && column.replace(/^before_/, '') in MEASURE_DESCRIPTIONS;
    const isKey = (key as readonly string[]).includes(column);
    const isNullable = (!isCount && !isKey) || (nullable as readonly string[]).includes(column);
    const schema = schemas[column];
    return {
      ...{ name: column, type, description: descriptions[column] ?? '', nullable: isNullable },
      ...(schema === undefined ? {} : { schema }),
    };
  });
  const from = object.kind === 'view' ? { relation: relationOf(name, sqlTypes) } : { function: `mart.${name}` };
  return complete({ ...options, description: object.comment, from, columns, needsToken: false });
}

interface OwnOptions extends Options<string> {
  readonly description: string;
  readonly from: Resource['from'];
  readonly columns: readonly Column[];
  readonly needsToken: boolean;
}

/** A resource that reads something other than the schema mart. */
export function ownResource(options: OwnOptions): Resource {
  return complete(options);
}

const UNSORTABLE: readonly ColumnType[] = ['bytea', 'jsonb'];

function complete({
  order = [],
  sortedBy = {},
  isSlow = false,
  sqlRole,
  oneOf = [],
  canBeEmpty = false,
  ...options
}: OwnOptions): Resource {
  const { path, summary, description, kind = 'list', from, columns, parameters = [], key, needsToken } = options;
  return {
    ...{ path, summary, description, kind, from, columns, parameters, key, needsToken, sortedBy, oneOf, canBeEmpty },
    sortable: columns.filter(({ type }) => !UNSORTABLE.includes(type)).map(({ name }) => name),
    sqlRole: sqlRole ?? null,
    order: typeof order === 'function' ? order : () => order,
    isSlow: typeof isSlow === 'function' ? isSlow : () => isSlow,
  };
}
