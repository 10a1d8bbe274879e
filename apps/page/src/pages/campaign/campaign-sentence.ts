import { fullCount, percent } from '../../format/number.js';
import type { Over } from '../../rates/rates.js';
import { campaignName, type NamedCampaign } from '../campaigns/campaigns-sentence.js';

type Summary = NamedCampaign &
  Readonly<Record<'sent' | 'delivered', number>> &
  Readonly<
    Record<'open_rate' | 'open_rate_delivered' | 'click_rate' | 'click_rate_delivered', number | null> &
      Record<'is_mature', boolean | null>
  >;

/** What a campaign has achieved so far. */
export function campaignSentence(campaign: Summary, over: Over, locale?: string): string {
  const name = campaignName(campaign);
  const { sent, is_mature } = campaign;
  if (sent === 0) return `${name} has sent no message.`;
  const messages = `${fullCount(sent, locale)} ${sent === 1 ? 'message' : 'messages'}`;
  const open = over === 'sent' ? campaign.open_rate : campaign.open_rate_delivered;
  const click = over === 'sent' ? campaign.click_rate : campaign.click_rate_delivered;
  if (open === null || click === null) return `${name}: ${messages}, none of them ${over}.`;
  const rates = `${percent(open, locale)} of ${over} were opened, ${percent(click, locale)} clicked`;
  const end = is_mature === false ? '; opens and clicks are still arriving.' : '.';
  return `${name}: ${messages}, ${rates}${end}`;
}
