import type { RowOf } from '../../api/api.js';
import { overOf, type Over } from '../overview/rates.js';

export type DayRow = RowOf<'/api/v1/daily'>;

type Plain = 'open_rate' | 'click_rate' | 'purchase_rate';

export interface DayRate {
  readonly column: Plain | `${Plain}_delivered`;
  /** Column of the rate of the seven days up to a day. */
  readonly week: `${Plain}_7d` | `${Plain}_delivered_7d`;
  readonly label: string;
  /** Completes "17.3 % … of the delivered messages". */
  readonly done: string;
  readonly over: Over;
  /** Marks days whose events are still arriving. */
  readonly isArriving: (day: DayRow) => boolean;
}

/** Rates to choose from; the first one is shown by default. */
export const DAY_RATES = [
  { value: 'open', label: 'Open rate', done: 'were opened' },
  { value: 'click', label: 'Click rate', done: 'were clicked' },
  { value: 'purchase', label: 'Purchase rate', done: 'were followed by a purchase' },
] as const;

/** The rate that the filters of the page choose. */
export function dayRateOf(rate: string | undefined, over: string | undefined): DayRate {
  const { value, label, done } = DAY_RATES.find((each) => each.value === rate) ?? DAY_RATES[0];
  const base = overOf(over);
  const [column, week] =
    base === 'delivered'
      ? ([`${value}_rate_delivered`, `${value}_rate_delivered_7d`] as const)
      : ([`${value}_rate`, `${value}_rate_7d`] as const);
  const isArriving =
    value === 'purchase'
      ? (day: DayRow) => day.is_purchase_right_censored === true
      : (day: DayRow) => day.is_right_censored === true;
  return { column, week, label, done, over: base, isArriving };
}
