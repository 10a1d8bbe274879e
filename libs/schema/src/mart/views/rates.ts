import { BY_CAMPAIGN, CAMPAIGN_JOIN } from '../by-campaign.js';
import { MATURE, RIGHT_CENSORED, SUMMED_MATURITY, WITH_SPAN } from '../maturity.js';
import {
  BASES,
  bounded,
  boundedDescriptions,
  counts,
  DAILY,
  rated,
  rates,
  share,
  summed,
  USUAL_MEASURES,
  type MeasureName,
} from '../measures.js';
import type { MartView } from '../mart-object.js';

const FUNNEL: readonly MeasureName[] = [
  'sent',
  'delivered',
  'opened',
  'clicked',
  'purchased',
  'opened_and_clicked',
  'clicked_unopened',
  'purchased_unopened',
  'purchased_unclicked',
];

const REPEATED: readonly MeasureName[] = ['sent', 'opened', 'reopened', 'clicked', 'reclicked'];

export const channelRates: MartView = {
  kind: 'view',
  name: 'channel_rates',
  comment: `Question 1, rates by channel: how often are messages of each channel opened, clicked, bought from? ${BASES}`,
  columns: { channel: 'Channel of the message, not of the campaign, which is multichannel for triggers' },
  sql: rated({ by: 'channel', from: DAILY }),
};

export const typeChannelRates: MartView = {
  kind: 'view',
  name: 'type_channel_rates',
  comment: `Question 2, rates by type and channel: what do bulk, trigger and transactional messages achieve? ${BASES}`,
  columns: { message_type: 'Kind of campaign: bulk, trigger, transactional', channel: 'Channel of the message' },
  sql: rated({ by: 'message_type, channel', from: DAILY }),
};

export const topicRates: MartView = {
  kind: 'view',
  name: 'topic_rates',
  comment:
    'Question 5, which topics work? By type as well, because types differ more than topics do. ' +
    'Campaigns are matched by id and type: some ids belong to both a bulk and a transactional campaign. The rows without a topic ' +
    'mix three things: campaigns without one, campaigns that are not in the table campaigns, and messages without a campaign ' +
    '(sent_without_campaign); campaign_scorecard shows them apart.',
  columns: {
    topic:
      'Topic of the campaign; null for a campaign without one, for unknown campaigns and for messages without a campaign',
    message_type: 'Kind of campaign',
    campaigns: 'Campaigns with such messages',
    ...MATURE.columns,
    sent_without_campaign: 'Messages without campaign_id among sent; 0 in rows with a topic',
  },
  sql: `
    SELECT topic, message_type, campaigns, ${MATURE.sql}, ${USUAL_MEASURES.join(', ')}, sent_without_campaign, ${rates()}
    FROM (
      SELECT topic, sending.campaign_type AS message_type, count(sending.campaign_id) AS campaigns, ${SUMMED_MATURITY}, ${summed()},
             coalesce(sum(sent) FILTER (WHERE sending.campaign_id IS NULL), 0)::bigint AS sent_without_campaign
      FROM (${BY_CAMPAIGN}) AS sending LEFT ${CAMPAIGN_JOIN}
      GROUP BY topic, sending.campaign_type
    ) AS counted`,
};

export const funnel: MartView = {
  kind: 'view',
  name: 'funnel',
  comment:
    'Question 6, the funnel: how many messages reach each stage? The stages are not nested: a message can be clicked or ' +
    'bought from without a recorded open, so those are counted separately.',
  columns: {
    message_type: 'Kind of campaign',
    channel: 'Channel of the message',
    ...boundedDescriptions('purchase_to_click_rate', 'Share from 0 to 1: messages clicked and bought from / clicked'),
  },
  sql: `
    SELECT *, ${bounded('purchase_to_click_rate', '(purchased - purchased_unclicked)', 'clicked')}
    FROM (${rated({
      by: 'message_type, channel',
      from: DAILY,
      measures: FUNNEL,
      rates: [
        'delivery_rate',
        'open_rate',
        'open_rate_delivered',
        'click_rate',
        'click_rate_delivered',
        'click_to_open_rate',
        'purchase_rate',
        'purchase_rate_delivered',
      ],
    })}) AS stages`,
};

