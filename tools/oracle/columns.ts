import { totalOf, type Cell, type Counts } from './cell.js';
import { ratio } from './ratio.js';

/** Columns of one row; undefined if the cells do not determine the value. */
export type Columns = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Numerator and denominator of each rate. */
const RATES: Readonly<Record<string, readonly [part: string, whole: string]>> = {
  delivery_rate: ['delivered', 'sent'],
  open_rate: ['opened', 'sent'],
  click_rate: ['clicked', 'sent'],
  click_to_open_rate: ['opened_and_clicked', 'opened'],
  unsubscribe_rate: ['unsubscribed', 'sent'],
  bounce_rate: ['bounced', 'sent'],
  complaint_rate: ['complained', 'sent'],
  purchase_rate: ['purchased', 'sent'],
  purchase_to_click_rate: ['clicked_and_purchased', 'clicked'],
  reopen_rate: ['reopened', 'opened'],
  reclick_rate: ['reclicked', 'clicked'],
};

/** The counts of a group and every rate derived from them. */
export function measuresOf(cells: readonly Cell[]): Columns {
  const counts = totalOf(cells);
  const rates = Object.entries(RATES).map(([name, [part, whole]]) => [name, share(counts, part, counts, whole)]);
  return { ...counts, ...(Object.fromEntries(rates) as Columns) };
}

/** One count divided by another; undefined if one of them is unknown. */
export function share(part: Counts, partName: string, whole: Counts, wholeName: string): string | null | undefined {
  const [one, other] = [part[partName], whole[wholeName]];
  return one === undefined || other === undefined ? undefined : ratio(one, other);
}
