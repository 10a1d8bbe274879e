import type { Client } from 'pg';
import { MART_OBJECTS } from '#schema/mart/mart-objects.js';
import { martRows, sorted, type MartRow } from './mart-rows.js';

const CALLS = [
  'attribution()',
  `attribution(1, 'first')`,
  'fatigue()',
  `fatigue('2021-03-20', '2021-04-05')`,
  'top_campaigns()',
  `top_campaigns('purchase_rate', 1, 10)`,
  `top_campaigns('complaint_rate_delivered', 5, 10, true, '2021-03-20', '2021-04-05')`,
  `campaigns_between('2021-03-20', '2021-04-05')`,
  'daily_rates_of()',
  `daily_rates_of('email', 'bulk', 'sale')`,
  'period_comparison()',
  `period_comparison('2021-04-10', '2021-04-16')`,
  'machine_opens()',
  'machine_opens(0)',
  'machine_opens(50)',
  'campaign_costs()',
  'campaign_costs(1, 2, 3, 4)',
  `campaign_place('bulk', 3, 1)`,
  `compare('{"channel":"email"}', '[{"channel":"sms"},{"topic":"sale","from":"2021-03-14"}]')`,
];

/** The only view whose rows change when deltas are folded. */
const DEPENDS_ON_FOLDING = 'freshness';

const VIEWS = MART_OBJECTS.filter(({ kind, name }) => kind === 'view' && name !== DEPENDS_ON_FOLDING).map(
  ({ name }) => name,
);

/** The rows of all views, and of functions with some parameters, by name. Leaves out the age of the data. */
export async function readMartResults(client: Client): Promise<Record<string, MartRow[]>> {
  const results: Record<string, MartRow[]> = {};
  for (const source of [...VIEWS, ...CALLS]) {
    const where = source === 'data_quality' ? `WHERE check_name <> 'freshness'` : '';
    results[source] = sorted(await martRows(client, `SELECT * FROM mart.${source} ${where}`));
  }
  return results;
}
