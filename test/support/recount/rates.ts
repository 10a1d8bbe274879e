import { maturity } from './campaigns.js';
import { bounded, campaignOf, count, countsAndRates, groupBy, ratio } from './counting.js';
import { isRightCensored } from './days.js';
import { openedWithin } from './machine-opens.js';
import type { Recount } from './mart-data.js';

const dayOf = (time: Date | null) => time && time.toISOString().slice(0, 10);

function complaintLevel(rate: number): string {
  if (rate < 0.001) return 'below 0.10 %';
  return rate < 0.003 ? '0.10 % to 0.30 %' : '0.30 % or more';
}

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
      sent_without_campaign: items.filter(({ campaign_id }) => campaign_id === null).length,
      ...maturity(items, data),
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

  unsubscribes_and_complaints_by_event_day: (data) => {
    const entries = data.messages.flatMap((message) => {
      const key = { channel: message.channel, topic: campaignOf(data, message)?.topic ?? null };
      return [
        { date: message.date, ...key, kind: 'sent' },
        { date: dayOf(message.unsubscribed_at), ...key, kind: 'unsubscribed' },
        { date: dayOf(message.complained_at), ...key, kind: 'complained' },
      ].filter(({ date }) => date !== null);
    });
    const number = (items: typeof entries, kind: string) => items.filter((each) => each.kind === kind).length;
    return groupBy(entries, ({ date, channel, topic }) => ({ date, channel, topic })).map(({ key, items }) => {
      const [sent, unsubscribed, complained] = ['sent', 'unsubscribed', 'complained'].map((kind) =>
        number([...items], kind),
      ) as [number, number, number];
      return {
        ...key,
        sent,
        unsubscribed,
        complained,
        unsubscribes_per_sent: ratio(unsubscribed, sent),
        complaints_per_sent: ratio(complained, sent),
        share_of_unsubscribes: ratio(unsubscribed, number(entries, 'unsubscribed')),
        share_of_complaints: ratio(complained, number(entries, 'complained')),
      };
    });
  },

  provider_deliverability: ({ messages }) => {
    const emails = messages.filter(({ channel }) => channel === 'email');
    return groupBy(emails, ({ email_provider }) => ({ email_provider })).map(({ key, items }) => {
      const fast = openedWithin(items, 15);
      const [complained, delivered] = [count(items, 'complained'), count(items, 'delivered')];
      const bounds = bounded('complaints', complained, delivered);
      const [low, high] = [bounds.complaints_low as number, bounds.complaints_high as number];
      return {
        ...key,
        share_of_emails: ratio(items.length, emails.length),
        ...countsAndRates(
          items,
          ['sent', 'delivered', 'hard_bounced', 'soft_bounced', 'blocked', 'complained', 'opened'],
          [
            'delivery_rate',
            'hard_bounce_rate',
            'soft_bounce_rate',
            'block_rate',
            'complaint_rate',
            'complaint_rate_delivered',
            'open_rate',
            'open_rate_delivered',
          ],
        ),
        opened_within_15s: fast,
        ...bounded('later_open_rate', Math.max(0, count(items, 'opened') - fast), items.length),
        complaint_level: delivered === 0 ? null : complaintLevel(complained / delivered),
        is_complaint_level_certain: delivered === 0 ? null : complaintLevel(low) === complaintLevel(high),
      };
    });
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
