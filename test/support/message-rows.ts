import type { Client } from 'pg';
import { contract, type ColumnName } from '#schema/contract.js';
import { fieldsOf } from './records.js';

export type Value = string | number | boolean | null;

/** Columns of a row of `messages`; times as in the data set, `YYYY-MM-DD HH:MM:SS` in UTC. */
export type MessageFields = Partial<Record<ColumnName, Value>>;

const EVENT_AFTER_MS = 60_000;

/**
 * A complete row of `messages` in which `fields` override the defaults. A flag implies its times, a minute after the send,
 * and a time implies its flag. For a contradiction, give both (null is a value).
 */
function messageRow(id: number, fields: MessageFields = {}): MessageFields {
  const row: MessageFields = { ...fieldsOf(id), ...fields };
  const sentAt = String(row.sent_at ?? fieldsOf(id).sent_at);
  if (fields.date === undefined) row.date = typeof row.sent_at === 'string' ? row.sent_at.slice(0, 10) : null;
  for (const { flag, times } of contract.flags) {
    const given = times.map((time) => fields[time]).find((time) => typeof time === 'string');
    const happened = fields[flag] ?? given !== undefined;
    row[flag] = happened;
    for (const time of times) row[time] = fields[time] ?? null;
    if (!happened) continue;
    for (const time of times) if (fields[time] === undefined) row[time] = given ?? later(sentAt, EVENT_AFTER_MS);
  }
  return row;
}

/** The time `ms` later, in the format of the data set. */
export function later(time: string, ms: number): string {
  const text = new Date(Date.parse(`${time.replace(' ', 'T')}Z`) + ms).toISOString();
  return text.slice(0, ms % 1000 === 0 ? 19 : 23).replace('T', ' ');
}

/** Inserts messages with one statement. Their ids follow the greatest existing one. */
export async function insertMessages(client: Client, rows: readonly MessageFields[]): Promise<void> {
  const { rows: found } = await client.query<{ last: number }>(
    'SELECT coalesce(max(id), 0)::int AS last FROM messages',
  );
  const { last } = found[0]!;
  await insertRows(
    client,
    'messages',
    rows.map((fields, i) => messageRow(last + 1 + i, fields)),
  );
}

/** Inserts rows with one statement. Missing columns get their defaults; times are in the time zone of the session. */
export async function insertRows(
  client: Client,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => `"${name}"`).join(', ');
  await client.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}

/** `count` messages that differ only in their ids. */
export function times(count: number, fields: MessageFields): MessageFields[] {
  return Array.from({ length: count }, () => fields);
}
