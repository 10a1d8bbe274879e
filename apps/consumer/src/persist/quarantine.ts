import type { IHeaders } from 'kafkajs';
import type { QueryRunner } from 'typeorm';
import type { Reason, ReasonCode } from '#schema/contract.js';
import type { RejectedRecord } from '../clean/clean-batch.js';
import { INSERT_QUARANTINED } from './message-sql.js';

/** Number of records by reason; a record with several reasons counts once for each. */
export type QuarantinedByReason = ReadonlyMap<ReasonCode, number>;

/** Stores rejected records as they came, with where and why. @returns the ones that were not there before */
export async function insertQuarantined(
  runner: QueryRunner,
  rejected: readonly RejectedRecord[],
): Promise<QuarantinedByReason> {
  const byReason = new Map<ReasonCode, number>();
  if (rejected.length === 0) return byReason;
  const stored = (await runner.query(INSERT_QUARANTINED, [
    rejected.map(({ source }) => source.topic),
    rejected.map(({ source }) => source.partition),
    rejected.map(({ source }) => source.message.offset),
    rejected.map(({ source }) => new Date(Number(source.message.timestamp)).toISOString()),
    rejected.map(({ source }) => source.message.key),
    rejected.map(({ source }) => source.message.value),
    rejected.map(({ source }) => JSON.stringify(readableHeaders(source.message.headers))),
    rejected.map(({ reasons }) => JSON.stringify(reasons)),
  ])) as { reasons: Reason[] }[];
  for (const { reasons } of stored) {
    for (const reason of new Set(reasons.map((each) => each.reason))) {
      byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
    }
  }
  return byReason;
}

/** Kafka headers as text; of a header that stands several times the last. NUL, which jsonb cannot hold, becomes U+FFFD. */
function readableHeaders(headers: IHeaders = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      readable(name),
      readable((Array.isArray(value) ? value.at(-1) : value)?.toString() ?? ''),
    ]),
  );
}

function readable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
