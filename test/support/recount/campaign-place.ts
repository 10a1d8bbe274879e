import type { MartRow } from '../mart-rows.js';
import { maturity } from './campaigns.js';
import { boundedRate, count, RATES, rate, SHARES, type Measure, type Rate } from './counting.js';
import type { MartData, Message } from './mart-data.js';

interface Standing {
  readonly part: number;
  readonly whole: number;
  readonly rate: number | null;
  readonly isMature: boolean | null;
}

function standing(messages: readonly Message[], name: Rate, data: MartData): Standing {
  const [part, whole] = RATES[name] as readonly [Measure, Measure];
  const { is_mature, is_purchase_mature } = maturity(messages, data);
  return {
    part: count(messages, part),
    whole: count(messages, whole),
    rate: rate(messages, name),
    isMature: (name.startsWith('purchase') ? is_purchase_mature : is_mature) as boolean | null,
  };
}

/** The smallest value that is not below so large a part of the values. */
const quantile = (sorted: readonly number[], part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? null;

/** Rows of campaign_place. */
export function campaignPlace(data: MartData, type: string, id: number, leastSent = 1000): MartRow[] {
  const channels = new Map(data.campaigns.map((each) => [`${each.campaign_type} ${each.id}`, each.channel]));
  const channelOf = (campaignId: number) => channels.get(`${type} ${campaignId}`) ?? null;
  const ids = [...new Set(data.messages.filter((m) => m.message_type === type).map((m) => m.campaign_id))];
  if (!ids.includes(id) && !channels.has(`${type} ${id}`)) return [];

  const messagesOf = (campaignId: number) =>
    data.messages.filter((m) => m.message_type === type && m.campaign_id === campaignId);
  const others = ids
    .filter((each): each is number => each !== null && each !== id && channelOf(each) === channelOf(id))
    .map(messagesOf);
  return SHARES.map((name) => {
    const own = standing(messagesOf(id), name, data);
    const isCounted = ({ whole, isMature }: Standing) => whole > 0 && whole >= leastSent && isMature === true;
    const rates = others
      .map((messages) => standing(messages, name, data))
      .filter(isCounted)
      .map((peer) => peer.rate!)
      .sort((one, other) => one - other);
    const lowIsBest = /^(unsubscribe|bounce|complaint)/.test(name);
    const better = rates.filter((each) => (lowIsBest ? each < own.rate! : each > own.rate!)).length;
    const worse = rates.filter((each) => (lowIsBest ? each > own.rate! : each < own.rate!)).length;
    const beaten = (worse + (rates.length - better - worse) / 2) / rates.length;
    const bounds = Object.values(boundedRate(messagesOf(id), name));
    return {
      ...{ rate_name: name, part: own.part, whole: own.whole },
      ...{ own_rate: bounds[0]!, own_rate_low: bounds[1]!, own_rate_high: bounds[2]! },
      ...{ is_mature: own.isMature, low_is_best: lowIsBest, peers: rates.length },
      rank: isCounted(own) ? 1 + better : null,
      percentile: isCounted(own) && rates.length > 0 ? Math.round(beaten * 1e6) / 1e6 : null,
      ...{ peer_p25: quantile(rates, 0.25), peer_median: quantile(rates, 0.5), peer_p75: quantile(rates, 0.75) },
    };
  });
}
