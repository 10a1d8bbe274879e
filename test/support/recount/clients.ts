import type { MartRow } from '../mart-rows.js';
import { count, countsAndRates, groupBy, ratio, type Measure, type Rate } from './counting.js';
import type { MartData, Message, Recount } from './mart-data.js';

const COUNTED: readonly Measure[] = ['sent', 'opened', 'clicked', 'purchased'];
const RATED: readonly Rate[] = ['open_rate', 'click_rate', 'purchase_rate'];

function clientsOf({ messages }: MartData) {
  return groupBy(messages, ({ client_id }) => ({ client_id })).map(({ key, items }) => ({ ...key, messages: items }));
}

function segmentOf(messages: readonly Message[]): string {
  if (count(messages, 'unsubscribed') > 0) return 'unsubscribed';
  if (count(messages, 'purchased') > 0) return 'buyer';
  if (count(messages, 'clicked') > 0) return 'clicker';
  if (count(messages, 'opened') > 0) return 'opener';
  return count(messages, 'delivered') === 0 ? 'unreachable' : 'silent';
}

export const clientRecounts: Readonly<Record<string, Recount>> = {
  client_segments: (data) => {
    const clients = clientsOf(data);
    return groupBy(clients, ({ messages }) => ({ segment: segmentOf(messages) })).map(({ key, items }) => {
      const messages = items.flatMap((client) => client.messages);
      return {
        ...key,
        clients: items.length,
        share_of_clients: ratio(items.length, clients.length),
        messages_per_client: ratio(messages.length, items.length, 3),
        ...countsAndRates(messages, COUNTED, RATED),
      };
    });
  },

  first_purchase_cohorts: (data) => {
    const cohortOf = (client: string) => data.firstPurchases.get(client)?.replace(/\d\d$/, '01') ?? null;
    return groupBy(clientsOf(data), ({ client_id }) => ({ cohort: cohortOf(client_id) })).map(({ key, items }) => {
      const messages = items.flatMap((client) => client.messages);
      return {
        ...key,
        clients: items.length,
        messages_per_client: ratio(messages.length, items.length, 3),
        ...countsAndRates(messages, COUNTED, RATED),
      };
    });
  },

  new_and_existing_clients: ({ messages, firstPurchases }) => {
    const recordedFrom = [...firstPurchases.values()].sort()[0];
    const kindOf = ({ date, client_id }: Message) => {
      if (date === null || recordedFrom === undefined || date < recordedFrom) return 'unknown';
      const firstPurchase = firstPurchases.get(client_id);
      return firstPurchase !== undefined && firstPurchase < date ? 'existing' : 'new';
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
  const counted = clientsOf(data).flatMap(({ messages }) => {
    const known = messages.filter(({ date, sent_at }) => date !== null && sent_at !== null);
    const requested = known.filter(({ date }) => date! >= firstDay && date! <= lastDay);
    return requested.flatMap((message) =>
      [1, 7, 30].map((days) => {
        const received = known.filter((other) => {
          const before = message.sent_at!.getTime() - other.sent_at!.getTime();
          return other !== message && before >= 0 && before <= days * 24 * HOUR_MS;
        });
        return { days, received: receivedRange(received.length), message };
      }),
    );
  });
  return groupBy(counted, ({ days, received }) => ({ days, received })).map(({ key, items }) => ({
    ...key,
    ...countsAndRates(
      items.map(({ message }) => message),
      ['sent', 'opened', 'clicked', 'unsubscribed'],
      ['open_rate', 'click_rate', 'unsubscribe_rate'],
    ),
  }));
}
