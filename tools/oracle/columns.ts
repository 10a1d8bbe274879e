import { totalOf, type Cell, type Counts } from './cell.js';
import { ratio, wilsonBound } from './ratio.js';

/** Columns of one row; undefined if the cells do not determine the value. */
export type Columns = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Numerator and denominator of each rate. */
const RATES: Readonly<Record<string, readonly [part: string, whole: string]>> = {
  delivery_rate: ['delivered', 'sent'],
  open_rate: ['opened', 'sent'],
  open_rate_delivered: ['opened', 'delivered'],
  later_open_rate: ['opened_later', 'sent'],
  later_open_rate_delivered: ['opened_later', 'delivered'],
  click_rate: ['clicked', 'sent'],
  click_rate_delivered: ['clicked', 'delivered'],
  click_to_open_rate: ['opened_and_clicked', 'opened'],
  unsubscribe_rate: ['unsubscribed', 'sent'],
  unsubscribe_rate_delivered: ['unsubscribed', 'delivered'],
  bounce_rate: ['bounced', 'sent'],
  complaint_rate: ['complained', 'sent'],
  complaint_rate_delivered: ['complained', 'delivered'],
  purchase_rate: ['purchased', 'sent'],
  purchase_rate_delivered: ['purchased', 'delivered'],
  purchase_to_click_rate: ['clicked_and_purchased', 'clicked'],
  reopen_rate: ['reopened', 'opened'],
  reclick_rate: ['reclicked', 'clicked'],
};

/** The counts of a group and every rate derived from them, with its bounds. */
export function measuresOf(cells: readonly Cell[]): Columns {
  const counts = totalOf(cells);
  const rates = Object.entries(RATES).map(([name, [part, whole]]) => boundedShare(name, counts, part, whole));
  return Object.assign({ ...counts }, ...rates) as Columns;
}

/** A rate and its bounds, as the columns `name`, `name_low` and `name_high`. */
export function boundedShare(name: string, counts: Counts, partName: string, wholeName: string): Columns {
  const [part, whole] = [counts[partName], counts[wholeName]];
  const isKnown = part !== undefined && whole !== undefined;
  return {
    [name]: share(counts, partName, counts, wholeName),
    [`${name}_low`]: isKnown ? wilsonBound(part, whole, -1) : undefined,
    [`${name}_high`]: isKnown ? wilsonBound(part, whole, 1) : undefined,
  };
}

/** One count divided by another; undefined if one of them is unknown. */
export function share(part: Counts, partName: string, whole: Counts, wholeName: string): string | null | undefined {
  const [one, other] = [part[partName], whole[wholeName]];
  return one === undefined || other === undefined ? undefined : ratio(one, other);
}
