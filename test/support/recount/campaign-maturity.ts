import { bounded, campaignOf, groupBy } from './counting.js';
import { dataSpan, dayNumber, isDated } from './days.js';
import type { Recount } from './mart-data.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Whole days that a message must be old. */
const AGES = [
  { age: '1 h', age_seconds: HOUR, days: 1 },
  { age: '24 h', age_seconds: DAY, days: 1 },
  { age: '7 d', age_seconds: 7 * DAY, days: 7 },
  { age: '14 d', age_seconds: 14 * DAY, days: 14 },
];

const EVENTS = { open: 'opened_first_time_at', click: 'clicked_first_time_at', purchase: 'purchased_at' } as const;

export const campaignMaturityRecounts: Readonly<Record<string, Recount>> = {
  campaign_maturity: (data) => {
    const dated = data.messages.filter(isDated);
    const end = dataSpan(data.messages)?.last ?? 0;
    const byCampaign = groupBy(
      dated.filter(({ campaign_id }) => campaign_id !== null),
      ({ campaign_id, message_type }) => ({ campaign_id, campaign_type: message_type }),
    );
    return byCampaign.flatMap(({ key, items }) =>
      Object.entries(EVENTS).flatMap(([event, time]) =>
        AGES.flatMap(({ age, age_seconds, days }) => {
          const old = items.filter(({ date }) => end - dayNumber(date) >= days);
          if (old.length === 0) return [];
          const happened = old.filter(
            (message) =>
              message[time] !== null &&
              message.sent_at !== null &&
              message[time].getTime() <= message.sent_at.getTime() + age_seconds * 1000,
          ).length;
          return {
            ...key,
            ...{ topic: campaignOf(data, items[0]!)?.topic ?? null, event, age, age_seconds },
            ...{ sent: old.length, happened, ...bounded('rate', happened, old.length) },
          };
        }),
      ),
    );
  },
};
