import { timeText, dayText, DAY_SECONDS, trimmedMicrosText } from './clock.js';
import {
  BLOCKED,
  CLICKED,
  COMPLAINED,
  HARD_BOUNCED,
  OPENED,
  PURCHASED,
  SOFT_BOUNCED,
  UNSUBSCRIBED,
} from './outcomes.js';

/** The columns of messages.csv, in order. */
export const COLUMNS = [
  'id',
  'message_id',
  'campaign_id',
  'message_type',
  'client_id',
  'channel',
  'category',
  'platform',
  'email_provider',
  'stream',
  'date',
  'sent_at',
  'is_opened',
  'opened_first_time_at',
  'opened_last_time_at',
  'is_clicked',
  'clicked_first_time_at',
  'clicked_last_time_at',
  'is_unsubscribed',
  'unsubscribed_at',
  'is_hard_bounced',
  'hard_bounced_at',
  'is_soft_bounced',
  'soft_bounced_at',
  'is_complained',
  'complained_at',
  'is_blocked',
  'blocked_at',
  'is_purchased',
  'purchased_at',
  'created_at',
  'updated_at',
] as const;

export type ColumnName = (typeof COLUMNS)[number];

export const HEADER = COLUMNS.join(',');

/** Seconds since 1970 of an event; only valid if the event's bit is set. */
export interface EventTimes {
  openedFirst: number;
  openedLast: number;
  clickedFirst: number;
  clickedLast: number;
  unsubscribed: number;
  bounced: number;
  complained: number;
  blocked: number;
  purchased: number;
}

/** The values of one row of messages.csv. One object serves all rows of a file. */
export interface Message extends EventTimes {
  id: number;
  messageId: string;
  campaignId: number;
  type: string;
  clientId: string;
  channel: string;
  platform: string;
  emailProvider: string;
  stream: string;
  /** Seconds since 1970; -1 if neither `date` nor `sent_at` is known. */
  sentAt: number;
  /** The bits of outcomes.ts. */
  events: number;
  createdMicros: number;
  updatedMicros: number;
}

/** A line of messages.csv without its newline: one field for each column, empty for NULL, without quotes. */
export function formatMessage(m: Message): string {
  const { events } = m;
  // An older version that was not yet opened has no platform either.
  const platform = events & (OPENED | CLICKED) ? m.platform : '';
  const sent = m.sentAt < 0 ? ',' : `${dayText(Math.floor(m.sentAt / DAY_SECONDS))},${timeText(m.sentAt)}`;
  const opened = events & OPENED ? `t,${timeText(m.openedFirst)},${timeText(m.openedLast)}` : 'f,,';
  const clicked = events & CLICKED ? `t,${timeText(m.clickedFirst)},${timeText(m.clickedLast)}` : 'f,,';
  return (
    `${m.id},${m.messageId},${m.campaignId},${m.type},${m.clientId},${m.channel},,${platform},${m.emailProvider},` +
    `${m.stream},${sent},${opened},${clicked},` +
    (events & ~(OPENED | CLICKED) ? rareEvents(m) : 'f,,f,,f,,f,,f,,f,,') +
    `${trimmedMicrosText(m.createdMicros)},${trimmedMicrosText(m.updatedMicros)}`
  );
}

function rareEvents(m: Message): string {
  return (
    flagAndTime(m.events & UNSUBSCRIBED, m.unsubscribed) +
    flagAndTime(m.events & HARD_BOUNCED, m.bounced) +
    flagAndTime(m.events & SOFT_BOUNCED, m.bounced) +
    flagAndTime(m.events & COMPLAINED, m.complained) +
    flagAndTime(m.events & BLOCKED, m.blocked) +
    flagAndTime(m.events & PURCHASED, m.purchased)
  );
}

function flagAndTime(happened: number, second: number): string {
  return happened ? `t,${timeText(second)},` : 'f,,';
}
