import type { MartRow } from '../mart-rows.js';
import { bounded, count, groupBy, isDelivered } from './counting.js';
import { isMature } from './days.js';
import type { MartData, Message } from './mart-data.js';

const DAY_MS = 86_400_000;

interface Purchase {
  readonly client_id: string;
  readonly at: number;
}

/** Looks for each purchase through all messages of its client. */
export function attribution({ messages }: MartData, days = 7, touch: 'first' | 'last' = 'last'): MartRow[] {
  const linked = messages.flatMap(({ client_id, is_purchased, purchased_at }) =>
    is_purchased && purchased_at !== null ? { client_id, at: purchased_at.getTime() } : [],
  );
  const purchases = groupBy(linked, ({ client_id, at }) => ({ client_id, at })).map(({ key }) => key);
  const credits = purchases.map((purchase) => {
    const candidates = messages.filter((message) => isCandidate(message, purchase, days)).sort(bySendTime);
    return candidates.at(touch === 'first' ? 0 : -1);
  });
  const credited = groupBy(messages, ({ campaign_id, message_type, channel }) => ({
    campaign_id,
    campaign_type: message_type,
    channel,
  })).map(({ key, items }) => {
    const ofThese = credits.filter((message) => message !== undefined && items.includes(message));
    return {
      ...key,
      is_mature: isMature(items, messages, days),
      ...figures(items.length, new Set(ofThese).size, ofThese.length, count(items, 'purchased')),
    };
  });
  const unattributed = credits.filter((message) => message === undefined).length;
  const none = { campaign_id: null, campaign_type: 'unattributed', channel: 'unattributed', is_mature: null };
  return unattributed === 0 ? credited : [...credited, { ...none, ...figures(0, 0, unattributed, 0) }];
}

function isCandidate(message: Message, { client_id, at }: Purchase, days: number): boolean {
  if (message.client_id !== client_id || message.sent_at === null || !isDelivered(message)) return false;
  const age = at - message.sent_at.getTime();
  return age >= 0 && age <= days * DAY_MS;
}

function bySendTime(one: Message, other: Message): number {
  return one.sent_at!.getTime() - other.sent_at!.getTime() || one.id - other.id;
}

function figures(sent: number, messagesCredited: number, purchasesCredited: number, purchased: number): MartRow {
  return {
    sent,
    messages_credited: messagesCredited,
    purchases_credited: purchasesCredited,
    purchased,
    ...bounded('credited_rate', messagesCredited, sent),
    ...bounded('purchase_rate', purchased, sent),
  };
}
