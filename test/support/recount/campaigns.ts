import type { MartRow } from '../mart-rows.js';
import { bounded, campaignOf, count, countsAndRates, groupBy, ratio } from './counting.js';
import { isMature, isRightCensored } from './days.js';
import { openedWithin } from './machine-opens.js';
import type { Campaign, MartData, Message, Recount } from './mart-data.js';

interface Sending {
  /** Null for messages without a campaign. */
  readonly campaign_id: number | null;
  readonly campaign_type: string;
  readonly campaign?: Campaign;
  readonly messages: readonly Message[];
}

/** Messages by campaign, even if the table of campaigns does not have it. */
function sendings(data: MartData, messages = data.messages): Sending[] {
  const key = ({ campaign_id, message_type }: Message) => ({ campaign_id, campaign_type: message_type });
  return groupBy(messages, key).map(({ key, items }) => ({
    ...key,
    campaign: campaignOf(data, items[0]!),
    messages: items,
  }));
}

/** Both kinds of maturity of a group of messages. */
export function maturity(items: readonly Message[], { messages }: MartData): MartRow {
  return { is_mature: isMature(items, messages, 7), is_purchase_mature: isMature(items, messages, 14) };
}

function laterOpens(messages: readonly Message[]): MartRow {
  const early = openedWithin(messages, 15);
  const later = Math.max(0, count(messages, 'opened') - early);
  return {
    opened_within_15s: early,
    ...bounded('later_open_rate', later, messages.length),
    ...bounded('later_open_rate_delivered', later, count(messages, 'delivered')),
  };
}

/** Rows of campaigns_between. */
export function scorecards(data: MartData, firstDay?: string, lastDay?: string): MartRow[] {
  const isWanted = ({ date }: Message) =>
    date === null
      ? firstDay === undefined && lastDay === undefined
      : date >= (firstDay ?? date) && date <= (lastDay ?? date);
  return sendings(data, data.messages.filter(isWanted)).map(({ campaign_id, campaign_type, campaign, messages }) => {
    const days = messages.flatMap(({ date }) => date ?? []).sort();
    const strays = Math.floor(days.length / 200);
    const totalCount = campaign?.total_count ?? null;
    return {
      campaign_id,
      campaign_type,
      is_known: campaign !== undefined,
      topic: campaign?.topic ?? null,
      campaign_channel: campaign?.channel ?? null,
      first_date: days[0] ?? null,
      last_date: days.at(-1) ?? null,
      first_date_99: days[strays] ?? null,
      last_date_99: days[days.length - 1 - strays] ?? null,
      ...maturity(messages, data),
      total_count: totalCount,
      sent_of_total: totalCount === null ? null : ratio(messages.length, totalCount),
      ...countsAndRates(messages),
      ...laterOpens(messages),
    };
  });
}

/** Rows by properties of known campaigns. A campaign may count in several rows or in none. */
function byKeys(data: MartData, keysOf: (campaign: Campaign) => readonly MartRow[]): MartRow[] {
  const pairs = sendings(data).flatMap(({ campaign, messages }) =>
    campaign ? keysOf(campaign).map((key) => ({ key, messages })) : [],
  );
  return groupBy(pairs, ({ key }) => key).map(({ key, items }) => {
    const messages = items.flatMap((item) => item.messages);
    return { ...key, campaigns: items.length, ...maturity(messages, data), ...countsAndRates(messages) };
  });
}

function lengthRange(length: number): string {
  if (length < 40) return '0-39';
  if (length < 80) return '40-79';
  return length < 120 ? '80-119' : '120 and more';
}

function experimentOf({ ab_test, warmup_mode }: Campaign): string {
  if (ab_test) return warmup_mode ? 'A/B test and warm-up' : 'A/B test';
  return warmup_mode ? 'warm-up' : 'none';
}

export const campaignRecounts: Readonly<Record<string, Recount>> = {
  campaign_scorecard: (data) => scorecards(data),

  campaign_daily: (data) =>
    groupBy(data.messages, ({ date, campaign_id, message_type, channel }) => ({
      date,
      campaign_id,
      campaign_type: message_type,
      channel,
    })).map(({ key, items }) => ({
      ...key,
      topic: campaignOf(data, items[0]!)?.topic ?? null,
      is_right_censored: key.date && isRightCensored(key.date, data.messages),
      is_purchase_right_censored: key.date && isRightCensored(key.date, data.messages, 14),
      opened_within_15s: openedWithin(items, 15),
      ...countsAndRates(items),
    })),

  campaign_audience: (data) =>
    sendings(data).map(({ campaign_id, campaign_type, messages }) => {
      const clients = new Set(messages.map(({ client_id }) => client_id)).size;
      return {
        campaign_id,
        campaign_type,
        sent: messages.length,
        unique_clients: clients,
        messages_per_client: ratio(messages.length, clients, 3),
      };
    }),

  subject_features: (data) =>
    byKeys(data, (campaign) => {
      const { campaign_type, subject_length: length } = campaign;
      const values = {
        personalization: campaign.subject_with_personalization,
        deadline: campaign.subject_with_deadline,
        emoji: campaign.subject_with_emoji,
        bonuses: campaign.subject_with_bonuses,
        discount: campaign.subject_with_discount,
        saleout: campaign.subject_with_saleout,
        length: length === null ? null : lengthRange(length),
      };
      return Object.entries(values).flatMap(([feature, value]) =>
        value === null ? [] : { campaign_type, feature, value: String(value) },
      );
    }),

  experiment_effect: (data) =>
    byKeys(data, (campaign) => [{ campaign_type: campaign.campaign_type, experiment: experimentOf(campaign) }]),

  trigger_sequence: (data) =>
    byKeys(data, ({ campaign_type, is_test, topic, position }) =>
      campaign_type === 'trigger' && is_test !== true ? [{ topic, position }] : [],
    ),
};
