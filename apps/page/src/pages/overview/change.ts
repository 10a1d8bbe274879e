import type { RowOf } from '../../api/api.js';
import { columnOf, type Over, type RateDefinition } from './rates.js';

export type OverviewRow = RowOf<'/api/v1/overview'>;

/** How a rate changed from the period before. */
export interface Change {
  readonly rate: RateDefinition;
  /** Column of the rate. */
  readonly column: ReturnType<typeof columnOf>;
  readonly now: number | null;
  readonly before: number | null;
  readonly difference: number | null;
  /**
   * `clear`: the difference is more than chance. `unclear`: it may be chance. `arriving`: events of one of the periods are still
   * arriving, so the rates cannot be compared. `unknown`: one of the rates is.
   */
  readonly verdict: 'clear' | 'unclear' | 'arriving' | 'unknown';
  /** Null unless the difference is clear. */
  readonly isBetter: boolean | null;
}

export function changeOf(row: OverviewRow, rate: RateDefinition, over: Over): Change {
  const column = columnOf(rate, over);
  const difference = row[`${column}_difference`];
  const isPurchase = rate.name === 'purchase_rate';
  const [isMature, wasMature] = isPurchase
    ? [row.is_purchase_mature, row.before_is_purchase_mature]
    : [row.is_mature, row.before_is_mature];
  const isClear = row[`${column}_is_clear`];
  const verdict =
    difference === null ? 'unknown' : !isMature || !wasMature ? 'arriving' : isClear === true ? 'clear' : 'unclear';
  return {
    ...{ rate, column, difference, verdict },
    now: row[column],
    before: row[`before_${column}`],
    isBetter: verdict === 'clear' ? difference! > 0 === rate.moreIsBetter : null,
  };
}

/** A few words with a shape, for a cell: "▲ higher". */
export function changeWords({ verdict, difference, before }: Change): string {
  switch (verdict) {
    case 'clear':
      return difference! > 0 ? '▲ higher' : '▼ lower';
    case 'unclear':
      return 'no clear difference';
    case 'arriving':
      return 'still arriving';
    case 'unknown':
      return before === null ? 'nothing before' : 'nothing in these days';
  }
}
