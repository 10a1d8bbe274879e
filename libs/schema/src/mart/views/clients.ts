import { numericType, rateColumns, rates, ROW_IS_DELIVERED, rowCounts, share, summed } from '../measures.js';
import { PERIOD } from '../argument-checks.js';
import { ENOUGH } from '../maturity.js';
import type { MartFunction, MartView } from '../mart-object.js';

/*
 * These views read the rows of `messages`, because facts about a client cannot be kept as sums over messages. How long they
 * take is in docs/performance.md.
 */

const CLIENT_MEASURES = ['sent', 'delivered', 'opened', 'clicked', 'purchased'] as const;
const CLIENT_RATES = rates([
  'open_rate',
  'open_rate_delivered',
  'click_rate',
  'click_rate_delivered',
  'purchase_rate',
  'purchase_rate_delivered',
]);

const SUMMED = summed(CLIENT_MEASURES);

/** Number of the range (from 1) that a count of received messages falls into. */
const band = (received: string) => `1 + width_bucket(${received}, '{1,2,3,4,8,16,32}'::bigint[])`;

/**
 * Delivered messages of the same client in the given number of days before, without the message itself. In hours, because the
 * length of a day depends on the session's time zone.
 */
const receivedIn = (days: number) =>
  `count(*) FILTER (WHERE ${ROW_IS_DELIVERED})
     OVER (history RANGE BETWEEN interval '${days * 24} hours' PRECEDING AND CURRENT ROW) - (${ROW_IS_DELIVERED})::integer`;

const FATIGUE_MEASURES = ['sent', 'delivered', 'opened', 'clicked', 'unsubscribed'] as const;
const FATIGUE_RATES = [
  'open_rate',
  'open_rate_delivered',
  'click_rate',
  'click_rate_delivered',
  'unsubscribe_rate',
  'unsubscribe_rate_delivered',
] as const;

export const fatigue: MartFunction = {
  kind: 'function',
  name: 'fatigue',
  parameters: PERIOD.parameters,
  returns: `TABLE (days integer, received text, sent bigint, delivered bigint, opened bigint, clicked bigint, unsubscribed bigint,
                   ${rateColumns(FATIGUE_RATES)
                     .map((name) => `${name} numeric`)
                     .join(', ')})`,
  comment:
    'Question 15, fatigue: how do rates change with the number of messages that the client received in the 1, 7 or 30 days ' +
    'before (24 h each)? For messages of the days (UTC) from first_day to last_day (null means no limit); earlier messages count as received. ' +
    'The message itself does not count as received; others of the same second do, and messages that bounced or were blocked ' +
    'do not. Clients who react are often sent more, so a difference need not come from the number of messages. Reads the rows of messages: limit ' +
    'the days to make it faster.',
  sql: `
    SELECT days, received, ${FATIGUE_MEASURES.join(', ')}, ${rates(FATIGUE_RATES)}
    FROM (
      SELECT days, band, received, ${summed(FATIGUE_MEASURES)}
      FROM (
        SELECT ${band('in_1_day')} AS in_1_day, ${band('in_7_days')} AS in_7_days, ${band('in_30_days')} AS in_30_days,
               ${rowCounts(FATIGUE_MEASURES)}
        FROM (
          SELECT date, is_hard_bounced, is_soft_bounced, is_blocked, is_opened, is_clicked, is_unsubscribed,
                 ${receivedIn(1)} AS in_1_day, ${receivedIn(7)} AS in_7_days, ${receivedIn(30)} AS in_30_days
          FROM public.messages
          WHERE sent_at IS NOT NULL
            AND date BETWEEN CASE WHEN isfinite(first_day) THEN first_day - 31 ELSE '-infinity' END AND coalesce(last_day, 'infinity')
          WINDOW history AS (PARTITION BY client_id ORDER BY sent_at)
        ) AS message
        WHERE date >= coalesce(first_day, '-infinity')
        GROUP BY 1, 2, 3
      ) AS counted,
      LATERAL (VALUES (1, in_1_day), (7, in_7_days), (30, in_30_days)) AS looked_back (days, band),
      LATERAL (SELECT (ARRAY['0', '1', '2', '3', '4-7', '8-15', '16-31', '32 and more'])[band]) AS named (received)
      GROUP BY days, band, received
    ) AS summed
    ORDER BY days, band
    LIMIT ${PERIOD.limit}`,
};

/**
 * From the strongest sign of interest to the weakest, so that no label hides a stronger one. An open is weaker than a click,
 * because programs open messages too.
 */
const SEGMENT = `
  CASE WHEN purchased > 0 THEN 'buyer' WHEN clicked > 0 THEN 'clicker' WHEN opened > 0 THEN 'opener'
       WHEN delivered = 0 THEN 'unreachable' ELSE 'silent' END`;

