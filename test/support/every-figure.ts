import type { Client } from 'pg';
import { MART_OBJECTS } from '#schema/mart/mart-objects.js';
import { martRows, sorted, type MartRow } from './mart-rows.js';

const CALLS = [
  'fatigue()',
  `fatigue('2021-03-20', '2021-04-05')`,
  'top_campaigns()',
  `top_campaigns('purchase_rate', 1, 10)`,
  'campaign_costs()',
  'campaign_costs(1, 2, 3, 4)',
];

/** Whether deltas are folded changes what this one says, and no other. */
const OF_THE_LEDGER = 'freshness';

const VIEWS = MART_OBJECTS.filter(({ kind, name }) => kind === 'view' && name !== OF_THE_LEDGER).map(
  ({ name }) => name,
);

/** The rows of all views, and of functions for some parameters, by name. Left out is how old the data are. */
export async function everyFigure(client: Client): Promise<Record<string, MartRow[]>> {
  const figures: Record<string, MartRow[]> = {};
  for (const source of [...VIEWS, ...CALLS]) {
    const where = source === 'data_quality' ? `WHERE check_name <> 'freshness'` : '';
    figures[source] = sorted(await martRows(client, `SELECT * FROM mart.${source} ${where}`));
  }
  return figures;
}
