import type { Catalog, CatalogFunction } from './catalog.js';

type Types = Readonly<Record<string, string>>;

/** A TypeScript module with the columns and PostgreSQL types of every view and function of the schema `mart`. */
export function martColumns({ relations, functions }: Catalog): string {
  const views = relations
    .filter(({ schema }) => schema === 'mart')
    .map(({ name, columns }): [string, Types] => [name, typesOf(columns)]);
  const ofFunctions = functions
    .filter(({ schema }) => schema === 'mart')
    .map((each): [string, Types] => [each.name, resultOf(each, new Map(views))]);
  return `// Made by \`npm run docs\` from a migrated database; not to be edited.

/** PostgreSQL's types of the columns of every view and function of the schema mart. */
export const MART_COLUMNS = ${JSON.stringify(Object.fromEntries([...views, ...ofFunctions]))} as const;

export type MartName = keyof typeof MART_COLUMNS;
`;
}

/** @throws Error if a function returns neither a table nor rows of a view */
function resultOf({ name, arguments: all, result }: CatalogFunction, views: ReadonlyMap<string, Types>): Types {
  const columns = all.filter(({ mode }) => mode === 'table').map((each) => ({ ...each, name: each.name ?? '' }));
  if (columns.length > 0) return typesOf(columns);
  const view = views.get(/^SETOF mart\.(\w+)$/.exec(result ?? '')?.[1] ?? '');
  if (view === undefined) throw new Error(`mart.${name} returns ${result}, whose columns are unknown`);
  return view;
}

function typesOf(columns: readonly { readonly name: string; readonly type: string }[]): Types {
  return Object.fromEntries(columns.map(({ name, type }) => [name, type]));
}
