import { HOLIDAYS_BY_DAY } from '../holidays-by-day.js';
import { MATURITY_DAYS, RIGHT_CENSORED, WITH_SPAN } from '../maturity.js';
import {
  bounded,
  boundedDescriptions,
  counts,
  DAILY,
  rated,
  rates,
  share,
  USUAL_MEASURES,
  type MeasureName,
} from '../measures.js';
import type { MartFunction, MartView } from '../mart-object.js';

const ROLLED: readonly MeasureName[] = ['sent', 'opened', 'clicked', 'purchased'];

/** Rates of seven days over the delivered messages. */
const DELIVERED_7D = {
  open_rate_delivered_7d: 'opened_7d',
  click_rate_delivered_7d: 'clicked_7d',
  purchase_rate_delivered_7d: 'purchased_7d',
};

const ROLLING_SUMS = [...ROLLED, 'delivered']
  .map((name) => `(sum(${name}) OVER week)::bigint AS ${name}_7d`)
  .join(', ');

/**
 * Counts and rates by day.
 *
 * @param entries FROM item of the ledger's cube `daily`, with a WHERE clause
 */
const byDay = (entries: string) => `
    ${WITH_SPAN}
    SELECT date, ${RIGHT_CENSORED.sql},
           ${USUAL_MEASURES.join(', ')}, ${rates()},
           ${ROLLED.map((name) => `${name}_7d`).join(', ')},
           ${bounded('open_rate_7d', 'opened_7d', 'sent_7d')},
           ${bounded('click_rate_7d', 'clicked_7d', 'sent_7d')},
           ${bounded('purchase_rate_7d', 'purchased_7d', 'sent_7d')},
           holiday, is_doubtful AS is_doubtful_holiday, delivered_7d,
           ${Object.entries(DELIVERED_7D)
             .map(([name, part]) => bounded(name, part, 'delivered_7d'))
             .join(',\n           ')}
    FROM (
      SELECT *, ${ROLLING_SUMS}
      FROM (SELECT date, ${counts()} FROM ${entries} AND date IS NOT NULL GROUP BY date HAVING sum(n) <> 0) AS day
      WINDOW week AS (ORDER BY date RANGE BETWEEN interval '6 days' PRECEDING AND CURRENT ROW)
    ) AS rolled
    LEFT JOIN (${HOLIDAYS_BY_DAY}) AS holiday USING (date)`;

export const dailyRates: MartView = {
  kind: 'view',
  name: 'daily_rates',
  comment:
    'Question 9, volume and rates by day, and over seven days. Events happen after the send, so rates of the last ' +
    `days of the data are still rising: opens and clicks for ${MATURITY_DAYS.engagement} days, purchases for ` +
    `${MATURITY_DAYS.purchase}. These days are marked. For one channel, type or topic see daily_rates_of.`,
  columns: {
    date: 'Day of sending (UTC). Messages without one are not in this view',
    ...RIGHT_CENSORED.columns,
    sent_7d: 'Messages of this day and the six before (calendar days, whether or not something was sent)',
    opened_7d: 'Opened messages among sent_7d',
    clicked_7d: 'Clicked messages among sent_7d',
    purchased_7d: 'Messages with a purchase among sent_7d',
    ...boundedDescriptions('open_rate_7d', 'Share from 0 to 1: opened_7d / sent_7d'),
    ...boundedDescriptions('click_rate_7d', 'Share from 0 to 1: clicked_7d / sent_7d'),
    ...boundedDescriptions('purchase_rate_7d', 'Share from 0 to 1: purchased_7d / sent_7d'),
    holiday: "Name of the day's holiday in holiday_calendar, several joined by ' + '; null for regular days",
    is_doubtful_holiday: 'Whether the date of the holiday is doubtful, see holiday_calendar; null for regular days',
    delivered_7d: 'Delivered messages among sent_7d',
    ...Object.fromEntries(
      Object.entries(DELIVERED_7D).flatMap(([name, part]) =>
        Object.entries(
          boundedDescriptions(name, `Share from 0 to 1: ${part} / delivered_7d; null if delivered_7d is 0`),
        ),
      ),
    ),
  },
  sql: byDay(DAILY),
};

