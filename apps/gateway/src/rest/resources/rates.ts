import { dailyRates } from '#schema/mart/views/days-and-hours.js';
import { MACHINE_OPENS_COLUMNS } from '#schema/mart/views/machine-opens.js';
import { PERIOD_COMPARISON_COLUMNS } from '#schema/mart/views/period-comparison.js';
import {
  CHANNEL,
  channelOr,
  DAY,
  integer,
  MESSAGE_TYPE,
  messageTypeOr,
  oneOf,
  TEXT,
} from '../parameters/value-kind.js';
import { martResource } from './define-resource.js';
import { argument, byChannel, byTopic, byType, days, equals, isTrue } from '../parameters/resource-parameters.js';
import type { Resource } from './resource.js';

const byDimension = equals('dimension', {
  kind: oneOf(['channel', 'email_provider', 'platform']),
  description: 'What the rows are about',
});
const byDimensionValue = equals('value', { description: 'Channel, provider or platform', example: 'gmail.com' });

const byGroup = equals('dimension', {
  kind: oneOf(['all', 'channel', 'type']),
  description: 'What the rows are about',
});

/** Rates by channel, type, topic, time and other properties of the messages. */
export const rateResources: readonly Resource[] = [
  martResource('period_comparison', {
    path: 'overview',
    summary: 'Counts and rates of a period compared with the period before, by channel and type',
    parameters: [
      argument(
        'from',
        DAY,
        'First day of sending (UTC); by default the newest 7 days whose opens and clicks have arrived',
        'first_day',
        '2021-05-01',
      ),
      argument('to', DAY, 'Last day of sending (UTC), inclusive', 'last_day', '2021-05-07'),
      byGroup,
    ],
    columns: PERIOD_COMPARISON_COLUMNS,
    key: ['dimension', 'value'],
    order: ['dimension', '-sent'],
  }),
  martResource('channel_rates', {
    path: 'channels',
    summary: 'Rates by channel',
    parameters: [byChannel],
    key: ['channel'],
  }),
  martResource('type_channel_rates', {
    path: 'types-and-channels',
    summary: 'Rates by type and channel',
    parameters: [byType('message_type'), byChannel],
    key: ['message_type', 'channel'],
  }),
  martResource('topic_rates', {
    path: 'topics',
    summary: 'Rates by topic and type',
    parameters: [byTopic, byType('message_type')],
    key: ['topic', 'message_type'],
    nullable: ['topic'],
  }),
  martResource('funnel', {
    path: 'funnel',
    summary: 'Stages from sent to purchased, by type and channel',
    parameters: [byType('message_type'), byChannel],
    key: ['message_type', 'channel'],
  }),
  martResource('reopens_and_reclicks', {
    path: 'reopens',
    summary: 'Messages opened or clicked again, by type and channel',
    parameters: [byType('message_type'), byChannel],
    key: ['message_type', 'channel'],
  }),
  martResource('response_times', {
    path: 'response-times',
    summary: 'Time from the send to open, click, purchase, unsubscribe and complaint',
    parameters: [
      equals('event', {
        kind: oneOf(['open', 'click', 'purchase', 'unsubscribe', 'complaint']),
        description: 'Event after the send',
      }),
      equals('type', {
        kind: messageTypeOr('all'),
        column: 'message_type',
        description: 'Kind of campaign; `all` selects the totals',
      }),
      equals('channel', {
        kind: channelOr('all'),
        description: 'Channel of the message; `all` selects the totals',
      }),
    ],
    key: ['event', 'message_type', 'channel'],
  }),
  martResource('send_time_rates', {
    path: 'send-times',
    summary: 'Rates by weekday and hour of sending',
    parameters: [
      byType('message_type'),
      byChannel,
      equals('weekday', { kind: integer(1, 7), description: '1 Monday to 7 Sunday (UTC)' }),
      equals('hour', { kind: integer(0, 23), description: 'Hour of sending (UTC)' }),
    ],
    key: ['message_type', 'channel', 'weekday', 'hour'],
    nullable: ['weekday', 'hour'],
  }),
  martResource('daily_rates_of', {
    path: 'daily',
    summary: 'Volume and rates by day and over seven days',
    parameters: [
      ...days('date', 'date', 'of sending'),
      argument('channel', CHANNEL, 'Channel of the messages', 'channel', 'email'),
      argument('type', MESSAGE_TYPE, 'Kind of campaign', 'message_type', 'bulk'),
      argument('topic', TEXT, 'Topic of the campaign; empty selects messages without a value', 'topic', 'sale out'),
    ],
    columns: dailyRates.columns,
    key: ['date'],
  }),
  martResource('holiday_effect', {
    path: 'holidays',
    summary: 'Messages sent on each holiday compared with regular days',
    parameters: [
      ...days('date', 'date', 'of the holiday'),
      byType('message_type'),
      equals('holiday', { description: 'Name of the holiday', example: 'regular day' }),
      isTrue('is_holiday', 'Whether the row is a holiday'),
      isTrue('is_doubtful', 'Whether the date of the holiday is doubtful'),
    ],
    key: ['message_type', 'date'],
    nullable: ['date'],
  }),
  martResource('holiday_calendar', {
    path: 'holiday-calendar',
    summary: 'Holidays with corrections, and doubtful dates',
    parameters: [
      ...days('date', 'date', 'of the holiday'),
      equals('holiday', { description: 'Name of the holiday', example: 'Black Friday' }),
      isTrue('is_doubtful', 'Whether the date is doubtful'),
    ],
    key: ['date', 'holiday'],
  }),
  martResource('unsubscribes_and_complaints', {
    path: 'unsubscribes',
    summary: 'Unsubscribes and complaints by day of sending, channel and topic',
    parameters: [...days('date', 'date', 'of sending'), byChannel, byTopic],
    key: ['date', 'channel', 'topic'],
    nullable: ['date', 'topic'],
  }),
  martResource('unsubscribes_and_complaints_by_event_day', {
    path: 'unsubscribes/by-event-day',
    summary: 'Unsubscribes and complaints by the day on which they happened',
    parameters: [...days('date', 'date', 'of the event'), byChannel, byTopic],
    key: ['date', 'channel', 'topic'],
    nullable: ['topic'],
  }),
  martResource('provider_deliverability', {
    path: 'deliverability',
    summary: 'Bounces, blocks and complaints by e-mail provider',
    parameters: [
      equals('provider', {
        column: 'email_provider',
        description: "Domain of the client's address",
        example: 'mail.ru',
      }),
      equals('complaint_level', {
        kind: oneOf(['below 0.10 %', '0.10 % to 0.30 %', '0.30 % or more']),
        description: 'Level of the complaint rate over delivered e-mails',
      }),
      isTrue('is_complaint_level_certain', 'Whether there are enough e-mails to be certain of the level'),
    ],
    key: ['email_provider'],
    nullable: ['email_provider'],
    order: ['-sent'],
  }),
  martResource('machine_opens', {
    path: 'machine-opens',
    summary: 'Opens that machines may have made, by channel, provider and platform',
    parameters: [
      argument(
        'seconds',
        integer(0, 50),
        'Greatest time from the send to an open that may be a machine; default 15',
        'seconds',
        '15',
      ),
      byDimension,
      byChannel,
      byDimensionValue,
    ],
    columns: MACHINE_OPENS_COLUMNS,
    key: ['dimension', 'channel', 'value'],
    nullable: ['value', 'sent', 'delivered'],
    order: ['dimension', 'channel', '-sent', '-opened'],
  }),
  martResource('opens_by_second', {
    path: 'machine-opens/by-second',
    summary: 'Opens in each of the first 50 seconds, by channel, provider and platform',
    parameters: [byDimension, byChannel, byDimensionValue],
    key: ['dimension', 'channel', 'value', 'seconds'],
    nullable: ['value'],
  }),
  martResource('stream_rates', {
    path: 'streams',
    summary: 'Rates by the stream that acquired the client',
    parameters: [byChannel, equals('stream', { description: 'Stream that acquired the client', example: 'desktop' })],
    key: ['channel', 'stream'],
    nullable: ['stream'],
  }),
  martResource('platform_engagement', {
    path: 'platforms',
    summary: 'Shares of opens and clicks by device',
    parameters: [
      byChannel,
      equals('platform', { description: 'Device on which the message was opened', example: 'smartphone' }),
    ],
    key: ['channel', 'platform'],
    nullable: ['platform'],
  }),
];
