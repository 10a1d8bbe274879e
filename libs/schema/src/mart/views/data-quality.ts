import { NULLABLE_COLUMNS } from '../../columns.js';
import { contract } from '../../contract.js';
import { DAILY, EVENT_BITS, share } from '../measures.js';
import type { MartView } from '../mart-object.js';
import { spanOf, TODAY } from '../maturity.js';
import { newestSentAtOf } from './freshness.js';
import { HOLIDAY_CHECK_NAMES, HOLIDAY_CHECKS } from './holiday-checks.js';

const nullBit = (column: string) => 2 ** NULLABLE_COLUMNS.findIndex((name) => name === column);

const TOTAL = `(SELECT coalesce(sum(n), 0) FROM ledger.entries WHERE cube = 'quality')`;
const MESSAGES = 'coalesce(sum(n), 0)';
const number = (where: string) => `coalesce(sum(n) FILTER (WHERE ${where}), 0)`;

const eventBit = (flag: string) => (EVENT_BITS as Readonly<Record<string, number>>)[flag.replace(/^is_/, '')];

/** Contradictions between a flag and its first time, for the flags that are events of the ledger. */
const CONTRADICTIONS = contract.flags.flatMap(({ flag, times }) => {
  const bit = eventBit(flag);
  if (bit === undefined) return [];
  const isTrue = `events & ${bit} <> 0`;
  const hasTime = `nulls & ${nullBit(times[0])} = 0`;
  return [
    { detail: `${flag} without ${times[0]}`, figure: number(`${isTrue} AND NOT ${hasTime}`) },
    { detail: `${times[0]} without ${flag}`, figure: number(`NOT ${isTrue} AND ${hasTime}`) },
  ];
});

const NULLS = NULLABLE_COLUMNS.map((column) => ({
  detail: column,
  figure: number(`nulls & ${nullBit(column)} <> 0`),
}));

const UNDELIVERED_BITS = EVENT_BITS.hard_bounced | EVENT_BITS.soft_bounced | EVENT_BITS.blocked;

/** Events of messages that did not arrive. */
const UNDELIVERED = (['opened', 'clicked', 'purchased'] as const).map((event) => {
  const happened = `events & ${EVENT_BITS[event]} <> 0`;
  return {
    detail: `${event} but bounced or blocked`,
    figure: number(`${happened} AND events & ${UNDELIVERED_BITS} <> 0`),
    total: number(happened),
  };
});

/** Days outside data_span by this much are mistakes rather than a slow start or a new day. */
const FAR_DAYS = 30;
const IN_FUTURE = `date > ${TODAY}`;

/** Checks of the flags and times of single messages, all from one scan of the ledger. */
const CHECKS = [
  ...NULLS.map((each) => ({ check: 'null', total: MESSAGES, ...each })),
  ...CONTRADICTIONS.map((each) => ({ check: 'contradiction', total: MESSAGES, ...each })),
  ...UNDELIVERED.map((each) => ({ check: 'undelivered', ...each })),
];

/** In an empty mart span has no row. */
const IMPLAUSIBLE_DATES = `
      SELECT 'implausible date', detail, figure, dated
      FROM (
        SELECT ${number(IN_FUTURE)} AS in_future, ${number(`date < first_date - ${FAR_DAYS}`)} AS too_early,
               ${number(`date > last_date + ${FAR_DAYS} AND NOT ${IN_FUTURE}`)} AS too_late, ${MESSAGES} AS dated
        FROM day LEFT JOIN span ON true
      ) AS counted,
      LATERAL (VALUES ('in the future', in_future), ('more than ${FAR_DAYS} days before the data', too_early),
                      ('more than ${FAR_DAYS} days after the data', too_late)) AS check_row (detail, figure)`;

const DUPLICATES = 'duplicate message_id';
const SENT_AFTER_UNSUBSCRIBE = 'sent after unsubscribe';

/** The checks that read the rows of messages. A condition on check_name skips them. */
export const SLOW_CHECKS: readonly string[] = [DUPLICATES, SENT_AFTER_UNSUBSCRIBE];

/** The number of checked messages comes from the ledger: messages without sent_at have no weekday there. */
const SENT_AFTER_UNSUBSCRIBES = `
  SELECT '${SENT_AFTER_UNSUBSCRIBE}', channel, coalesce(figure, 0), of_total
  FROM (
    SELECT channel, coalesce(sum(n) FILTER (WHERE weekday IS NOT NULL), 0) AS of_total
    FROM ledger.entries WHERE cube = 'send_time' GROUP BY channel HAVING sum(n) <> 0
  ) AS sending
  LEFT JOIN (
    SELECT channel, count(*) AS figure
    FROM public.messages
    JOIN (
      SELECT client_id, channel, min(unsubscribed_at) AS left_at
      FROM public.messages WHERE is_unsubscribed AND unsubscribed_at IS NOT NULL GROUP BY client_id, channel
    ) AS unsubscribed USING (client_id, channel)
    WHERE sent_at > left_at
    GROUP BY channel
  ) AS sent_later USING (channel)`;

