import { FEW } from '../../components/few.js';
import { fullCount, percent } from '../../format/number.js';
import { columnOf, RATES, wholeOf, type Over } from '../../rates/rates.js';

/** What the sentence needs of a campaign. */
export interface ListedCampaign extends Readonly<Record<string, string | number | boolean | null>> {
  /** Null: messages without a campaign. */
  readonly campaign_id: number | string | null;
  readonly campaign_type: string;
  readonly topic: string | null;
  readonly sent: number;
}

export type NamedCampaign = Readonly<Record<'campaign_type', string>> &
  Readonly<Record<'topic', string | null>> &
  Readonly<Record<'campaign_id', number | string | null>>;

/** "bulk 64". */
export function typeAndId({ campaign_id, campaign_type }: Omit<NamedCampaign, 'topic'>): string {
  return `${campaign_type} ${campaign_id}`;
}

/** "sale out (bulk 64)". The topic is kept apart from the words around it, because it may be written from right to left. */
export function campaignName({ campaign_id, campaign_type, topic }: NamedCampaign): string {
  if (campaign_id === null) return `${campaign_type} messages without a campaign`;
  const name = typeAndId({ campaign_id, campaign_type });
  return topic === null || topic === '' ? name : `\u2068${topic}\u2069 (${name})`;
}

/**
 * Which campaign comes first, by what the list is sorted by.
 *
 * @param rows the rows that are shown
 * @param sort as in the REST parameter
 */
export function campaignsSentence(
  rows: readonly ListedCampaign[],
  sort: string,
  over: Over,
  page: { readonly isFirst: boolean; readonly hasNext: boolean },
  locale?: string,
): string {
  const first = rows[0];
  if (first === undefined) return 'No campaign matches these filters.';
  const what = rows.length === 1 && page.isFirst && !page.hasNext ? 'One campaign' : 'Campaigns';
  if (!page.isFirst) return `${what} further down, from ${campaignName(first)}.`;
  const isDescending = sort.startsWith('-');
  const column = sort.replace(/^-/, '');
  const rate = RATES.find((each) => columnOf(each, over) === column || each.name === column);
  if (rate !== undefined) {
    const value = first[column];
    if (typeof value !== 'number') return `No campaign has a ${rate.label.toLowerCase()} yet.`;
    const whole = rate.only ?? (column.endsWith('_delivered') ? 'delivered' : wholeOf(rate, 'sent'));
    const messages = first[whole];
    const caution =
      typeof messages === 'number' && messages < FEW
        ? `, but of ${fullCount(messages, locale)} ${whole} only, so it says little`
        : ` of ${whole}`;
    const most = isDescending ? 'highest' : 'lowest';
    return `${campaignName(first)} has the ${most} ${rate.label.toLowerCase()}: ${percent(value, locale)}${caution}.`;
  }
  if (column === 'sent') {
    const most = isDescending ? 'largest' : 'smallest';
    return `The ${most} campaign is ${campaignName(first)} with ${fullCount(first.sent, locale)} messages.`;
  }
  return `${what} from ${campaignName(first)} on.`;
}
