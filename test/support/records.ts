import type { Message } from 'kafkajs';
import { COLUMN_NAMES, type ColumnName } from '#schema/contract.js';
import { martLine } from './mart.js';

export type Fields = Partial<Record<ColumnName, string>>;

/** Fields of a record that the contract accepts; `fields` overrides them. */
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

/** The Kafka record of these fields. The key is the id, as in the producer. */
export function recordOf(id: number, fields: Fields = {}): Message {
  return { key: String(id), value: JSON.stringify(fieldsOf(id, fields)) };
}

/** `updated_at` of a version: the greater the number, the newer the version. */
export function version(number: number): Fields {
  return { updated_at: new Date(Date.UTC(2023, 4, 1) + number * 1000).toISOString().slice(0, 19).replace('T', ' ') };
}

/** The row of this record in the mart. Flags are false unless given. */
export function lineOf(id: number, fields: Fields = {}): string {
  const row = fieldsOf(id, fields);
  return martLine(COLUMN_NAMES.map((name) => row[name] ?? (name.startsWith('is_') ? 'f' : null)));
}

/** 0 … n - 1. */
export function numbers(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
