import { query, withClient } from './mart-database.js';

/** The tables that a backup contains. */
export const TABLES = [
  'messages',
  'quarantined_messages',
  'quarantine_attempts',
  'campaigns',
  'client_first_purchase_date',
  'holidays',
  'holiday_corrections',
];

/** All rows of all tables and of all views of the mart, by relation, as sorted texts. */
export type MartContent = Readonly<Record<string, readonly string[]>>;

/** Leaves out freshness, which changes with time. */
export async function martContent(url: string): Promise<MartContent> {
  const views = await query<{ name: string }>(
    url,
    `SELECT 'mart.' || relname AS name FROM pg_class
     WHERE relnamespace = 'mart'::regnamespace AND relkind = 'v' AND relname <> 'freshness' ORDER BY relname`,
  );
  return withClient(url, async (client) => {
    const content: Record<string, string[]> = {};
    for (const relation of [...TABLES, ...views.map(({ name }) => name)]) {
      const { rows } = await client.query<{ line: string }>(`SELECT r::text AS line FROM ${relation} AS r`);
      content[relation] = rows
        .map(({ line }) => line)
        .filter((line) => !line.startsWith('(freshness,'))
        .sort();
    }
    return content;
  });
}
