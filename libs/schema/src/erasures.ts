import { EntitySchema } from 'typeorm';

/** One run of the command that erases a client. */
export interface Erasure {
  client_hash: Buffer;
  done_at: Date;
  done_by: string;
  action: 'erase' | 'unblock';
  /** bigint as text, as are those below */
  messages: string;
  quarantined: string;
  first_purchases: string;
}

export const erasureEntity = new EntitySchema<Erasure>({
  name: 'erasures',
  tableName: 'erasures',
  columns: {
    client_hash: {
      type: 'bytea',
      primary: true,
      comment:
        'SHA-256 of a secret key and the id of the client. Without the key, which only the owner can read, it names nobody',
    },
    done_at: { type: 'timestamptz', primary: true, default: () => 'clock_timestamp()', comment: 'When it was done' },
    done_by: { type: 'text', default: () => 'SESSION_USER', comment: 'Who did it: the user of the database session' },
    action: { type: 'text', comment: 'erase, or unblock for a client who came back' },
    messages: { type: 'bigint', default: 0, comment: 'Rows erased from messages' },
    quarantined: { type: 'bigint', default: 0, comment: 'Records erased from quarantined_messages' },
    first_purchases: { type: 'bigint', default: 0, comment: 'Rows erased from client_first_purchase_date' },
  },
  checks: [{ name: 'erasures_action_check', expression: "action IN ('erase', 'unblock')" }],
});
