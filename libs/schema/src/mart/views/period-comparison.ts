import { failure } from '../argument-checks.js';
import { MATURE_SHARE, MATURITY_DAYS } from '../maturity.js';
import type { MartFunction } from '../mart-object.js';
import {
  bounded,
  boundedDescriptions,
  counts,
  DAILY,
  MEASURE_DESCRIPTIONS,
  rateColumns,
  RATES,
  rates,
  USUAL_MEASURES,
  USUAL_RATES,
} from '../measures.js';
import { intervalOf, newcombe, sharesOf } from '../newcombe.js';
import { Z_95 } from '../normal-quantile.js';

/** Length of the period that is compared if no days are given. */
const USUAL_DAYS = 7;

const NOT_FINITE = `NOT (isfinite(coalesce(period_comparison.first_day, '2000-01-01')) AND isfinite(coalesce(period_comparison.last_day, '2000-01-01')))`;

const CHECKED_DAYS = `
  CASE WHEN ${NOT_FINITE} THEN ${failure('boolean', `'period_comparison: first_day and last_day must be days, not infinity'`)}
       WHEN period_comparison.first_day > period_comparison.last_day THEN
         ${failure('boolean', `'first_day '`, 'period_comparison.first_day', `' is after last_day '`, 'period_comparison.last_day')}
       ELSE true END`;

const before = (name: string) => `before_${name}`;

const FLAGS = { is_mature: MATURITY_DAYS.engagement, is_purchase_mature: MATURITY_DAYS.purchase };

/** Whether nearly all messages are old enough, over rows with one day each; all of them have a day. */
const mature = (days: number, where: string) =>
  `coalesce(sum(sent) FILTER (WHERE ${where} AND date <= last_date - ${days}), 0) >= ${MATURE_SHARE} * nullif(sum(sent) FILTER (WHERE ${where}), 0)`;

/** Counts and maturity of the messages of one of the two periods. */
const ofPeriod = (where: string, named: (name: string) => string) => [
  ...USUAL_MEASURES.map((name) => `coalesce(sum(${name}) FILTER (WHERE ${where}), 0)::bigint AS ${named(name)}`),
  ...Object.entries(FLAGS).map(([name, days]) => `${mature(days, where)} AS ${named(name)}`),
];

/** The difference of a rate between the periods, as `<rate>_difference`, its bounds, and `<rate>_is_clear`. */
const differenceOf = (rate: (typeof USUAL_RATES)[number]) => {
  const [part, whole] = RATES[rate];
  const { low, high, isClear } = intervalOf('reach');
  return `LATERAL (
    SELECT mart.significant(difference::numeric) AS ${rate}_difference, ${low} AS ${rate}_difference_low,
           ${high} AS ${rate}_difference_high, ${isClear} AS ${rate}_is_clear
    FROM (${sharesOf(before(part), before(whole), part, whole)}) AS shares, LATERAL (${newcombe(String(Z_95))}) AS reach
  ) AS of_${rate}`;
};

const DIFFERENCE_COLUMNS = USUAL_RATES.flatMap((rate) => [
  `${rate}_difference`,
  `${rate}_difference_low`,
  `${rate}_difference_high`,
  `${rate}_is_clear`,
]);

const KEY_DESCRIPTIONS = {
  dimension: 'What the row is about: all, channel or type',
  value: 'Channel or type; all for the messages of all channels and types',
  first_day: 'First day of sending of the period (UTC)',
  last_day: 'Last day of sending of the period (UTC), inclusive',
  before_first_day: 'First day of the period before, which has as many days; null if it would begin before the year 1',
  before_last_day: 'Last day of the period before: the day before first_day; null if before_first_day is',
  data_first_day: 'First day of the data: see data_span. A period that begins before it has fewer days with data',
  data_last_day: 'Last day of the data: see data_span',
  mature_until: `Last day of sending whose opens and clicks have arrived: ${MATURITY_DAYS.engagement} days before data_last_day`,
  purchase_mature_until: `Last day of sending whose purchases have arrived: ${MATURITY_DAYS.purchase} days before data_last_day`,
};

const matureDescription = (period: string, days: number, events: string) =>
  `Whether at least ${MATURE_SHARE * 100} % of the messages of the ${period} were sent ${days} days or more before the data ends, so ` +
  `that hardly any ${events} will follow; null without messages`;

const FLAG_DESCRIPTIONS = Object.fromEntries(
  [
    ['', 'period'],
    ['before_', 'period before'],
  ].flatMap(([prefix, period]) => [
    [`${prefix}is_mature`, matureDescription(period!, MATURITY_DAYS.engagement, 'opens and clicks')],
    [`${prefix}is_purchase_mature`, matureDescription(period!, MATURITY_DAYS.purchase, 'purchases')],
  ]),
) as Record<string, string>;

/** Columns of period_comparison, which as a function has no comments on columns. */
export const PERIOD_COMPARISON_COLUMNS: Readonly<Record<string, string>> = {
  ...KEY_DESCRIPTIONS,
  ...FLAG_DESCRIPTIONS,
  ...Object.fromEntries(
    USUAL_MEASURES.map((name) => [before(name), `${MEASURE_DESCRIPTIONS[name]}, in the period before`]),
  ),
  ...Object.fromEntries(
    USUAL_RATES.flatMap((name) => {
      const [part, whole] = RATES[name].map(before);
      return Object.entries(
        boundedDescriptions(
          before(name),
          `${name} of the period before. Share from 0 to 1: ${part} / ${whole}; null if ${whole} is 0`,
        ),
      );
    }),
  ),
  ...Object.fromEntries(
    USUAL_RATES.flatMap((name) => [
      [`${name}_difference`, `${name} minus ${before(name)}; null if one of them is`],
      [`${name}_difference_low`, `Lower bound of ${name}_difference: Newcombe's 95 % interval`],
      [`${name}_difference_high`, `Upper bound of ${name}_difference: Newcombe's 95 % interval`],
      [`${name}_is_clear`, `Whether 0 is outside the interval of ${name}_difference`],
    ]),
  ),
};

