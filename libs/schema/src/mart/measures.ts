/** Bits of `events` in the ledger, as set by the migration that creates it. */
export const EVENT_BITS = {
  opened: 1,
  clicked: 2,
  unsubscribed: 4,
  hard_bounced: 8,
  soft_bounced: 16,
  complained: 32,
  blocked: 64,
  purchased: 128,
  reopened: 256,
  reclicked: 512,
} as const;

type Event = keyof typeof EVENT_BITS;

interface Measure {
  /** The counted messages have all of these events. */
  readonly with?: readonly Event[];
  /** They have none of these. */
  readonly without?: readonly Event[];
  /** They have at least one of these. */
  readonly withAny?: readonly Event[];
  readonly description: string;
}

/** Counts of messages. Stages of the funnel are not nested: a message can be clicked and not opened. */
const MEASURES = {
  sent: { description: 'Messages' },
  delivered: {
    without: ['hard_bounced', 'soft_bounced', 'blocked'],
    description: 'Messages that neither bounced nor were blocked',
  },
  opened: { with: ['opened'], description: 'Messages opened at least once' },
  clicked: { with: ['clicked'], description: 'Messages clicked at least once, opened or not; which link is not known' },
  opened_and_clicked: { with: ['opened', 'clicked'], description: 'Messages both opened and clicked' },
  clicked_unopened: {
    with: ['clicked'],
    without: ['opened'],
    description: 'Messages clicked without a recorded open',
  },
  unsubscribed: { with: ['unsubscribed'], description: 'Messages through which the client unsubscribed' },
  bounced: { withAny: ['hard_bounced', 'soft_bounced'], description: 'Messages that bounced, hard or soft' },
  hard_bounced: { with: ['hard_bounced'], description: 'Messages permanently refused' },
  soft_bounced: { with: ['soft_bounced'], description: 'Messages temporarily refused' },
  complained: { with: ['complained'], description: 'Messages marked as spam by the client' },
  blocked: { with: ['blocked'], description: 'Messages blocked by the provider' },
  purchased: { with: ['purchased'], description: 'Messages with an attributed purchase; its amount is not known' },
  purchased_unopened: {
    with: ['purchased'],
    without: ['opened'],
    description: 'Messages with a purchase but without a recorded open',
  },
  purchased_unclicked: {
    with: ['purchased'],
    without: ['clicked'],
    description: 'Messages with a purchase but without a click',
  },
  reopened: { with: ['reopened'], description: 'Messages opened again, later than the first time' },
  reclicked: { with: ['reclicked'], description: 'Messages clicked again, later than the first time' },
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;

/** Shares, each of a count in the same row. Vendors of messaging tools divide by `delivered`: see metric_definitions. */
export const RATES = {
  delivery_rate: ['delivered', 'sent'],
  open_rate: ['opened', 'sent'],
  open_rate_delivered: ['opened', 'delivered'],
  click_rate: ['clicked', 'sent'],
  click_rate_delivered: ['clicked', 'delivered'],
  click_to_open_rate: ['opened_and_clicked', 'opened'],
  unsubscribe_rate: ['unsubscribed', 'sent'],
  unsubscribe_rate_delivered: ['unsubscribed', 'delivered'],
  bounce_rate: ['bounced', 'sent'],
  hard_bounce_rate: ['hard_bounced', 'sent'],
  soft_bounce_rate: ['soft_bounced', 'sent'],
  complaint_rate: ['complained', 'sent'],
  complaint_rate_delivered: ['complained', 'delivered'],
  block_rate: ['blocked', 'sent'],
  purchase_rate: ['purchased', 'sent'],
  purchase_rate_delivered: ['purchased', 'delivered'],
  reopen_rate: ['reopened', 'opened'],
  reclick_rate: ['reclicked', 'clicked'],
} as const satisfies Record<string, readonly [part: MeasureName, whole: MeasureName]>;

export type RateName = keyof typeof RATES;

/** Parts of shares that are columns of the same row, by the name of the share; each means the same in every view. */
const SHARES: Readonly<Record<string, readonly [part: string, whole: string]>> = {
  ...RATES,
  open_rate_7d: ['opened_7d', 'sent_7d'],
  click_rate_7d: ['clicked_7d', 'sent_7d'],
  purchase_rate_7d: ['purchased_7d', 'sent_7d'],
  open_rate_delivered_7d: ['opened_7d', 'delivered_7d'],
  click_rate_delivered_7d: ['clicked_7d', 'delivered_7d'],
  purchase_rate_delivered_7d: ['purchased_7d', 'delivered_7d'],
  within_1h_share: ['within_1h', 'events'],
  within_24h_share: ['within_24h', 'events'],
  unsubscribes_per_sent: ['unsubscribed', 'sent'],
  complaints_per_sent: ['complained', 'sent'],
  later_open_rate: ['opened_later', 'sent'],
  later_open_rate_delivered: ['opened_later', 'delivered'],
  rate: ['happened', 'sent'],
  credited_rate: ['messages_credited', 'sent'],
  sent_of_total: ['sent', 'total_count'],
  share: ['figure', 'of_total'],
  a_rate: ['a_part', 'a_whole'],
  b_rate: ['b_part', 'b_whole'],
  own_rate: ['part', 'whole'],
};

/**
 * Numerator and denominator of a column, if both are in the same row. A share of something else, such as share_of_emails, has none.
 *
 * @param columns the names of all columns of the row
 */
export function partsOf(
  column: string,
  columns: readonly string[],
): readonly [part: string, whole: string] | undefined {
  // before_open_rate divides before_opened.
  const [, before = '', name = ''] = /^(before_)?(\w+)$/.exec(column) ?? [];
  const parts = Object.hasOwn(SHARES, name) ? SHARES[name] : undefined;
  if (parts === undefined) return undefined;
  const [part, whole] = [before + parts[0], before + parts[1]];
  return columns.includes(part) && columns.includes(whole) ? [part, whole] : undefined;
}

/** The counts and rates of most views. */
export const USUAL_MEASURES: readonly MeasureName[] = [
  'sent',
  'delivered',
  'opened',
  'clicked',
  'opened_and_clicked',
  'unsubscribed',
  'bounced',
  'complained',
  'blocked',
  'purchased',
];
export const USUAL_RATES: readonly RateName[] = [
  'open_rate',
  'open_rate_delivered',
  'click_rate',
  'click_rate_delivered',
  'click_to_open_rate',
  'unsubscribe_rate',
  'unsubscribe_rate_delivered',
  'bounce_rate',
  'complaint_rate',
  'complaint_rate_delivered',
  'purchase_rate',
  'purchase_rate_delivered',
];

/** Descriptions of a rate and of its bounds, for `bounded`. */
export function boundedDescriptions(name: string, description: string): Record<string, string> {
  return {
    [name]: description,
    [`${name}_low`]: `Lower bound of ${name}: Wilson's 95 % interval`,
    [`${name}_high`]: `Upper bound of ${name}: Wilson's 95 % interval`,
  };
}

/** For the comments of general views. */
export const BASES =
  'Rates are shares of the messages sent; those named _delivered are shares of the delivered ones, as most other tools have them. ' +
  'Every rate has the bounds of its 95 % interval, _low and _high.';

/** Comments on the columns that are named after a measure or a rate. */
export const MEASURE_DESCRIPTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(MEASURES).map(([name, { description }]) => [name, description])),
  ...Object.fromEntries(
    Object.entries(RATES).flatMap(([name, [part, whole]]) =>
      Object.entries(boundedDescriptions(name, `Share from 0 to 1: ${part} / ${whole}; null if ${whole} is 0`)),
    ),
  ),
};