export const dataQuality: MartView = {
  kind: 'view',
  name: 'data_quality',
  comment:
    'Question 24, data quality: one row for each finding of a check. Two checks read all rows of messages, which takes ' +
    `time; WHERE check_name NOT IN (${SLOW_CHECKS.map((check) => `'${check}'`).join(', ')}) skips them.`,
  columns: {
    check_name:
      'null (column without a value), orphan (campaign not in campaigns), negative lag (event before the send), contradiction ' +
      '(flag and time disagree), undelivered (event of a message that bounced or was blocked), implausible date (of sending: in ' +
      `the future, or otherwise more than ${FAR_DAYS} days before or after nearly all others, see data_span), ` +
      'duplicate message_id, sent after unsubscribe (sent later than the first unsubscribe of the client on the same channel; ' +
      `the data does not say whether the client subscribed again), ${HOLIDAY_CHECK_NAMES}, quarantine (by reason), freshness`,
    detail: 'What was checked or found: a column, an event, a date, a channel, a holiday, a reason',
    figure:
      'Number of affected messages or records; for freshness the age in seconds, null if nothing was ever written',
    of_total: 'Number of messages or events checked; null for quarantine and freshness',
    share: 'Share from 0 to 1: figure / of_total',
  },
  // Both are read by several checks. PostgreSQL does not compute them if no check that is asked for needs them.
  sql: `
    WITH day AS MATERIALIZED (
      SELECT date, sum(n) AS n FROM ${DAILY} AND date IS NOT NULL GROUP BY date HAVING sum(n) <> 0
    ), span AS MATERIALIZED (${spanOf(`(SELECT date, n FROM day WHERE NOT ${IN_FUTURE})`)})
    SELECT check_name, detail, figure::bigint, of_total::bigint, ${share('figure', 'of_total')} AS share
    FROM (
      SELECT check_row.*
      FROM (SELECT ${CHECKS.map(({ figure, total }, i) => `${figure} AS figure_${i}, ${total} AS total_${i}`).join(', ')}
            FROM ledger.entries WHERE cube = 'quality') AS counted,
      LATERAL (VALUES ${CHECKS.map(({ check, detail }, i) => `('${check}', '${detail}', figure_${i}, total_${i})`).join(', ')}
      ) AS check_row (check_name, detail, figure, of_total)
      UNION ALL
      SELECT 'orphan', 'campaign', coalesce(sum(n) FILTER (WHERE campaign_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM public.campaigns WHERE campaigns.id = campaign_id AND campaigns.campaign_type = message_type
             )), 0), coalesce(sum(n), 0)
      FROM (SELECT campaign_id, message_type, sum(n) AS n FROM ${DAILY} GROUP BY campaign_id, message_type) AS sending
      UNION ALL
      SELECT 'negative lag', event || ' before the send', coalesce(sum(n) FILTER (WHERE delay_upto < 0), 0), coalesce(sum(n), 0)
      FROM (VALUES ('open'), ('click'), ('purchase'), ('unsubscribe'), ('complaint')) AS kind (event)
      LEFT JOIN (SELECT event, delay_upto, n FROM ledger.entries WHERE cube = 'delay') AS delay USING (event)
      GROUP BY event
      UNION ALL ${IMPLAUSIBLE_DATES}
      UNION ALL
      SELECT '${DUPLICATES}', 'rows beyond the first', coalesce(sum(copies - 1), 0), ${TOTAL}
      FROM (SELECT count(*) AS copies FROM public.messages GROUP BY message_id HAVING count(*) > 1) AS repeated
      UNION ALL ${SENT_AFTER_UNSUBSCRIBES}
      UNION ALL ${HOLIDAY_CHECKS}
      UNION ALL
      SELECT 'quarantine', reason, count(*), NULL
      FROM public.quarantined_messages,
           LATERAL (SELECT DISTINCT each ->> 'reason' AS reason FROM jsonb_array_elements(reasons) AS each) AS named
      GROUP BY reason
      UNION ALL
      SELECT 'freshness', 'seconds since messages last changed',
             extract(epoch FROM clock_timestamp() - nullif(greatest(
               (SELECT changed_at FROM ledger.last_change), (SELECT max(changed_at) FROM ledger.pending)
             ), '-infinity')), NULL
      UNION ALL
      SELECT 'freshness', 'seconds since the newest time of sending',
             extract(epoch FROM clock_timestamp() - (${newestSentAtOf('span')})), NULL
      UNION ALL
      SELECT 'freshness', 'seconds since a record was quarantined',
             extract(epoch FROM clock_timestamp() - (SELECT max(quarantined_at) FROM public.quarantined_messages)), NULL
    ) AS board`,
};
