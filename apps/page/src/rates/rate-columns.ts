import type { TableColumn } from '../components/data-table.js';
import { columnOf, rateTitle, wholeOf, type Over, type RatedRow, type RateDefinition } from './rates.js';

const LABELS = {
  sent: 'Sent',
  delivered: 'Delivered',
  opened: 'Opened',
  clicked: 'Clicked',
  opened_and_clicked: 'Opened and clicked',
  unsubscribed: 'Unsubscribed',
  complained: 'Complained',
  bounced: 'Bounced',
  purchased: 'Purchased',
} as const;

/** The chosen rate, and the counts that it is made of. */
export function rateColumns<R extends RatedRow>(rate: RateDefinition, over: Over): TableColumn<R>[] {
  const counts = new Set(['sent', wholeOf(rate, over), rate.numerator] as const);
  return [
    { name: columnOf(rate, over), label: rateTitle(rate, over), format: 'rate' },
    ...[...counts].map((name): TableColumn<R> => ({ name, label: LABELS[name], format: 'count' })),
  ];
}

/** Whether the events of the rate have arrived. */
export function maturityColumn<R extends Readonly<Record<RateDefinition['maturity'], boolean | null>>>({
  maturity,
}: RateDefinition): TableColumn<R> {
  return {
    ...{ name: maturity, label: 'Events', format: 'text' },
    render: ({ [maturity]: isMature }) =>
      isMature === true ? 'arrived' : isMature === false ? 'still arriving' : 'unknown',
  };
}
