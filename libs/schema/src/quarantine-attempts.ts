import { EntitySchema } from 'typeorm';
import type { Reason } from './contract.js';

/** What became of a rejected record. */
export const QUARANTINE_STATES = {
  open: 'nobody has dealt with it',
  parked: 'sent again and rejected three times',
  resolved: 'sent again, and its row is in the mart',
  superseded: 'sent again, and the mart has a newer version of its row',
  discarded: 'somebody decided that it is not needed',
} as const;

export type QuarantineState = keyof typeof QUARANTINE_STATES;

/** Kafka headers of a record that is sent again: the entry (its record_hash in hex), the attempt, and who changed what. */
export const REDRIVE_HEADERS = {
  entry: 'quarantine-entry',
  attempt: 'quarantine-attempt',
  author: 'quarantine-author',
  change: 'quarantine-change',
} as const;

/** A step of somebody with a quarantined record. */
export interface QuarantineAttempt {
  id: string;
  record_hash: Buffer;
  action: 'redrive' | 'discard' | 'reopen';
  author: string;
  /** Texts of columns that were set; null removes a value. */
  change: Record<string, string | null> | null;
  note: string | null;
  begun_at: Date;
  sent_at: Date | null;
  /** Null until an engine has read the record. */
  result: 'resolved' | 'superseded' | 'rejected' | 'erased' | 'discarded' | 'reopened' | null;
  reasons: Reason[] | null;
  ended_at: Date | null;
}

/** The condition of a CHECK. */
export function oneOf(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map((value) => `'${value}'`).join(', ')})`;
}

export const quarantineAttemptEntity = new EntitySchema<QuarantineAttempt>({
  name: 'quarantine_attempts',
  tableName: 'quarantine_attempts',
  columns: {
    id: { type: 'uuid', primary: true, comment: 'Random id of the attempt' },
    record_hash: { type: 'bytea', comment: 'The entry of quarantined_messages' },
    action: {
      type: 'text',
      comment: 'redrive (sent to the topic again), discard (not needed), or reopen (a discarded one is open again)',
    },
    author: { type: 'text', comment: 'Who did it' },
    change: {
      type: 'jsonb',
      nullable: true,
      comment: 'Columns that were set in the copy that was sent, with their texts; null if it was sent as it came',
    },
    note: { type: 'text', nullable: true, comment: 'Why' },
    begun_at: { type: 'timestamptz', default: () => 'clock_timestamp()', comment: 'When it was begun' },
    sent_at: { type: 'timestamptz', nullable: true, comment: 'When Kafka acknowledged the record; null before that' },
    result: {
      type: 'text',
      nullable: true,
      comment:
        'What came of it: resolved, superseded, rejected (again), erased (the client), discarded or reopened; null until an engine has ' +
        'read the record',
    },
    reasons: { type: 'jsonb', nullable: true, comment: 'Why it was rejected again' },
    ended_at: { type: 'timestamptz', nullable: true, comment: 'When the result was known' },
  },
  indices: [{ name: 'quarantine_attempts_record', columns: ['record_hash', 'begun_at'] }],
  checks: [
    {
      name: 'quarantine_attempts_action_check',
      expression: oneOf('action', ['redrive', 'discard', 'reopen']),
    },
    {
      name: 'quarantine_attempts_result_check',
      expression: oneOf('result', ['resolved', 'superseded', 'rejected', 'erased', 'discarded', 'reopened']),
    },
  ],
});
