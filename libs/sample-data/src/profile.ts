import { type Channel, type Measures, type MessageType } from './model.js';
import { type Quantiles } from './quantiles.js';

/** Messages of one type and channel in the data set mkechinov/direct-messaging, the model of a file without `--like`. */

export interface Stratum {
  readonly type: MessageType;
  readonly channel: Channel;
  readonly measures: Measures;
}

/** The 10,000,000 messages of the demo file by type and channel. Only the full file has sms, so its share is tiny. */
export const STRATA: readonly Stratum[] = [
  stratum('bulk', 'email', 2_834_010, 489_189, 81_042, 9_622, 1_176, 2_496),
  stratum('bulk', 'mobile_push', 4_228_385, 500_616, 5_470, 283_162, 0, 0),
  stratum('trigger', 'email', 2_138_268, 367_024, 106_147, 9_585, 30_442, 4_671),
  stratum('trigger', 'web_push', 266, 4, 0, 0, 0, 0),
  stratum('transactional', 'email', 798_931, 256_874, 42_692, 810, 3_939, 5_173),
  stratum('transactional', 'mobile_push', 140, 0, 0, 0, 0, 0),
  stratum('transactional', 'sms', 1_000, 0, 0, 0, 0, 0),
];

function stratum(
  type: MessageType,
  channel: Channel,
  sent: number,
  opens: number,
  clicks: number,
  unsubscribes: number,
  bounces: number,
  purchases: number,
): Stratum {
  return { type, channel, measures: { sent, opens, clicks, unsubscribes, bounces, purchases } };
}

/** Days of sending in the full file. */
export const FIRST_DATE = '2021-04-30';
export const LAST_DATE = '2023-04-23';

/** `id` of the first row. */
export const FIRST_ID = 3_527_358;

/** Share of the full file's rows without `date` and `sent_at`. */
export const UNSENT_SHARE = 0.00025;

/** Rows are created in load order between these two moments (microseconds since 1970). */
export const LOAD_START_MICROS = Date.UTC(2023, 3, 27, 8, 50) * 1000;
export const LOAD_END_MICROS = Date.UTC(2023, 4, 17, 20) * 1000;

/** Average messages per client in the full file (the median is 18, the maximum 1,518). */
export const MESSAGES_PER_CLIENT = 42;

/**
 * Assigns messages to clients: the share of clients, the quietest first, that receives a given share of all messages, in
 * 64 steps. It is a log-normal distribution with the full file's mean 42 and median 18; the last three steps are one
 * straight line, which keeps the busiest client near 1,518.
 */
export const CLIENT_SHARES: Quantiles = [
  0, 0.197086, 0.287422, 0.35415, 0.408145, 0.453827, 0.493533, 0.528676, 0.56019, 0.588732, 0.614784, 0.638712,
  0.660802, 0.681283, 0.70034, 0.718127, 0.734772, 0.750385, 0.765058, 0.778872, 0.791898, 0.804196, 0.81582, 0.826819,
  0.837236, 0.847108, 0.856471, 0.865355, 0.87379, 0.881799, 0.889408, 0.896638, 0.903508, 0.910036, 0.916239, 0.922134,
  0.927733, 0.93305, 0.938098, 0.942888, 0.947431, 0.951737, 0.955814, 0.959672, 0.963319, 0.966763, 0.970009, 0.973066,
  0.975939, 0.978634, 0.981156, 0.983509, 0.9857, 0.98773, 0.989605, 0.991328, 0.9929, 0.994324, 0.995601, 0.996732,
  0.997715, 0.998548, 0.999032, 0.999516, 1,
];

/** Share of clients with a first purchase: 1,854,736 of 16,860,044. The data has none before this date. */
export const BUYING_CLIENTS_SHARE = 0.11;
export const FIRST_PURCHASE_DATE = '2021-12-15';
export const FIRST_PURCHASE_DAYS = 700;

/** Providers by their share of all rows of the full file, in percent; the rest are many small domains. */
export const PROVIDERS: readonly (readonly [name: string, percent: number])[] = [
  ['mail.ru', 32.3],
  ['gmail.com', 14.0],
  ['yandex.ru', 9.5],
  ['bk.ru', 2.5],
  ['list.ru', 1.5],
  ['rambler.ru', 1.3],
  ['inbox.ru', 1.2],
  ['ya.ru', 0.36],
  ['icloud.com', 0.28],
  ['private', 0.22],
];
export const OTHER_PROVIDERS_PERCENT = 0.9;

/** In seconds, unless noted. Full file: median time to open 0.004 h, to click 2.1 h. */
export const PROMPT_MAIL_OPENS = 0.45;
export const PROMPT_DELAY: Quantiles = [0, 2, 4, 6, 9, 13];
export const HUMAN_DELAY: Quantiles = [
  10, 90, 400, 1200, 2700, 5000, 7500, 14_000, 28_800, 60_000, 120_000, 350_000, 1_200_000,
];
export const PUSH_OPEN_DELAY: Quantiles = [0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12, 14, 40, 86_400];
export const CLICK_AFTER_OPEN: Quantiles = [0, 5, 10, 15, 20, 30, 45, 60, 120, 600, 7200];
export const AGAIN_DELAY: Quantiles = [1, 5, 60, 600, 7200, 30_000, 86_400, 200_000, 600_000, 1_200_000];
export const PURCHASE_DELAY: Quantiles = [
  700, 3600, 18_000, 54_000, 93_600, 162_000, 252_000, 396_000, 612_000, 936_000, 1_209_600,
];
export const BOUNCE_DELAY: Quantiles = [1, 2, 3, 5, 10, 30, 120, 900, 3600];

/** Share of messages that were opened (clicked) only once. */
export const ONCE_SHARE = 0.62;
export const OPENED_BEFORE_SENT_SHARE = 0.01;

/** Hours of the day (UTC) at which transactional and trigger messages are sent. */
export const SENDING_HOURS: Quantiles = [0, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 24];

/** A platform is known for 46 % of the opened messages: for nearly every clicked one, and for a third of the rest. */
export const PLATFORM_IF_CLICKED = 0.98;
export const PLATFORM_IF_ONLY_OPENED = 0.37;
