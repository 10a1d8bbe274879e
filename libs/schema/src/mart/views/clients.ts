import { rateColumns, rates, rowCounts, share, summed } from '../measures.js';
import type { MartFunction, MartView } from '../mart-object.js';

/*
 * These views read the rows of `messages`, because facts about a client cannot be kept as sums over messages. How long they
 * take is in docs/performance.md.
 */

const CLIENT_MEASURES = ['sent', 'opened', 'clicked', 'purchased'] as const;
const CLIENT_RATES = rates(['open_rate', 'click_rate', 'purchase_rate']);

const SUMMED = summed(CLIENT_MEASURES);

/** Number of the range (from 1) that a count of received messages falls into. */
const band = (received: string) => `1 + width_bucket(${received}, '{1,2,3,4,8,16,32}'::bigint[])`;

/** Messages of the same client in the given number of days before. In hours, because the length of a day depends on the session's time zone. */
const receivedIn = (days: number) =>
  `count(*) OVER (history RANGE BETWEEN interval '${days * 24} hours' PRECEDING AND CURRENT ROW) - 1`;

const FATIGUE_MEASURES = ['sent', 'opened', 'clicked', 'unsubscribed'] as const;
const FATIGUE_RATES = ['open_rate', 'click_rate', 'unsubscribe_rate'] as const;

export const fatigue: MartFunction = {
  kind: 'function',
  name: 'fatigue',
  parameters: `first_day date DEFAULT '-infinity', last_day date DEFAULT 'infinity'`,
  returns: `TABLE (days integer, received text, sent bigint, opened bigint, clicked bigint, unsubscribed bigint,
                   ${rateColumns(FATIGUE_RATES)
                     .map((name) => `${name} numeric`)
                     .join(', ')})`,
  comment:
    'Question 15, fatigue: how do rates change with the number of messages that the client received in the 1, 7 or 30 days ' +
    'before (24 h each)? For messages of the days from first_day to last_day; earlier messages count as received. ' +
    'The message itself does not count as received; others of the same second do. Reads the rows of messages: limit ' +
    'the days to make it faster.',
  sql: `
    SELECT days, received, ${FATIGUE_MEASURES.join(', ')}, ${rates(FATIGUE_RATES)}
    FROM (
      SELECT days, band, received, ${summed(FATIGUE_MEASURES)}
      FROM (
        SELECT ${band('in_1_day')} AS in_1_day, ${band('in_7_days')} AS in_7_days, ${band('in_30_days')} AS in_30_days,
               ${rowCounts(FATIGUE_MEASURES)}
        FROM (
          SELECT date, is_opened, is_clicked, is_unsubscribed,
                 ${receivedIn(1)} AS in_1_day, ${receivedIn(7)} AS in_7_days, ${receivedIn(30)} AS in_30_days
          FROM public.messages
          WHERE sent_at IS NOT NULL
            AND date BETWEEN CASE WHEN isfinite(first_day) THEN first_day - 31 ELSE first_day END AND last_day
          WINDOW history AS (PARTITION BY client_id ORDER BY sent_at)
        ) AS message
        WHERE date >= first_day
        GROUP BY 1, 2, 3
      ) AS counted,
      LATERAL (VALUES (1, in_1_day), (7, in_7_days), (30, in_30_days)) AS looked_back (days, band),
      LATERAL (SELECT (ARRAY['0', '1', '2', '3', '4-7', '8-15', '16-31', '32 and more'])[band]) AS named (received)
      GROUP BY days, band, received
    ) AS summed
    ORDER BY days, band`,
};

export const clientSegments: MartView = {
  kind: 'view',
  name: 'client_segments',
  comment:
    'Question 18, segments of clients. Each client is in the first segment that fits: unsubscribed, buyer (bought after a ' +
    'message), clicker, opener, unreachable (all messages bounced or were blocked), silent. Reads the rows of messages.',
  columns: {
    segment: 'unsubscribed, buyer, clicker, opener, unreachable or silent',
    clients: 'Clients in the segment',
    share_of_clients: 'Share from 0 to 1 of all clients',
    messages_per_client: 'sent / clients',
  },
  sql: `
    SELECT segment, clients, ${share('clients', '(sum(clients) OVER ())')} AS share_of_clients,
           ${CLIENT_MEASURES.join(', ')}, round(sent::numeric / clients, 3) AS messages_per_client, ${CLIENT_RATES}
    FROM (
      SELECT CASE WHEN unsubscribed > 0 THEN 'unsubscribed' WHEN purchased > 0 THEN 'buyer' WHEN clicked > 0 THEN 'clicker'
                  WHEN opened > 0 THEN 'opener' WHEN undelivered = sent THEN 'unreachable' ELSE 'silent' END AS segment,
             count(*) AS clients, ${SUMMED}
      FROM (
        SELECT client_id, ${rowCounts([...CLIENT_MEASURES, 'unsubscribed'])},
               count(*) FILTER (WHERE is_hard_bounced OR is_soft_bounced OR is_blocked) AS undelivered
        FROM public.messages GROUP BY client_id
      ) AS client
      GROUP BY segment
    ) AS counted`,
};

export const firstPurchaseCohorts: MartView = {
  kind: 'view',
  name: 'first_purchase_cohorts',
  comment:
    'Question 19, cohorts by the month of the first purchase: how does each cohort react to messages? Clients ' +
    'without a known first purchase are in the row without a month. Reads the rows of messages.',
  columns: {
    cohort: 'First day of the month of the first purchase; null for clients without a known one',
    clients: 'Clients of the cohort with messages',
    messages_per_client: 'sent / clients',
  },
  sql: `
    SELECT cohort, clients, ${CLIENT_MEASURES.join(', ')}, round(sent::numeric / clients, 3) AS messages_per_client, ${CLIENT_RATES}
    FROM (
      SELECT date_trunc('month', first_purchase_date::timestamp)::date AS cohort, count(*) AS clients, ${SUMMED}
      FROM (SELECT client_id, ${rowCounts(CLIENT_MEASURES)} FROM public.messages GROUP BY client_id) AS client
      LEFT JOIN public.client_first_purchase_date USING (client_id)
      GROUP BY cohort
    ) AS counted`,
};

export const newAndExistingClients: MartView = {
  kind: 'view',
  name: 'new_and_existing_clients',
  comment:
    'Question 20, new compared with existing clients. Existing clients bought before the day the message was sent, new ones did not. ' +
    'First purchases are only known from a certain day on (2021-12-15 in the real data). Earlier messages cannot be ' +
    'classified, and the demo data has only those. Reads the rows of messages.',
  columns: {
    client: `'existing', 'new', or 'unknown' for messages sent before first purchases were recorded, or without a day of sending`,
    message_type: 'Kind of campaign',
  },
  sql: `
    SELECT client, message_type, ${CLIENT_MEASURES.join(', ')}, ${CLIENT_RATES}
    FROM (
      SELECT CASE WHEN date >= (SELECT min(first_purchase_date) FROM public.client_first_purchase_date)
                  THEN CASE WHEN first_purchase_date < date THEN 'existing' ELSE 'new' END
                  ELSE 'unknown' END AS client,
             message_type, ${rowCounts(CLIENT_MEASURES)}
      FROM public.messages LEFT JOIN public.client_first_purchase_date USING (client_id)
      GROUP BY 1, message_type
    ) AS counted`,
};
