import type { OverviewRow } from './change.js';

type Counts = Partial<Record<'sent' | 'delivered' | 'opened' | 'clicked', number>>;

/** A row of /overview: 7 days in May 2021 with the same rates as the 7 days before. */
export function overviewRow(fields: Partial<OverviewRow> = {}, counts: Counts = {}, before: Counts = {}): OverviewRow {
  return {
    ...{ dimension: 'all', value: 'all' },
    ...{
      first_day: '2021-05-08',
      last_day: '2021-05-14',
      before_first_day: '2021-05-01',
      before_last_day: '2021-05-07',
    },
    ...{ data_first_day: '2021-04-01', data_last_day: '2021-05-21', mature_until: '2021-05-14' },
    purchase_mature_until: '2021-05-07',
    ...{ is_mature: true, before_is_mature: true, is_purchase_mature: false, before_is_purchase_mature: true },
    ...{ sent: 1000, delivered: 980, before_sent: 1000, before_delivered: 980, ...counts },
    ...Object.fromEntries(Object.entries(before).map(([name, value]) => [`before_${name}`, value])),
    ...rate('open_rate', 0.2, 0.2),
    ...rate('click_rate', 0.02, 0.02),
    ...rate('unsubscribe_rate', 0.001, 0.001),
    ...rate('complaint_rate', 0.0001, 0.0001),
    ...rate('purchase_rate', 0.002, 0.002),
    ...{ bounce_rate: 0.02, before_bounce_rate: 0.02, bounce_rate_difference: 0, bounce_rate_is_clear: false },
    ...fields,
  } as unknown as OverviewRow;
}

/** Columns of a rate over sent and over delivered. */
export function rate(name: string, now: number | null, before: number | null, isClear = false): Partial<OverviewRow> {
  const difference = now === null || before === null ? null : now - before;
  const columns = [name, `${name}_delivered`].flatMap((column): [string, unknown][] => [
    [column, now],
    [`before_${column}`, before],
    [`${column}_difference`, difference],
    [`${column}_is_clear`, difference === null ? null : isClear],
  ]);
  return Object.fromEntries(columns);
}
