import { failure } from '../argument-checks.js';
import { MATURE_SHARE } from '../maturity.js';
import { bounded, counts, DAILY, ROW_IS_DELIVERED } from '../measures.js';
import type { MartFunction } from '../mart-object.js';

export const MAX_ATTRIBUTION_DAYS = 3650;

/** A filter on no column is evaluated once, before any row is read, also in an empty mart. A failing cast raises the error. */
const CHECK_ARGUMENTS = `
  CASE WHEN coalesce(touch NOT IN ('first', 'last'), true)
       THEN ${failure('boolean', "'attribution has no touch '", "coalesce(touch, 'null')", "', only first and last'")}
       WHEN coalesce(days NOT BETWEEN 1 AND ${MAX_ATTRIBUTION_DAYS}, true)
       THEN ${failure('boolean', `'attribution takes 1 to ${MAX_ATTRIBUTION_DAYS} days, not '`, "coalesce(days::text, 'null')")}
       ELSE true END`;

/** Limited, because the planner may compute it before the arguments are checked. */
const WINDOW = `least(days, ${MAX_ATTRIBUTION_DAYS}) * interval '24 hours'`;

export const attribution: MartFunction = {
  kind: 'function',
  name: 'attribution',
  readsLedger: true,
  parameters: `days integer DEFAULT 7, touch text DEFAULT 'last'`,
  returns: `TABLE (campaign_id bigint, campaign_type text, channel text, is_mature boolean, sent bigint,
                   messages_credited bigint, purchases_credited bigint, purchased bigint,
                   credited_rate numeric, credited_rate_low numeric, credited_rate_high numeric,
                   purchase_rate numeric, purchase_rate_low numeric, purchase_rate_high numeric)`,
  comment:
    'Purchases by the campaign that came before them: each purchase (a client and a time) is credited to one message, the ' +
    "first (touch => 'first') or the last ('last', the default) that was delivered to the client in the given number of " +
    'days (24 h each) up to the purchase. Of messages of the same second, the one with the smaller id counts as earlier. ' +
    'Rows by campaign, type and channel; purchases without such a message are in a row whose type and channel are ' +
    "'unattributed'. credited_rate is messages_credited / sent: messages with at least one credited purchase. purchased and " +
    'purchase_rate count the messages that the source linked to a purchase; it links one purchase to several messages, and only ' +
    'purchases that it linked to some message are known. is_mature says whether at least 99 % of the dated messages were sent so ' +
    'many days or more before the data ends. Credit is not cause: some of these purchases would have happened without a message, ' +
    'which only a holdout can show, and the data has none; nor has it revenue. Reads the rows of messages.',
  sql: `
    WITH purchase AS (
      SELECT DISTINCT client_id, purchased_at FROM public.messages WHERE is_purchased AND purchased_at IS NOT NULL
    ),
    received AS (
      SELECT client_id, sent_at, id, campaign_id, message_type, channel,
             row_number() OVER (PARTITION BY client_id ORDER BY sent_at, id) AS place
      FROM public.messages
      WHERE ${ROW_IS_DELIVERED} AND sent_at IS NOT NULL AND client_id IN (SELECT client_id FROM purchase)
    ),
    placed AS (
      SELECT client_id, is_purchase,
             count(*) FILTER (WHERE NOT is_purchase) OVER (PARTITION BY client_id ORDER BY at) AS up_to_here,
             count(*) FILTER (WHERE NOT is_purchase) OVER (
               PARTITION BY client_id ORDER BY at RANGE BETWEEN ${WINDOW} PRECEDING AND CURRENT ROW
             ) AS in_time
      FROM (
        SELECT client_id, sent_at AS at, false AS is_purchase FROM received
        UNION ALL
        SELECT client_id, purchased_at, true FROM purchase
      ) AS event
    )
    SELECT campaign_id, campaign_type, channel, is_mature, sent, messages_credited, purchases_credited, purchased,
           ${bounded('credited_rate', 'messages_credited', 'sent')}, ${bounded('purchase_rate', 'purchased', 'sent')}
    FROM (
      SELECT campaign_id, campaign_type, channel, bool_or(is_mature) AS is_mature, sum(sent)::bigint AS sent,
             sum(messages_credited)::bigint AS messages_credited, sum(purchases_credited)::bigint AS purchases_credited,
             sum(purchased)::bigint AS purchased
      FROM (
        SELECT campaign_id, message_type AS campaign_type, channel,
               coalesce(sum(n) FILTER (WHERE date <= (SELECT last_date FROM mart.data_span) - days), 0)
                 >= ${MATURE_SHARE} * nullif(sum(n) FILTER (WHERE date IS NOT NULL), 0) AS is_mature,
               ${counts(['sent', 'purchased'])}, 0 AS messages_credited, 0 AS purchases_credited
        FROM ${DAILY}
        GROUP BY campaign_id, message_type, channel HAVING sum(n) <> 0
        UNION ALL
        SELECT campaign_id, coalesce(message_type, 'unattributed'), coalesce(channel, 'unattributed'), NULL,
               0, 0, count(DISTINCT id), count(*)
        FROM placed
        LEFT JOIN received ON received.client_id = placed.client_id AND in_time > 0
          AND place = CASE touch WHEN 'first' THEN up_to_here - in_time + 1 ELSE up_to_here END
        WHERE is_purchase
        GROUP BY 1, 2, 3
      ) AS counted
      GROUP BY campaign_id, campaign_type, channel
    ) AS summed
    WHERE ${CHECK_ARGUMENTS}
    ORDER BY purchases_credited DESC, sent DESC, campaign_id, campaign_type, channel`,
};
