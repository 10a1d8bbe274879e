import { integer, oneOf } from '../parameters/value-kind.js';
import { martResource } from './define-resource.js';
import { byChannel, byTopic, byType, days, equals, isTrue } from '../parameters/resource-parameters.js';
import type { Resource } from './resource.js';

/** Rates by channel, type, topic, time and other properties of the messages. */
export const rateResources: readonly Resource[] = [
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
    summary: 'Time from the send to open, click and purchase',
    parameters: [
      equals('event', { kind: oneOf(['open', 'click', 'purchase']), description: 'Event after the send' }),
      equals('type', {
        kind: oneOf(['bulk', 'trigger', 'transactional', 'all']),
        column: 'message_type',
        description: 'Kind of campaign; `all` selects the totals',
      }),
      equals('channel', {
        kind: oneOf(['email', 'mobile_push', 'web_push', 'sms', 'all']),
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
  martResource('daily_rates', {
    path: 'daily',
    summary: 'Volume and rates by day and over seven days',
    parameters: days('date', 'date', 'of sending'),
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
    summary: 'Unsubscribes and complaints by day, channel and topic',
    parameters: [...days('date', 'date', 'of sending'), byChannel, byTopic],
    key: ['date', 'channel', 'topic'],
    nullable: ['date', 'topic'],
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
    ],
    key: ['email_provider'],
    nullable: ['email_provider'],
    order: ['-sent'],
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
