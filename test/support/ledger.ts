import { query } from './mart-database.js';

/** Readable differences between the ledger and a recount of all rows; empty if there are none. */
export async function ledgerDifferences(url: string): Promise<string[]> {
  const rows = await query<{ difference: string }>(
    url,
    `SELECT jsonb_strip_nulls(to_jsonb(difference))::text AS difference FROM ledger.differences AS difference LIMIT 10`,
  );
  return rows.map(({ difference }) => difference);
}
