import type { MartRow } from '../mart-rows.js';
import { bounded, count, groupBy } from './counting.js';
import type { MartData, Message } from './mart-data.js';

/** Messages whose first open came at most so many seconds after the send, or before it. */
export function openedWithin(messages: readonly Message[], seconds: number): number {
  return messages.filter(
    ({ sent_at, opened_first_time_at: at }) => at !== null && sent_at !== null && +at - +sent_at <= seconds * 1000,
  ).length;
}

const DIMENSIONS = [
  { dimension: 'channel', valueOf: ({ channel }: Message) => channel },
  { dimension: 'email_provider', valueOf: ({ email_provider }: Message) => email_provider },
  { dimension: 'platform', valueOf: ({ platform }: Message) => platform },
];

/** Messages of each channel, provider and platform. */
function groups(messages: readonly Message[]) {
  return DIMENSIONS.flatMap(({ dimension, valueOf }) =>
    groupBy(
      dimension === 'email_provider' ? messages.filter(({ channel }) => channel === 'email') : messages,
      (message) => ({ dimension, channel: message.channel, value: valueOf(message) }),
    ),
  );
}

export function opensBySecond({ messages }: MartData): MartRow[] {
  return groups(messages).flatMap(({ key, items }) => {
    const early = items.flatMap(({ sent_at, opened_first_time_at: at }) => {
      if (at === null || sent_at === null) return [];
      const delay = (+at - +sent_at) / 1000;
      const seconds = Math.max(-60, delay < 0 ? Math.floor(delay) : Math.ceil(delay));
      return seconds <= 50 ? [{ seconds }] : [];
    });
    return groupBy(early, (each) => each).map((second) => ({ ...key, ...second.key, opened: second.items.length }));
  });
}

export function machineOpens({ messages }: MartData, seconds: number): MartRow[] {
  return groups(messages).flatMap(({ key, items }) => {
    const isPlatform = key.dimension === 'platform';
    const opened = count(items, 'opened');
    const within = openedWithin(items, seconds);
    if (isPlatform && opened === 0 && within === 0) return [];
    const later = Math.max(0, opened - within);
    const sent = isPlatform ? null : items.length;
    const delivered = isPlatform ? null : count(items, 'delivered');
    return {
      ...key,
      sent,
      delivered,
      opened,
      opened_within: within,
      opened_later: later,
      ...bounded('within_share', Math.min(within, opened), opened),
      // A rate over an unknown number is null, like one over 0.
      ...bounded('open_rate', opened, sent ?? 0),
      ...bounded('later_open_rate', later, sent ?? 0),
      ...bounded('open_rate_delivered', opened, delivered ?? 0),
      ...bounded('later_open_rate_delivered', later, delivered ?? 0),
    };
  });
}