/** Columns in their order, with types. */
const RETURNED = [
  ['dimension', 'value'].map((name) => `${name} text`),
  Object.keys(KEY_DESCRIPTIONS)
    .slice(2)
    .map((name) => `${name} date`),
  Object.keys(FLAG_DESCRIPTIONS).map((name) => `${name} boolean`),
  [...USUAL_MEASURES, ...USUAL_MEASURES.map(before)].map((name) => `${name} bigint`),
  [
    ...rateColumns(),
    ...USUAL_RATES.flatMap((name) => [before(name), `${before(name)}_low`, `${before(name)}_high`]),
  ].map((name) => `${name} numeric`),
  DIFFERENCE_COLUMNS.map((name) => `${name} ${name.endsWith('is_clear') ? 'boolean' : 'numeric'}`),
].flat();

export const periodComparison: MartFunction = {
  kind: 'function',
  name: 'period_comparison',
  parameters: 'first_day date DEFAULT NULL, last_day date DEFAULT NULL',
  readsLedger: true,
  returns: `TABLE (${RETURNED.join(', ')})`,
  comment:
    'How did the messages sent from first_day to last_day do, compared with those of the same number of days before? One row for all ' +
    'messages, one for each channel and one for each type, with the counts and rates of both periods; columns of the period before ' +
    `begin with before_. The difference of each rate has Newcombe's 95 % interval; is_clear says that 0 is outside it. Compare rates only if ` +
    'both periods are mature, and mind that of twenty differences one is clear by chance. Without days, the period is the newest ' +
    `${USUAL_DAYS} days whose opens and clicks have arrived, or the last ${USUAL_DAYS} days of data that has no such days. With first_day only it ends ` +
    `with the data, with last_day only it has ${USUAL_DAYS} days. Days are those of sending (UTC); messages without one do not count. A ` +
    'difference is not an effect: channels, topics and weekdays may differ too. The interval takes messages as independent; several ' +
    'messages to one client are not, so the true interval is somewhat wider.',
  sql: `
    WITH span AS MATERIALIZED (SELECT min(first_date) AS first_date, min(last_date) AS last_date FROM mart.data_span),
    ending AS MATERIALIZED (
      SELECT CASE WHEN period_comparison.last_day IS NOT NULL THEN period_comparison.last_day
                  WHEN period_comparison.first_day IS NOT NULL THEN greatest(period_comparison.first_day, last_date)
                  WHEN first_date > last_date - ${MATURITY_DAYS.engagement} THEN last_date
                  ELSE last_date - ${MATURITY_DAYS.engagement} END AS last_day,
             period_comparison.first_day AS given_first_day
      FROM span WHERE ${CHECKED_DAYS}
    ),
    period AS MATERIALIZED (
      SELECT first_day, last_day,
             CASE WHEN last_day - first_day < first_day - date '0001-01-01' THEN first_day - (last_day - first_day) - 1 END AS before_first_day
      FROM (
        SELECT coalesce(given_first_day, greatest(last_day - ${USUAL_DAYS - 1}, '0001-01-01')) AS first_day, last_day FROM ending
      ) AS given
      WHERE last_day IS NOT NULL
    ),
    day AS MATERIALIZED (
      SELECT date, channel, message_type, ${counts()} FROM ${DAILY}
        AND date >= (SELECT coalesce(before_first_day, first_day) FROM period) AND date <= (SELECT last_day FROM period)
      GROUP BY date, channel, message_type HAVING sum(n) <> 0
    ),
    counted AS MATERIALIZED (
      SELECT CASE GROUPING(channel, message_type) WHEN 3 THEN 'all' WHEN 1 THEN 'channel' ELSE 'type' END AS dimension,
             CASE GROUPING(channel, message_type) WHEN 3 THEN 'all' WHEN 1 THEN channel ELSE message_type END AS value,
             ${[...ofPeriod('date >= first_day', (name) => name), ...ofPeriod('date < first_day', before)].join(',\n             ')}
      FROM day, period, span
      GROUP BY GROUPING SETS ((), (channel), (message_type))
    )
    SELECT dimension, value, period.first_day, period.last_day, before_first_day,
           CASE WHEN before_first_day IS NOT NULL THEN period.first_day - 1 END, first_date, last_date,
           last_date - ${MATURITY_DAYS.engagement}, last_date - ${MATURITY_DAYS.purchase}, ${Object.keys(FLAG_DESCRIPTIONS).join(', ')},
           ${[...USUAL_MEASURES, ...USUAL_MEASURES.map(before)].join(', ')}, ${rates()},
           ${USUAL_RATES.map((name) => bounded(before(name), ...(RATES[name].map(before) as [string, string]))).join(',\n           ')},
           ${DIFFERENCE_COLUMNS.join(', ')}
    FROM counted, period, span,
    ${USUAL_RATES.map(differenceOf).join(',\n    ')}
    ORDER BY dimension, counted.sent DESC, value`,
};
