import { VENDOR_METRICS } from '#schema/mart/metric-definitions.js';
import type { Recount } from './mart-data.js';

const VIEWS: Readonly<Record<string, string>> = {
  delivery_rate: 'funnel',
  hard_bounce_rate: 'provider_deliverability',
};

/** The definitions are not counted, so these are the same data in another form. */
export const definitionRecounts: Readonly<Record<string, Recount>> = {
  metric_definitions: () =>
    VENDOR_METRICS.map((each) => ({
      vendor: each.vendor,
      figure: each.figure,
      name: each.name,
      formula: each.formula,
      our_rate: each.ourRate,
      our_view: each.ourRate && (VIEWS[each.ourRate] ?? 'channel_rates'),
      our_formula: each.ourFormula ?? null,
      difference: each.difference,
      source: each.source,
    })),
};
