import type { MetricDefinition } from '../metric-definition.js';
import { VENDOR_METRICS } from '../metric-definitions.js';
import type { MartView } from '../mart-object.js';
import { literal } from '../sql-literal.js';

const valueOf = (value: string | null) => (value === null ? 'NULL' : literal(value));

/** The view to read a rate from, where channel_rates does not have it. */
const VIEWS: Partial<Record<string, string>> = {
  delivery_rate: 'funnel',
  hard_bounce_rate: 'provider_deliverability',
};

/** The columns of the view, in their order. */
function toRow(definition: MetricDefinition): Record<string, string | null> {
  const { vendor, figure, name, formula, ourRate, ourFormula, difference, source } = definition;
  return {
    ...{ vendor, figure, name, formula, our_rate: ourRate },
    our_view: ourRate === null ? null : (VIEWS[ourRate] ?? 'channel_rates'),
    our_formula: ourFormula ?? null,
    ...{ difference, source },
  };
}

const ROWS = VENDOR_METRICS.map(toRow);

export const metricDefinitions: MartView = {
  kind: 'view',
  name: 'metric_definitions',
  comment:
    'Which of our rates is the open rate of Braze, Iterable, Klaviyo, Mailchimp or Customer.io? One row for each figure of a ' +
    'vendor, from its public documentation. In general, vendors divide by delivered messages and count each recipient once; our ' +
    'rates count each message once, include machine opens, and have no time limit. A constant: it does not depend on the data.',
  columns: {
    vendor: 'Braze, Iterable, Klaviyo, Mailchimp or Customer.io',
    figure: 'What is measured; the same word for all vendors',
    name: 'What the vendor calls it',
    formula: "The vendor's formula in short; null if its public documentation does not give one",
    our_rate: 'Our nearest rate, a column of our_view; null if the data cannot give one or the formula is unknown',
    our_view: 'A view with this rate; many others have it too',
    our_formula:
      "The vendor's formula in SQL over the counts of channel_rates; null if our_rate has the same formula or the data cannot give it",
    difference: 'What remains different, or why there is no rate of ours',
    source: "Title and address of the vendor's page",
  },
  sql: `
    SELECT * FROM (VALUES
      ${ROWS.map((row) => `(${Object.values(row).map(valueOf).join(', ')})`).join(',\n      ')}
    ) AS definition (${Object.keys(ROWS[0]!).join(', ')})`,
};
