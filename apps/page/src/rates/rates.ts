/** What rates are divided by. */
export type Over = 'delivered' | 'sent';

export interface RateDefinition {
  /** Column of the rate over sent, or of the only one there is. */
  readonly name: RateName;
  readonly label: string;
  /** Column that is counted. */
  readonly numerator: Counted;
  /** What it is divided by if there is only one way. */
  readonly only?: 'sent' | 'opened';
  /** Purchases follow for 14 days, the others for 7. */
  readonly maturity: 'is_mature' | 'is_purchase_mature';
}

export type Counted =
  'opened' | 'clicked' | 'opened_and_clicked' | 'unsubscribed' | 'complained' | 'bounced' | 'purchased';

export type RateName =
  | 'open_rate'
  | 'click_rate'
  | 'click_to_open_rate'
  | 'unsubscribe_rate'
  | 'complaint_rate'
  | 'bounce_rate'
  | 'purchase_rate';

type Paired = Exclude<RateName, 'click_to_open_rate' | 'bounce_rate'>;
export type RateColumn = RateName | `${Paired}_delivered`;

/** The rates that most views of the mart have, in the order in which they are offered. */
export const RATES: readonly RateDefinition[] = [
  { name: 'open_rate', label: 'Open rate', numerator: 'opened', maturity: 'is_mature' },
  { name: 'click_rate', label: 'Click rate', numerator: 'clicked', maturity: 'is_mature' },
  {
    ...{ name: 'click_to_open_rate', label: 'Click-to-open rate', numerator: 'opened_and_clicked', only: 'opened' },
    maturity: 'is_mature',
  },
  { name: 'unsubscribe_rate', label: 'Unsubscribe rate', numerator: 'unsubscribed', maturity: 'is_mature' },
  { name: 'complaint_rate', label: 'Complaint rate', numerator: 'complained', maturity: 'is_mature' },
  { name: 'bounce_rate', label: 'Bounce rate', numerator: 'bounced', only: 'sent', maturity: 'is_mature' },
  { name: 'purchase_rate', label: 'Purchase rate', numerator: 'purchased', maturity: 'is_purchase_mature' },
];

/** The rate that an address names; the open rate otherwise. */
export function rateOf(value: string | undefined): RateDefinition {
  return RATES.find(({ name }) => name === value) ?? RATES[0]!;
}

export function overOf(value: string | undefined): Over {
  return value === 'sent' ? 'sent' : 'delivered';
}

/** Column of a rate over this base, if it has both. */
export function columnOf({ name, only }: RateDefinition, over: Over): RateColumn {
  return over === 'delivered' && only === undefined ? `${name as Paired}_delivered` : name;
}

/** Column by which the rate is divided. */
export function wholeOf({ only }: RateDefinition, over: Over): 'sent' | 'delivered' | 'opened' {
  return only ?? over;
}

/** A row of a view with rates. */
export type RatedRow = Readonly<Record<'sent' | 'delivered' | Counted, number>> &
  Readonly<Record<RateColumn | `${RateColumn}_low` | `${RateColumn}_high`, number | null>>;

export interface Proportion {
  readonly count: number;
  readonly whole: number;
  /** Null if there is nothing to divide by. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** A rate of a row with its parts and bounds. */
export function proportionOf(row: RatedRow, rate: RateDefinition, over: Over): Proportion {
  const column = columnOf(rate, over);
  return {
    ...{ count: row[rate.numerator], whole: row[wholeOf(rate, over)] },
    ...{ value: row[column], low: row[`${column}_low`], high: row[`${column}_high`] },
  };
}

/** "Open rate, % of delivered". */
export function rateTitle(rate: RateDefinition, over: Over): string {
  return `${rate.label}, % of ${wholeOf(rate, over)}`;
}

/** Columns that a page needs to show a rate and to explain it, besides those that name the row. */
export function columnsFor(rate: RateDefinition, over: Over): string[] {
  const column = columnOf(rate, over);
  return [...new Set(['sent', wholeOf(rate, over), rate.numerator, column, `${column}_low`, `${column}_high`])];
}
