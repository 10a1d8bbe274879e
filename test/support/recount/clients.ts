import type { MartRow } from '../mart-rows.js';
import { isDelivered, count, countsAndRates, groupBy, ratio, type Measure, type Rate } from './counting.js';
import type { MartData, Message, Recount } from './mart-data.js';

const COUNTED: readonly Measure[] = ['sent', 'delivered', 'opened', 'clicked', 'purchased'];
const RATED: readonly Rate[] = [
  'open_rate',
  'open_rate_delivered',
  'click_rate',
  'click_rate_delivered',
  'purchase_rate',
  'purchase_rate_delivered',
];

function clientsOf(messages: readonly Message[]) {
  return groupBy(messages, ({ client_id }) => ({ client_id })).map(({ key, items }) => ({ ...key, messages: items }));
}

function segmentOf(messages: readonly Message[]): string {
  if (count(messages, 'purchased') > 0) return 'buyer';
  if (count(messages, 'clicked') > 0) return 'clicker';
  if (count(messages, 'opened') > 0) return 'opener';
  return count(messages, 'delivered') === 0 ? 'unreachable' : 'silent';
}

/** Counts of some clients and rates of all their messages. */
function ofClients(clients: readonly { readonly messages: readonly Message[] }[]): MartRow {
  const messages = clients.flatMap((client) => client.messages);
  return {
    clients: clients.length,
    messages_per_client: ratio(messages.length, clients.length, 3),
    ...countsAndRates(messages, COUNTED, RATED),
  };
}

/** The oldest day that is not stray: 0.5 % of the first purchases, or half of an average day's, are on it or before. */
function recordedFrom(days: readonly string[]): string | undefined {
  const enough = Math.min(0.005, 0.5 / new Set(days).size) * days.length;
  return [...days].sort().find((day) => days.filter((other) => other <= day).length >= enough);
}

export const clientRecounts: Readonly<Record<string, Recount>> = {
  client_segments: ({ messages }) => {
    const channels = new Set(messages.map(({ channel }) => channel));
    return ['all', ...channels].flatMap((channel) => {
      const clients = clientsOf(messages.filter((message) => channel === 'all' || message.channel === channel));
      return groupBy(clients, (client) => ({
        segment: segmentOf(client.messages),
        is_unsubscribed: count(client.messages, 'unsubscribed') > 0,
      })).map(({ key, items }) => ({
        channel,
        ...key,
        share_of_clients: ratio(items.length, clients.length),
        ...ofClients(items),
      }));
    });
  },

  first_purchase_cohorts: ({ messages, firstPurchases }) => {
    const placeOf = ({ client_id, date }: Message) => {
      const firstPurchase = firstPurchases.get(client_id);
      if (firstPurchase === undefined) return { cohort: null, phase: 'no purchase known' };
      const cohort = firstPurchase.replace(/\d\d$/, '01');
      if (date === null) return { cohort, phase: 'unknown' };
      return { cohort, phase: date > firstPurchase ? 'after first purchase' : 'up to first purchase' };
    };
    return groupBy(messages, placeOf).map(({ key, items }) => ({ ...key, ...ofClients(clientsOf(items)) }));
  },

  new_and_existing_clients: ({ messages, firstPurchases }) => {
    const began = recordedFrom([...firstPurchases.values()]);
    const kindOf = ({ date, client_id }: Message) => {
      if (date === null || began === undefined || date < began) return 'unknown';
      const firstPurchase = firstPurchases.get(client_id);
      if (firstPurchase === undefined) return 'no purchase known';
      return firstPurchase < date ? 'existing' : 'buys later';
    };
    return groupBy(messages, (message) => ({ client: kindOf(message), message_type: message.message_type })).map(
      ({ key, items }) => ({ ...key, ...countsAndRates(items, COUNTED, RATED) }),
    );
  },
};

const HOUR_MS = 3_600_000;

function receivedRange(received: number): string {
  if (received < 4) return String(received);
  if (received < 8) return '4-7';
  if (received < 16) return '8-15';
  return received < 32 ? '16-31' : '32 and more';
}

/** Compares each message with all other messages of its client. */
export function fatigue(data: MartData, firstDay: string, lastDay: string): MartRow[] {
  const counted = clientsOf(data.messages).flatMap(({ messages }) => {
    const known = messages.filter(({ date, sent_at }) => date !== null && sent_at !== null);
    const requested = known.filter(({ date }) => date! >= firstDay && date! <= lastDay);
    return requested.flatMap((message) =>
      [1, 7, 30].map((days) => {
        const received = known.filter((other) => {
          const before = message.sent_at!.getTime() - other.sent_at!.getTime();
          return other !== message && isDelivered(other) && before >= 0 && before <= days * 24 * HOUR_MS;
        });
        return { days, received: receivedRange(received.length), message };
      }),
    );
  });
  return groupBy(counted, ({ days, received }) => ({ days, received })).map(({ key, items }) => ({
    ...key,
    ...countsAndRates(
      items.map(({ message }) => message),
      ['sent', 'delivered', 'opened', 'clicked', 'unsubscribed'],
      [
        'open_rate',
        'open_rate_delivered',
        'click_rate',
        'click_rate_delivered',
        'unsubscribe_rate',
        'unsubscribe_rate_delivered',
      ],
    ),
  }));
}