interface EventTest {
  readonly mask: number;
  readonly bits: number;
  readonly expected: boolean;
}

/** A message counts if `events & mask = bits` is as expected. */
export function eventTest(name: MeasureName): EventTest {
  const measure: Measure = MEASURES[name];
  const bitsOf = (events: readonly Event[] = []) => events.reduce((bits, event) => bits | EVENT_BITS[event], 0);
  const [all, none, any] = [bitsOf(measure.with), bitsOf(measure.without), bitsOf(measure.withAny)];
  return any === 0 ? { mask: all | none, bits: all, expected: true } : { mask: any, bits: 0, expected: false };
}

function condition(name: MeasureName): string | undefined {
  const { mask, bits, expected } = eventTest(name);
  return mask === 0 ? undefined : `events & ${mask} ${expected ? '=' : '<>'} ${bits}`;
}

/** Select list of measures over entries of the ledger. */
export function counts(names: readonly MeasureName[] = USUAL_MEASURES): string {
  return names
    .map((name) => {
      const where = condition(name);
      return where === undefined
        ? `sum(n)::bigint AS ${name}`
        : `coalesce(sum(n) FILTER (WHERE ${where}), 0)::bigint AS ${name}`;
    })
    .join(', ');
}

/** Select list that adds up measures that were already counted. */
export function summed(names: readonly MeasureName[] = USUAL_MEASURES): string {
  return names.map((name) => `sum(${name})::bigint AS ${name}`).join(', ');
}

