import type { MartRow } from '../mart-rows.js';
import { bounded, count, countsAndRates, groupBy } from './counting.js';
import { dayNumber, isDated, isRightCensored, type Dated } from './days.js';
import { holidaysByDay } from './holidays.js';
import type { MartData, Message, Recount } from './mart-data.js';

export const daysAndHoursRecounts: Readonly<Record<string, Recount>> = {
  daily_rates: (data) => dailyRates(data),

  send_time_rates: ({ messages }) =>
    groupBy(messages, ({ message_type, channel, sent_at }) => ({
      message_type,
      channel,
      weekday: sent_at && (sent_at.getUTCDay() || 7),
      hour: sent_at && sent_at.getUTCHours(),
    })).map(({ key, items }) => ({ ...key, ...countsAndRates(items) })),
};

/** Counts and rates by day. @param isChosen selects the messages to count; all of them by default */
export function dailyRates(data: MartData, isChosen: (message: Message) => boolean = () => true): MartRow[] {
  const holidays = holidaysByDay(data);
  const dated = data.messages.filter(isDated).filter(isChosen);
  return groupBy(dated, ({ date }) => ({ date })).map(({ key: { date }, items }) => {
    const daysBefore = (message: Dated) => dayNumber(date) - dayNumber(message.date);
    const week = dated.filter((message) => daysBefore(message) >= 0 && daysBefore(message) < 7);
    const holiday = holidays.get(date);
    return {
      date,
      is_right_censored: isRightCensored(date, data.messages),
      is_purchase_right_censored: isRightCensored(date, data.messages, 14),
      ...countsAndRates(items),
      sent_7d: week.length,
      opened_7d: count(week, 'opened'),
      clicked_7d: count(week, 'clicked'),
      purchased_7d: count(week, 'purchased'),
      ...bounded('open_rate_7d', count(week, 'opened'), week.length),
      ...bounded('click_rate_7d', count(week, 'clicked'), week.length),
      ...bounded('purchase_rate_7d', count(week, 'purchased'), week.length),
      holiday: holiday?.names ?? null,
      is_doubtful_holiday: holiday?.isDoubtful ?? null,
      delivered_7d: count(week, 'delivered'),
      ...bounded('open_rate_delivered_7d', count(week, 'opened'), count(week, 'delivered')),
      ...bounded('click_rate_delivered_7d', count(week, 'clicked'), count(week, 'delivered')),
      ...bounded('purchase_rate_delivered_7d', count(week, 'purchased'), count(week, 'delivered')),
    };
  });
}

export interface ResponseTimes {
  readonly key: MartRow;
  /** In seconds, ascending. */
  readonly delays: readonly number[];
}

/** The delays behind each row of response_times. */
export function responseTimes({ messages }: MartData): ResponseTimes[] {
  const happened = messages.flatMap(({ message_type, channel, sent_at, ...message }) => {
    const events = {
      open: message.opened_first_time_at,
      click: message.clicked_first_time_at,
      purchase: message.purchased_at,
      unsubscribe: message.unsubscribed_at,
      complaint: message.complained_at,
    };
    return Object.entries(events).flatMap(([event, at]) => {
      if (!at || !sent_at) return [];
      const delay = (at.getTime() - sent_at.getTime()) / 1000;
      return [
        { event, message_type, channel, delay },
        { event, message_type: 'all', channel, delay },
        { event, message_type: 'all', channel: 'all', delay },
      ];
    });
  });
  return groupBy(happened, ({ event, message_type, channel }) => ({ event, message_type, channel })).map(
    ({ key, items }) => ({ key, delays: items.map(({ delay }) => delay).sort((a, b) => a - b) }),
  );
}