export const reopensAndReclicks: MartView = {
  kind: 'view',
  name: 'reopens_and_reclicks',
  comment:
    'Question 21, opened or clicked again: of the messages opened (clicked), how many were opened (clicked) again?',
  columns: { message_type: 'Kind of campaign', channel: 'Channel of the message' },
  sql: rated({
    by: 'message_type, channel',
    from: DAILY,
    measures: REPEATED,
    rates: ['open_rate', 'reopen_rate', 'click_rate', 'reclick_rate'],
  }),
};

export const unsubscribesAndComplaints: MartView = {
  kind: 'view',
  name: 'unsubscribes_and_complaints',
  comment:
    'Question 14, unsubscribes and complaints by channel, topic and day of sending: what did the messages of that day lead to? ' +
    'For the days on which clients unsubscribed, see unsubscribes_and_complaints_by_event_day. Check share_of_unsubscribes ' +
    'before you average: in the demo a single day of one channel holds more than half of them.',
  columns: {
    date: 'Day of sending (UTC); null for messages without one',
    ...RIGHT_CENSORED.columns,
    channel: 'Channel of the message',
    topic: 'Topic of the campaign; null if there is none',
    share_of_unsubscribes: 'Share from 0 to 1 of all unsubscribes of the mart that are in this row',
    share_of_complaints: 'Share from 0 to 1 of all complaints of the mart that are in this row',
  },
  sql: `
    ${WITH_SPAN}
    SELECT date, ${RIGHT_CENSORED.sql}, channel, topic, sent, unsubscribed, complained, ${rates(['unsubscribe_rate', 'complaint_rate'])},
           ${share('unsubscribed', '(sum(unsubscribed) OVER ())')} AS share_of_unsubscribes,
           ${share('complained', '(sum(complained) OVER ())')} AS share_of_complaints
    FROM (
      SELECT date, entry.channel, topic, ${counts(['sent', 'unsubscribed', 'complained'])}
      FROM ledger.entries AS entry
      LEFT JOIN public.campaigns AS campaign ON campaign.id = campaign_id AND campaign_type = message_type
      WHERE cube = 'daily'
      GROUP BY date, entry.channel, topic HAVING sum(n) <> 0
    ) AS counted`,
};

export const unsubscribesAndComplaintsByEventDay: MartView = {
  kind: 'view',
  name: 'unsubscribes_and_complaints_by_event_day',
  comment:
    'Question 14, unsubscribes and complaints by the day on which they happened, next to the messages sent on that day. They ' +
    'follow messages of earlier days as well, so these are ratios and not rates: they may exceed 1, and a day without messages ' +
    'has none. Mailbox providers count complaints this way. Events without a time are not in this view.',
  columns: {
    date: 'Day of the unsubscribe or complaint, and of sending (UTC)',
    channel: 'Channel of the message',
    topic: 'Topic of the campaign; null if there is none',
    sent: 'Messages sent on this day',
    unsubscribed: 'Messages through which the client unsubscribed on this day, whenever they were sent',
    complained: 'Messages that the client marked as spam on this day, whenever they were sent',
    unsubscribes_per_sent: 'unsubscribed / sent, may exceed 1; null if sent is 0',
    complaints_per_sent: 'complained / sent, may exceed 1; null if sent is 0',
    share_of_unsubscribes: 'Share from 0 to 1 of all unsubscribes of this view that are in this row',
    share_of_complaints: 'Share from 0 to 1 of all complaints of this view that are in this row',
  },
  sql: `
    SELECT date, channel, topic, sent, unsubscribed, complained,
           ${share('unsubscribed', 'sent')} AS unsubscribes_per_sent, ${share('complained', 'sent')} AS complaints_per_sent,
           ${share('unsubscribed', '(sum(unsubscribed) OVER ())')} AS share_of_unsubscribes,
           ${share('complained', '(sum(complained) OVER ())')} AS share_of_complaints
    FROM (
      SELECT date, entry.channel, topic, coalesce(sum(n) FILTER (WHERE cube = 'daily'), 0)::bigint AS sent,
             coalesce(sum(n) FILTER (WHERE event = 'unsubscribe'), 0)::bigint AS unsubscribed,
             coalesce(sum(n) FILTER (WHERE event = 'complaint'), 0)::bigint AS complained
      FROM ledger.entries AS entry
      LEFT JOIN public.campaigns AS campaign ON campaign.id = campaign_id AND campaign_type = message_type
      WHERE cube IN ('daily', 'happened') AND date IS NOT NULL
      GROUP BY date, entry.channel, topic
    ) AS counted
    WHERE sent <> 0 OR unsubscribed <> 0 OR complained <> 0`,
};