/** Condition on a row of `messages`. */
export const ROW_IS_DELIVERED = 'NOT (is_hard_bounced OR is_soft_bounced OR is_blocked)';

/** The same measures over rows of `messages`. */
export function rowCounts(
  names: readonly ('sent' | 'delivered' | 'opened' | 'clicked' | 'purchased' | 'unsubscribed')[],
): string {
  return names
    .map((name) => {
      if (name === 'sent') return 'count(*) AS sent';
      return `count(*) FILTER (WHERE ${name === 'delivered' ? ROW_IS_DELIVERED : `is_${name}`}) AS ${name}`;
    })
    .join(', ');
}

/**
 * The type of figures with so many digits after the point. Without a precision, Spark and Arrow cannot tell how large a column of
 * numeric is. Nineteen digits before the point hold any count of messages divided by one, so no value overflows.
 */
export const numericType = (scale: number) => `numeric(${19 + scale}, ${scale})`;

/** Six digits are enough for one message in a million. */
export const SHARE_TYPE = numericType(6);

/** A part divided by its whole, both SQL expressions. */
export function share(part: string, whole: string): string {
  return `(${part}::numeric / nullif(${whole}, 0))::${SHARE_TYPE}`;
}

/** A share and its bounds: `name`, `name_low` and `name_high`. */
export function bounded(name: string, part: string, whole: string): string {
  return `${share(part, whole)} AS ${name}, ${boundsOf(name, part, whole)}`;
}

function boundsOf(name: string, part: string, whole: string): string {
  return ['low', 'high']
    .map((side) => `mart.wilson_${side}(${part}, ${whole})::${SHARE_TYPE} AS ${name}_${side}`)
    .join(', ');
}

/** Select list of rates over the counts in the same row: all rates, then the bounds of each. */
export function rates(names: readonly RateName[] = USUAL_RATES): string {
  return [
    ...names.map((name) => `${share(RATES[name][0], RATES[name][1])} AS ${name}`),
    ...names.map((name) => boundsOf(name, RATES[name][0], RATES[name][1])),
  ].join(', ');
}

/** Names of the columns that `rates` selects. */
export function rateColumns(names: readonly RateName[] = USUAL_RATES): string[] {
  return [...names, ...names.flatMap((name) => [`${name}_low`, `${name}_high`])];
}

/** Messages of the ledger by day, campaign, type and channel. */
export const DAILY = `ledger.entries WHERE cube = 'daily'`;

/**
 * For views that add up many entries by day. PostgreSQL adds up bigint as numeric, which takes a third longer. No entry by day and
 * campaign has two billion messages; a sum may have more.
 */
export const SMALL_N = 'n::integer AS n';

interface Rated {
  /** The columns to group by. */
  readonly by: string;
  /** Entries to count: a FROM item with the columns `events` and `n`, and a WHERE clause if necessary. */
  readonly from: string;
  readonly measures?: readonly MeasureName[];
  readonly rates?: readonly RateName[];
}

/** Counts and rates, grouped by columns of the ledger. Groups without messages are left out. */
export function rated({ by, from, measures = USUAL_MEASURES, rates: shown = USUAL_RATES }: Rated): string {
  return `
    SELECT ${by}, ${measures.join(', ')}, ${rates(shown)}
    FROM (SELECT ${by}, ${counts(measures)} FROM ${from} GROUP BY ${by} HAVING sum(n) <> 0) AS counted`;
}
