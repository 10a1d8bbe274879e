import { DAILY } from './measures.js';
import type { MartView } from './mart-object.js';

/** Nearly all events of a message happen within so many days of the send. */
export const MATURITY_DAYS = { engagement: 7, purchase: 14 } as const;

/** Share of the messages of a group that must be old enough. */
export const MATURE_SHARE = 0.99;

/** The least share of all dated messages that makes a day an end of the data; for long periods, the least part of a day. */
const LEAST_SHARE = 0.005;
const LEAST_OF_A_DAY = 0.5;

/** How many must be on the first day or before it, over rows with the number `n` of each day. */
export const ENOUGH = `sum(n) OVER () * least(${LEAST_SHARE}, ${LEAST_OF_A_DAY} / count(*) OVER ())`;

/** The row of data_span. @param days relation with the number `n` of messages of each `date` that is not in the future */
export const spanOf = (days: string) => `
    SELECT min(date) FILTER (WHERE up_to_here >= enough) AS first_date,
           max(date) FILTER (WHERE from_here >= enough) AS last_date
    FROM (
      SELECT date, sum(n) OVER (ORDER BY date) AS up_to_here, sum(n) OVER (ORDER BY date DESC) AS from_here,
             ${ENOUGH} AS enough
      FROM ${days} AS day
    ) AS counted
    HAVING count(*) > 0`;

/** Days later than today are mistakes. */
export const TODAY = `(now() AT TIME ZONE 'UTC')::date`;

export const dataSpan: MartView = {
  kind: 'view',
  name: 'data_span',
  comment:
    'The first and the last day of the data, without stray dates: at least 0.5 % of the dated messages, or half as many as ' +
    'an average day has if that is less, were sent on the last day or later, and on the first day or earlier. Days in the ' +
    'future are ignored. One row; none without dated messages.',
  columns: {
    first_date: 'First day of sending (UTC)',
    last_date: 'Last day of sending (UTC). Rates of messages sent shortly before it are still rising',
  },
  sql: spanOf(`(SELECT date, sum(n) AS n FROM ${DAILY} AND date <= ${TODAY} GROUP BY date HAVING sum(n) <> 0)`),
};

/** Reads data_span once for a query, however often the query uses LAST_DATE. */
export const WITH_SPAN = 'WITH span AS MATERIALIZED (SELECT last_date FROM mart.data_span)';

/** For queries that begin with WITH_SPAN. */
const LAST_DATE = '(SELECT last_date FROM span)';

/** For views by day: marks the last days of the data, because their rates are still rising. Null for a null date. Requires WITH_SPAN. */
export const RIGHT_CENSORED = {
  sql:
    `date > ${LAST_DATE} - ${MATURITY_DAYS.engagement} AS is_right_censored, ` +
    `date > ${LAST_DATE} - ${MATURITY_DAYS.purchase} AS is_purchase_right_censored`,
  columns: {
    is_right_censored: rightCensored(MATURITY_DAYS.engagement, 'opens, clicks, unsubscribes and complaints'),
    is_purchase_right_censored: rightCensored(MATURITY_DAYS.purchase, 'purchases'),
  },
} as const;

function rightCensored(days: number, events: string): string {
  return `Whether the data ends less than ${days} days after this day, so that more ${events} may follow; stray dates are ignored`;
}

/**
 * For views over many days: counts of the dated messages and of those that are old enough, over rows with `date` and the number
 * `sent`. Rows of a group may cancel out: messages that were deleted or moved. Add the counts up with SUMMED_MATURITY where such
 * groups are grouped again. Requires WITH_SPAN.
 */
export const MATURITY_COUNTS = [
  'nullif(sum(sent) FILTER (WHERE date IS NOT NULL), 0) AS dated',
  ...Object.entries(MATURITY_DAYS).map(
    ([name, days]) => `sum(sent) FILTER (WHERE date <= ${LAST_DATE} - ${days}) AS ${name}_mature`,
  ),
].join(', ');

export const SUMMED_MATURITY = ['dated', ...Object.keys(MATURITY_DAYS).map((name) => `${name}_mature`)]
  .map((name) => `sum(${name}) AS ${name}`)
  .join(', ');

/** Select list over MATURITY_COUNTS. */
export const MATURE = {
  sql:
    `coalesce(engagement_mature, 0) >= ${MATURE_SHARE} * dated AS is_mature, ` +
    `coalesce(purchase_mature, 0) >= ${MATURE_SHARE} * dated AS is_purchase_mature`,
  columns: {
    is_mature: mature(MATURITY_DAYS.engagement, 'opens and clicks'),
    is_purchase_mature: mature(MATURITY_DAYS.purchase, 'purchases'),
  },
} as const;

function mature(days: number, events: string): string {
  return (
    `Whether at least ${MATURE_SHARE * 100} % of the dated messages were sent ${days} days or more before the data ends, ` +
    `so that hardly any ${events} will follow; null without dated messages`
  );
}
