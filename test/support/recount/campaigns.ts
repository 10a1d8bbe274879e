import type { MartRow } from '../mart-rows.js';
import { countsAndRates, groupBy, ratio } from './counting.js';
import type { Campaign, MartData, Message, Recount } from './mart-data.js';

interface Sending {
  readonly campaign_id: number;
  readonly campaign_type: string;
  readonly campaign?: Campaign;
  readonly messages: readonly Message[];
}

/** Campaigns that have messages, even if the table of campaigns does not have them. */
function sendings({ messages, campaigns }: MartData): Sending[] {
  const ofCampaigns = messages.filter(({ campaign_id }) => campaign_id !== null);
  return groupBy(ofCampaigns, ({ campaign_id, message_type }) => ({
    campaign_id: campaign_id!,
    campaign_type: message_type,
  })).map(({ key, items }) => ({
    ...key,
    campaign: campaigns.find(({ id, campaign_type }) => id === key.campaign_id && campaign_type === key.campaign_type),
    messages: items,
  }));
}

/** Rows by properties of known campaigns. A campaign may count in several rows or in none. */
function byKeys(data: MartData, keysOf: (campaign: Campaign) => readonly MartRow[]): MartRow[] {
  const pairs = sendings(data).flatMap(({ campaign, messages }) =>
    campaign ? keysOf(campaign).map((key) => ({ key, messages })) : [],
  );
  return groupBy(pairs, ({ key }) => key).map(({ key, items }) => ({
    ...key,
    campaigns: items.length,
    ...countsAndRates(items.flatMap(({ messages }) => messages)),
  }));
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
  campaign_scorecard: (data) =>
    sendings(data).map(({ campaign_id, campaign_type, campaign, messages }) => {
      const days = messages.flatMap(({ date }) => date ?? []).sort();
      const totalCount = campaign?.total_count ?? null;
      return {
        campaign_id,
        campaign_type,
        is_known: campaign !== undefined,
        topic: campaign?.topic ?? null,
        campaign_channel: campaign?.channel ?? null,
        first_date: days[0] ?? null,
        last_date: days.at(-1) ?? null,
        total_count: totalCount,
        sent_of_total: totalCount === null ? null : ratio(messages.length, totalCount),
        ...countsAndRates(messages),
      };
    }),

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
