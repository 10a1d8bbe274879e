import { type Outcomes } from './outcomes.js';

export type MessageType = 'bulk' | 'trigger' | 'transactional';
export type Channel = 'email' | 'mobile_push' | 'web_push' | 'sms';

/** Event counts of a number of messages; bounces are hard and soft together. */
export interface Measures {
  readonly sent: number;
  readonly opens: number;
  readonly clicks: number;
  readonly unsubscribes: number;
  readonly bounces: number;
  readonly purchases: number;
}

export interface Campaign {
  readonly id: number;
  readonly type: MessageType;
  /** The channel in campaigns.csv: `multichannel` for triggers. */
  readonly channel: string;
  /** Empty if the campaign has none. */
  readonly topic: string;
  /** First day; bulk campaigns only. */
  readonly day?: number;
  /** Second of the day at which a bulk campaign begins, and the duration of sending. */
  readonly startSecond: number;
  readonly durationSeconds: number;
}

/** The messages of one campaign, channel and day. */
export interface Cell {
  readonly campaign: Campaign;
  readonly channel: Channel;
  readonly day: number;
  readonly sent: number;
  readonly outcomes: Outcomes;
}

export interface Plan {
  /** Sorted by day. */
  readonly cells: readonly Cell[];
  readonly campaigns: readonly Campaign[];
  readonly holidays: readonly Holiday[];
  readonly firstDay: number;
  readonly lastDay: number;
  /** True if every row needs a time of sending, so that its day counts. */
  readonly everyRowIsSent: boolean;
}

export interface Holiday {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly name: string;
}
