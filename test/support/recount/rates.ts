import { campaignOf, count, countsAndRates, groupBy, ratio } from './counting.js';
import { isRightCensored } from './days.js';
import type { Recount } from './mart-data.js';

export const ratesRecounts: Readonly<Record<string, Recount>> = {
  channel_rates: ({ messages }) =>
    groupBy(messages, ({ channel }) => ({ channel })).map(({ key, items }) => ({ ...key, ...countsAndRates(items) })),

  type_channel_rates: ({ messages }) =>
    groupBy(messages, ({ message_type, channel }) => ({ message_type, channel })).map(({ key, items }) => ({
      ...key,
      ...countsAndRates(items),
    })),

  topic_rates: (data) =>
    groupBy(data.messages, (message) => ({
      topic: campaignOf(data, message)?.topic ?? null,
      message_type: message.message_type,
    })).map(({ key, items }) => ({
      ...key,
      campaigns: new Set(items.map(({ campaign_id }) => campaign_id).filter((id) => id !== null)).size,
      ...countsAndRates(items),
    })),

  funnel: ({ messages }) =>
    groupBy(messages, ({ message_type, channel }) => ({ message_type, channel })).map(({ key, items }) => ({
      ...key,
      ...countsAndRates(
        items,
        [
          'sent',
          'delivered',
          'opened',
          'clicked',
          'purchased',
          'opened_and_clicked',
          'clicked_unopened',
          'purchased_unopened',
          'purchased_unclicked',
        ],
        [
          'delivery_rate',
          'open_rate',
          'open_rate_delivered',
          'click_rate',
          'click_rate_delivered',
          'click_to_open_rate',
          'purchase_rate',
          'purchase_rate_delivered',
          'purchase_to_click_rate',
        ],
      ),
    })),

  reopens_and_reclicks: ({ messages }) =>
    groupBy(messages, ({ message_type, channel }) => ({ message_type, channel })).map(({ key, items }) => ({
      ...key,
      ...countsAndRates(
        items,
        ['sent', 'opened', 'reopened', 'clicked', 'reclicked'],
        ['open_rate', 'reopen_rate', 'click_rate', 'reclick_rate'],
      ),
    })),

  unsubscribes_and_complaints: (data) =>
    groupBy(data.messages, (message) => ({
      date: message.date,
      channel: message.channel,
      topic: campaignOf(data, message)?.topic ?? null,
    })).map(({ key, items }) => ({
      ...key,
      is_right_censored: key.date && isRightCensored(key.date, data.messages),
      is_purchase_right_censored: key.date && isRightCensored(key.date, data.messages, 14),
      ...countsAndRates(items, ['sent', 'unsubscribed', 'complained'], ['unsubscribe_rate', 'complaint_rate']),
      share_of_unsubscribes: ratio(count(items, 'unsubscribed'), count(data.messages, 'unsubscribed')),
      share_of_complaints: ratio(count(items, 'complained'), count(data.messages, 'complained')),
    })),

  provider_deliverability: ({ messages }) => {
    const emails = messages.filter(({ channel }) => channel === 'email');
    return groupBy(emails, ({ email_provider }) => ({ email_provider })).map(({ key, items }) => ({
      ...key,
      share_of_emails: ratio(items.length, emails.length),
      ...countsAndRates(
        items,
        ['sent', 'delivered', 'hard_bounced', 'soft_bounced', 'blocked', 'complained', 'opened'],
        ['delivery_rate', 'hard_bounce_rate', 'soft_bounce_rate', 'block_rate', 'complaint_rate', 'open_rate'],
      ),
    }));
  },

  stream_rates: ({ messages }) =>
    groupBy(messages, ({ channel, stream }) => ({ channel, stream })).map(({ key, items }) => ({
      ...key,
      ...countsAndRates(items),
    })),

  platform_engagement: ({ messages }) => {
    const ofChannel = groupBy(messages, ({ channel }) => ({ channel }));
    return ofChannel.flatMap(({ items: all }) =>
      groupBy(all, ({ channel, platform }) => ({ channel, platform }))
        .filter(({ items }) => items.some(({ is_opened, is_clicked }) => is_opened || is_clicked))
        .map(({ key, items }) => ({
          ...key,
          ...countsAndRates(items, ['opened', 'clicked', 'opened_and_clicked', 'purchased', 'purchased_unopened'], []),
          share_of_opens: ratio(count(items, 'opened'), count(all, 'opened')),
          share_of_clicks: ratio(count(items, 'clicked'), count(all, 'clicked')),
        })),
    );
  },
};
