import { jsonCell, type Row } from '../../apps/gateway/src/rest/answer/cell.js';
import type { Resource } from '../../apps/gateway/src/rest/resources/resource.js';
import { RESOURCES } from '../../apps/gateway/src/rest/resources/resources.js';
import { withClient } from './mart-database.js';
import type { JsonRow } from './rest-gateway.js';

/** The resource of an address below /api/v1, such as `campaigns/bulk/3/audience?from=2021-03-12`. */
export function resourceAt(address: string): Resource | undefined {
  const [path = ''] = address.split('?');
  const matches = RESOURCES.filter((resource) =>
    new RegExp(`^${resource.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path),
  );
  const parametersIn = (resource: Resource) => resource.path.split(':').length;
  return matches.sort((one, other) => parametersIn(one) - parametersIn(other))[0];
}

/** The columns that an address selects, in its order. */
export function columnsAt(address: string, { columns }: Resource): Pick<Resource, 'columns'> {
  const names = new URLSearchParams(address.split('?')[1]).get('columns')?.split(',');
  if (names === undefined) return { columns };
  return { columns: names.map((name) => columns.find((column) => column.name === name)!) };
}

/** The rows that a user gets from a resource's SQL, as its JSON answer has them. */
export async function rowsOfSql(
  url: string,
  { columns }: Pick<Resource, 'columns'>,
  sql: string,
  setting = 'SET timezone = UTC',
): Promise<JsonRow[]> {
  const { rows, fields } = await withClient(url, async (client) => {
    await client.query(setting);
    const types = { getTypeParser: () => (text: string) => text } as never;
    return client.query<(string | null)[]>({ text: sql, rowMode: 'array', types });
  });
  // The parameter `columns` selects some of them.
  const selected = fields.map((field) => columns.find(({ name }) => name === field.name)!);
  const asJson = (row: Row) =>
    selected.map(({ name, type }, i) => `${JSON.stringify(name)}:${jsonCell(type, row[i] ?? null)}`).join();
  return rows.map((row) => JSON.parse(`{${asJson(row)}}`) as JsonRow);
}

/** Values that change from one second to the next. */
const AGES = /^(seconds_|age)/;

export function withoutAges(rows: readonly JsonRow[]): JsonRow[] {
  return rows
    .filter(({ check_name }) => check_name !== 'freshness')
    .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !AGES.test(name))));
}
