import { bounded, boundedDescriptions, DAILY } from '../measures.js';
import { WITH_SPAN } from '../maturity.js';
import type { MartView } from '../mart-object.js';

/** `days`: a message is old enough if its day of sending is so many days before the last day of the data. */
const AGES = [
  { age: '1 h', seconds: 3600, days: 1 },
  { age: '24 h', seconds: 86_400, days: 1 },
  { age: '7 d', seconds: 604_800, days: 7 },
  { age: '14 d', seconds: 1_209_600, days: 14 },
] as const;

/** The ages of a curve, in ascending order. */
export const MATURITY_AGES: readonly string[] = AGES.map(({ age }) => age);

const SENT = [...new Set(AGES.map(({ days }) => days))].map(
  (days) => `sum(n) FILTER (WHERE date <= last_date - ${days}) AS sent_${days}`,
);
const HAPPENED = AGES.map(
  ({ seconds, days }) =>
    `sum(n) FILTER (WHERE delay_upto <= ${seconds} AND date <= last_date - ${days}) AS happened_${seconds}`,
);
const ROWS = AGES.map(
  ({ age, seconds, days }) => `('${age}', ${seconds}, sent_${days}::bigint, coalesce(happened_${seconds}, 0)::bigint)`,
);

export const campaignMaturity: MartView = {
  kind: 'view',
  name: 'campaign_maturity',
  comment:
    'Maturity curves: which share of the messages of a campaign had been opened, clicked or bought from 1 h, 24 h, 7 days and ' +
    '14 days after the send? Compare campaigns at the same age. At each age only messages that are old enough count: for 1 h and ' +
    '24 h those sent at least 1 day before the end of the data (data_span), for 7 and 14 days those sent at least 7 and 14 days ' +
    'before it. A campaign has no row for an age that none of its messages has reached. Different ages of one campaign can ' +
    'therefore be about different messages. Messages without a day of sending have no age and are left out; events without a time, and of ' +
    'messages without a time of sending, are not in happened.',
  columns: {
    campaign_id: 'Id of the campaign; unique only together with campaign_type',
    campaign_type: 'Kind of campaign; part of the key',
    topic: 'What the campaign is about; null if unknown',
    event: 'open, click (both the first one) or purchase',
    age: `Time since the send: ${MATURITY_AGES.join(', ')}`,
    age_seconds: 'The same in seconds, to sort by',
    sent: 'Messages that are old enough',
    happened: 'Messages among sent whose event came at most age after the send, or before it',
    ...boundedDescriptions('rate', 'Share from 0 to 1: happened / sent'),
  },
  sql: `
    ${WITH_SPAN}
    SELECT campaign_id, message_type AS campaign_type, topic, event, age, age_seconds, sent, happened,
           ${bounded('rate', 'happened', 'sent')}
    FROM (
      SELECT campaign_id, message_type, ${SENT.join(', ')}
      FROM (SELECT campaign_id, message_type, date, n FROM ${DAILY} AND campaign_id IS NOT NULL) AS entry, span
      GROUP BY campaign_id, message_type
    ) AS sending
    CROSS JOIN (VALUES ('open'), ('click'), ('purchase')) AS kind (event)
    LEFT JOIN (
      SELECT campaign_id, message_type, event, ${HAPPENED.join(', ')}
      FROM (
        SELECT campaign_id, message_type, event, date, delay_upto, n
        FROM ledger.entries WHERE cube = 'age' AND campaign_id IS NOT NULL
      ) AS entry, span
      GROUP BY campaign_id, message_type, event
    ) AS happening USING (campaign_id, message_type, event)
    LEFT JOIN public.campaigns AS campaign ON campaign.id = campaign_id AND campaign.campaign_type = message_type,
    LATERAL (VALUES ${ROWS.join(', ')}) AS point (age, age_seconds, sent, happened)
    WHERE sent > 0`,
};
