import { type Outcomes } from './outcomes.js';

export type MessageType = 'bulk' | 'trigger' | 'transactional';
export type Channel = 'email' | 'mobile_push' | 'web_push' | 'sms';

/** What became of a number of messages; bounces are hard and soft ones together. */
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
  /** As campaigns.csv has it: `multichannel` for triggers. */
  readonly channel: string;
  /** Empty for a campaign without one. */
  readonly topic: string;
  /** First day; bulk campaigns only. */
  readonly day?: number;
  /** Second of the day at which a bulk campaign begins, and how long the sending takes. */
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
  /** By day, ascending. */
  readonly cells: readonly Cell[];
  readonly campaigns: readonly Campaign[];
  readonly holidays: readonly Holiday[];
  readonly firstDay: number;
  readonly lastDay: number;
  /** Whether every row needs a time of sending, for its day to be counted. */
  readonly everyRowIsSent: boolean;
}

export interface Holiday {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly name: string;
}
