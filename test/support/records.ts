import type { Message } from 'kafkajs';
import { COLUMN_NAMES, type ColumnName } from '#schema/contract.js';
import { martLine } from './mart.js';

export type Fields = Partial<Record<ColumnName, string>>;

/** A record that the contract accepts, with what the test is about. */
export function fieldsOf(id: number, fields: Fields = {}): Fields {
  return {
    id: String(id),
    message_id: `message-${id}`,
    campaign_id: '21',
    message_type: 'bulk',
    client_id: '1515915625468061251',
    channel: 'email',
    date: '2021-05-01',
    sent_at: '2021-05-01 10:00:00',
    created_at: '2023-04-27 05:09:22.5',
    updated_at: '2023-04-27 05:09:22.5',
    ...fields,
  };
}

/** The Kafka record of it; its key, as the producer's, is the id. */
export function recordOf(id: number, fields: Fields = {}): Message {
  return { key: String(id), value: JSON.stringify(fieldsOf(id, fields)) };
}

/** `updated_at` of a version; of two versions the one with the greater number is newer. */
export function version(number: number): Fields {
  return { updated_at: new Date(Date.UTC(2023, 4, 1) + number * 1000).toISOString().slice(0, 19).replace('T', ' ') };
}

/** The row that becomes of it: its flags come from their times, of which it has none unless given. */
export function lineOf(id: number, fields: Fields = {}): string {
  const row = fieldsOf(id, fields);
  return martLine(COLUMN_NAMES.map((name) => row[name] ?? (name.startsWith('is_') ? 'f' : null)));
}

/** 0 … n - 1. */
export function numbers(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
