import type { RowOf } from '../../api/api.js';

export type Message = RowOf<'/api/v1/messages/{id}'>;
export type MessageColumn = keyof Message;

interface MessageGroup {
  readonly title: string;
  /** Column and its label. */
  readonly columns: readonly (readonly [MessageColumn, string])[];
}

/** All columns of a message, in the order in which things happen to it. */
export const MESSAGE_GROUPS: readonly MessageGroup[] = [
  {
    title: 'Message',
    columns: [
      ['id', 'Id'],
      ['message_id', 'Message_id'],
      ['client_id', 'Client'],
      ['message_type', 'Type'],
      ['channel', 'Channel'],
      ['campaign_id', 'Campaign'],
      ['category', 'Category'],
      ['stream', 'Stream'],
      ['platform', 'Platform'],
      ['email_provider', 'E-mail provider'],
    ],
  },
  {
    title: 'Sending',
    columns: [
      ['sent_at', 'Sent'],
      ['date', 'Day of sending'],
      ['is_hard_bounced', 'Hard bounced'],
      ['hard_bounced_at', 'Hard bounced at'],
      ['is_soft_bounced', 'Soft bounced'],
      ['soft_bounced_at', 'Soft bounced at'],
      ['is_blocked', 'Blocked'],
      ['blocked_at', 'Blocked at'],
    ],
  },
  {
    title: 'Reaction',
    columns: [
      ['is_opened', 'Opened'],
      ['opened_first_time_at', 'First open'],
      ['opened_last_time_at', 'Last open'],
      ['is_clicked', 'Clicked'],
      ['clicked_first_time_at', 'First click'],
      ['clicked_last_time_at', 'Last click'],
      ['is_purchased', 'Purchased'],
      ['purchased_at', 'Purchased at'],
      ['is_unsubscribed', 'Unsubscribed'],
      ['unsubscribed_at', 'Unsubscribed at'],
      ['is_complained', 'Complained'],
      ['complained_at', 'Complained at'],
    ],
  },
  {
    title: 'In the source system',
    columns: [
      ['created_at', 'Created'],
      ['updated_at', 'Updated'],
    ],
  },
];