export const clientSegments: MartView = {
  kind: 'view',
  name: 'client_segments',
  comment:
    'Question 18, segments of clients, by channel and for all channels together. A client is in the segment of the strongest ' +
    'reaction to the messages of the channel: buyer (bought after a message), else clicker, else opener, else unreachable ' +
    '(every message bounced or was blocked), else silent. A click counts more than an open because mail programs open ' +
    'messages too. is_unsubscribed divides each segment and hides no buyers. A client of several channels counts once for ' +
    "each of them and once in 'all', so do not add up channels. Reads the rows of messages.",
  columns: {
    channel: "Channel of the messages; 'all' for all channels together",
    segment: 'buyer, clicker, opener, unreachable or silent',
    is_unsubscribed:
      'Whether these clients unsubscribed from the channel at least once; for all channels: from any of them',
    clients: 'Clients in the row',
    share_of_clients: 'Share from 0 to 1 of all clients with messages on the channel',
    messages_per_client: 'sent / clients',
  },
  sql: `
    WITH by_channel AS (
      SELECT client_id, channel, ${rowCounts([...CLIENT_MEASURES, 'unsubscribed'])}
      FROM public.messages GROUP BY client_id, channel
    )
    SELECT channel, segment, is_unsubscribed, clients, ${share('clients', '(sum(clients) OVER (PARTITION BY channel))')} AS share_of_clients,
           ${CLIENT_MEASURES.join(', ')}, (sent::numeric / clients)::${numericType(3)} AS messages_per_client, ${CLIENT_RATES}
    FROM (
      SELECT channel, ${SEGMENT} AS segment, unsubscribed > 0 AS is_unsubscribed, count(*) AS clients, ${SUMMED}
      FROM (
        SELECT * FROM by_channel
        UNION ALL
        SELECT client_id, 'all', ${[...CLIENT_MEASURES, 'unsubscribed'].map((name) => `sum(${name})::bigint`).join(', ')}
        FROM by_channel GROUP BY client_id
      ) AS client
      GROUP BY 1, 2, 3
    ) AS counted`,
};

export const firstPurchaseCohorts: MartView = {
  kind: 'view',
  name: 'first_purchase_cohorts',
  comment:
    'Question 19, cohorts by the month of the first purchase: how does each cohort react to messages before and after it? ' +
    'All clients of a cohort bought at some time, so their rates before the first purchase are not those of ' +
    'clients in general. Clients who bought before first purchases were recorded (2021-12-15 in the real data) have no ' +
    'known first purchase, or a later one. Reads the rows of messages.',
  columns: {
    cohort: 'First day of the month (UTC) of the first purchase; null for clients without a known one',
    phase:
      "'up to first purchase' (day of sending on or before the day of the first purchase), 'after first purchase', " +
      "'no purchase known' (the row without a cohort), or 'unknown' for messages without a day of sending",
    clients:
      'Clients of the cohort with messages in this phase; most clients are in both phases, so do not add them up',
    messages_per_client: 'sent / clients',
  },
  sql: `
    SELECT cohort, phase, clients, ${CLIENT_MEASURES.join(', ')}, (sent::numeric / clients)::${numericType(3)} AS messages_per_client, ${CLIENT_RATES}
    FROM (
      SELECT date_trunc('month', first_purchase::timestamp)::date AS cohort,
             CASE WHEN first_purchase IS NULL THEN 'no purchase known' WHEN is_after THEN 'after first purchase'
                  WHEN NOT is_after THEN 'up to first purchase' ELSE 'unknown' END AS phase,
             count(*) AS clients, ${SUMMED}
      FROM (
        SELECT client_id, date > first_purchase_date AS is_after, max(first_purchase_date) AS first_purchase, ${rowCounts(CLIENT_MEASURES)}
        FROM public.messages LEFT JOIN public.client_first_purchase_date USING (client_id)
        GROUP BY client_id, is_after
      ) AS client
      GROUP BY cohort, phase
    ) AS counted`,
};

/**
 * First day of the recording of first purchases; a few stray days before it must not make all messages look classified.
 * To be used as a scalar: with a join, PostgreSQL would not use parallel workers.
 */
const RECORDED_FROM = `
  SELECT min(first_purchase_date) FROM (
    SELECT first_purchase_date, sum(n) OVER (ORDER BY first_purchase_date) AS up_to_here,
           ${ENOUGH} AS enough
    FROM (
      SELECT first_purchase_date, count(*) AS n FROM public.client_first_purchase_date GROUP BY first_purchase_date
    ) AS day
  ) AS recorded
  WHERE up_to_here >= enough`;

export const newAndExistingClients: MartView = {
  kind: 'view',
  name: 'new_and_existing_clients',
  comment:
    'Question 20, new compared with existing clients, by the first purchase of the client: before the day of sending (existing), ' +
    'on that day or later (buys later), or none on record. First purchases are recorded from a certain day on ' +
    '(2021-12-15 in the real data), so clients who bought before that day cannot be told from those who never bought: ' +
    "'buys later' and 'no purchase known' contain old customers. The demo data has only earlier messages, which are 'unknown'. " +
    'Reads the rows of messages.',
  columns: {
    client:
      "'existing' (first purchase before the day of sending), 'buys later' (on that day or later), 'no purchase known', or " +
      "'unknown' for messages sent before first purchases were recorded, or without a day of sending",
    message_type: 'Kind of campaign',
  },
  sql: `
    SELECT client, message_type, ${CLIENT_MEASURES.join(', ')}, ${CLIENT_RATES}
    FROM (
      SELECT CASE WHEN date >= (${RECORDED_FROM})
                  THEN CASE WHEN first_purchase_date < date THEN 'existing' WHEN first_purchase_date >= date THEN 'buys later'
                            ELSE 'no purchase known' END
                  ELSE 'unknown' END AS client,
             message_type, ${rowCounts(CLIENT_MEASURES)}
      FROM public.messages LEFT JOIN public.client_first_purchase_date USING (client_id)
      GROUP BY 1, message_type
    ) AS counted`,
};