export const dailyRatesOf: MartFunction = {
  kind: 'function',
  name: 'daily_rates_of',
  parameters: 'channel text DEFAULT NULL, message_type text DEFAULT NULL, topic text DEFAULT NULL',
  returns: 'SETOF mart.daily_rates',
  readsLedger: true,
  comment:
    'Question 9, volume and rates by day, and over seven days, of the messages of one channel, type or topic: null selects all of ' +
    'them, an empty topic the messages without one. Columns as in daily_rates, which it equals without arguments. A day on which none ' +
    'of these messages was sent has no row.',
  sql: byDay(`(
    SELECT date, events, n
    FROM ledger.entries AS entry
    LEFT JOIN public.campaigns AS campaign ON campaign.id = entry.campaign_id AND campaign.campaign_type = entry.message_type
    WHERE cube = 'daily'
      AND (daily_rates_of.channel IS NULL OR entry.channel = daily_rates_of.channel)
      AND (daily_rates_of.message_type IS NULL OR entry.message_type = daily_rates_of.message_type)
      AND (daily_rates_of.topic IS NULL OR coalesce(campaign.topic, '') = daily_rates_of.topic)
  ) AS chosen WHERE true`),
};

export const sendTimeRates: MartView = {
  kind: 'view',
  name: 'send_time_rates',
  comment:
    'Question 8, the best hour and weekday to send: rates by the time of sending (UTC). Compare within a type and channel, ' +
    'and mind the volume.',
  columns: {
    message_type: 'Kind of campaign',
    channel: 'Channel of the message',
    weekday: '1 Monday to 7 Sunday (UTC); null for messages without a time of sending',
    hour: 'Hour of sending, 0 to 23 (UTC)',
  },
  sql: rated({ by: 'message_type, channel, weekday, hour', from: `ledger.entries WHERE cube = 'send_time'` }),
};

/** The upper bound of the bucket that contains the quantile of a group's delays. */
const quantile = (rank: number) => `min(delay_upto) FILTER (WHERE up_to_here >= ${rank} * events)`;

export const responseTimes: MartView = {
  kind: 'view',
  name: 'response_times',
  comment:
    'Question 7, time from the send to the first open, the first click, the purchase, the unsubscribe and the complaint: median, ' +
    '90th percentile, and the number within ' +
    '1 h and 24 h. Percentiles come from a histogram of whole seconds: they are exact up to 50 s, above that at most 2.01 % ' +
    'too high, never too low; the counts are exact. Events before the send are included; for the percentiles, more than a ' +
    'minute before counts as a minute.',
  columns: {
    event: 'open, click (both the first one), purchase, unsubscribe or complaint',
    message_type: "Kind of campaign; 'all' for all kinds",
    channel: "Channel of the message; 'all' for all channels",
    events: 'Messages with the event, both times known',
    median_seconds: 'Half of the events come within this time after the send; at most 2.01 % too high',
    p90_seconds: 'Nine tenths of the events come within this time after the send; at most 2.01 % too high',
    before_send: 'Events before the send',
    within_1h: 'Events at most 3,600 s after the send',
    within_24h: 'Events at most 86,400 s after the send',
    within_1h_share: 'Share from 0 to 1: within_1h / events',
    within_24h_share: 'Share from 0 to 1: within_24h / events',
  },
  sql: `
    SELECT event, message_type, channel, events::bigint, ${quantile(0.5)} AS median_seconds, ${quantile(0.9)} AS p90_seconds,
           coalesce(sum(n) FILTER (WHERE delay_upto < 0), 0)::bigint AS before_send,
           coalesce(sum(n) FILTER (WHERE delay_upto <= 3600), 0)::bigint AS within_1h,
           coalesce(sum(n) FILTER (WHERE delay_upto <= 86400), 0)::bigint AS within_24h,
           ${share('coalesce(sum(n) FILTER (WHERE delay_upto <= 3600), 0)', 'events')} AS within_1h_share,
           ${share('coalesce(sum(n) FILTER (WHERE delay_upto <= 86400), 0)', 'events')} AS within_24h_share
    FROM (
      SELECT *, sum(n) OVER (same ORDER BY delay_upto) AS up_to_here, sum(n) OVER same AS events
      FROM (
        SELECT event, coalesce(message_type, 'all') AS message_type, coalesce(channel, 'all') AS channel, delay_upto, sum(n) AS n
        FROM ledger.entries WHERE cube = 'delay'
        GROUP BY GROUPING SETS ((event, message_type, channel, delay_upto), (event, channel, delay_upto), (event, delay_upto))
        HAVING sum(n) <> 0
      ) AS bucket
      WINDOW same AS (PARTITION BY event, message_type, channel)
    ) AS cumulative
    GROUP BY event, message_type, channel, events`,
};
