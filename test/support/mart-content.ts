import { query, withClient } from './mart-database.js';

/** Those whose rows a backup holds. */
export const TABLES = ['messages', 'quarantined_messages', 'campaigns', 'client_first_purchase_date', 'holidays'];

/** Every row of every table and what every view of the mart says, as sorted texts by relation. */
export type MartContent = Readonly<Record<string, readonly string[]>>;

/** Without figures of freshness, which change as time goes on. */
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
