import { setTimeout as sleep } from 'node:timers/promises';
import type { Message, Producer } from 'kafkajs';
import { REDRIVE_HEADERS } from '#schema/quarantine-attempts.js';
import { correctedRecord, type Change, type CorrectedRecord } from './corrected-record.js';
import type { Database, Entry } from './entries.js';

/** A record that is sent again. */
export interface Redriven {
  readonly entry: string;
  readonly record: CorrectedRecord;
}

export interface Sender {
  readonly database: Database;
  readonly producer: Producer;
  readonly topic: string;
  readonly author: string;
  readonly note: string | null;
}

interface Attempt {
  readonly id: string;
  readonly entry: string;
}

/** $1: entries; $2 author, $3 change, $4 note. */
const BEGIN = `
  INSERT INTO public.quarantine_attempts (id, record_hash, action, author, change, note)
  SELECT gen_random_uuid(), record_hash, 'redrive', $2, $3, $4 FROM unnest($1::bytea[]) AS entry (record_hash)
  RETURNING id, encode(record_hash, 'hex') AS entry`;

const SENT = 'UPDATE public.quarantine_attempts SET sent_at = clock_timestamp() WHERE id = ANY ($1)';

/** Attempts that were begun and not sent: whoever began them was killed. Few, as their values may be large. */
const UNSENT = `
  SELECT id, author, change, encode(entry.record_hash, 'hex') AS entry, headers, original, key, value
  FROM public.quarantine_attempts AS attempt JOIN public.quarantined_messages AS entry USING (record_hash)
  WHERE sent_at IS NULL AND result IS NULL AND action = 'redrive' AND value IS NOT NULL ORDER BY begun_at LIMIT 20`;

/** A batch of a partition must be below the default limit of brokers and topics, unless one record is larger. */
const REQUEST_BYTES = 900_000;

/**
 * Sends records to the topic again. The attempts are stored before, so that a kill at any moment loses none of them: `sendUnsent`
 * sends what is left. A record that is sent twice counts once, as it names its attempt.
 */
export async function send(sender: Sender, records: readonly Redriven[], change: Change | null): Promise<void> {
  if (records.length === 0) return;
  const { database, author, note } = sender;
  const entries = records.map(({ entry }) => Buffer.from(entry, 'hex'));
  const rows = await database.query<Attempt[]>(BEGIN, [entries, author, change && JSON.stringify(change), note]);
  const attempts = new Map(rows.map(({ entry, id }) => [entry, id]));
  await produce(
    sender,
    records.map(({ entry, record }) => ({ id: attempts.get(entry)!, entry, author, change, record })),
  );
}

/** Sends what an interrupted command has left. @returns how many records */
export async function sendUnsent(sender: Sender): Promise<number> {
  for (let sent = 0; ;) {
    const rows = await sender.database.query<(Entry & Attempt & { author: string; change: Change | null })[]>(UNSENT);
    if (rows.length === 0) return sent;
    await produce(
      sender,
      rows.flatMap((row) => {
        const record = correctedRecord(row, row.change);
        return record === undefined ? [] : [{ ...row, record }];
      }),
    );
    sent += rows.length;
  }
}

interface Sent extends Attempt, Redriven {
  readonly author: string;
  readonly change: Change | null;
}

async function produce({ database, producer, topic }: Sender, records: readonly Sent[]): Promise<void> {
  for (const request of requestsOf(records)) {
    await producer.send({ topic, acks: -1, messages: request.map(messageOf) });
    await database.query(SENT, [request.map(({ id }) => id)]);
  }
}

function messageOf({ id, entry, author, change, record: { key, value, headers } }: Sent): Message {
  return {
    key,
    value,
    headers: {
      ...headers,
      [REDRIVE_HEADERS.entry]: entry,
      [REDRIVE_HEADERS.attempt]: id,
      [REDRIVE_HEADERS.author]: author,
      ...(change && { [REDRIVE_HEADERS.change]: JSON.stringify(change) }),
    },
  };
}

function* requestsOf(records: readonly Sent[]): Generator<readonly Sent[]> {
  let from = 0;
  let bytes = 0;
  for (const [at, { record }] of records.entries()) {
    if (at > from && bytes + record.value.length > REQUEST_BYTES) {
      yield records.slice(from, at);
      from = at;
      bytes = 0;
    }
    bytes += record.value.length;
  }
  if (from < records.length) yield records.slice(from);
}

/** Waits so that on average no more than `rate` records a second are sent. */
export class Pace {
  private readonly began = performance.now();
  private sent = 0;

  constructor(private readonly rate: number) {}

  async after(records: number, signal: AbortSignal): Promise<void> {
    this.sent += records;
    const wait = this.began + (1000 * this.sent) / this.rate - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}
