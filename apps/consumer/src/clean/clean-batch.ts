import type { KafkaMessage } from 'kafkajs';
import { canonicalRow } from '#schema/canonical-row.js';
import { clean, type Repair } from '#schema/cleaner.js';
import { positionOf } from '#schema/columns.js';
import { contract, type Reason } from '#schema/contract.js';
import { copiedValue, copyLine } from '#schema/copy-text.js';
import { UnreadableBatch } from '#platform/kafka/fetch/unreadable-batch.js';
import type { KafkaBatch } from '../transport/kafka-batch.js';

/** A record with where it stands in Kafka. */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

export interface CleanedRow {
  readonly id: string;
  /** All columns as a line for COPY: one string is kept where the values would be dozens, which spares the garbage collector. */
  readonly line: string;
  readonly source: SourceRecord;
}

export interface RejectedRecord {
  readonly reasons: readonly Reason[];
  readonly source: SourceRecord;
}

/** What a batch of records comes to: at most one row for each id, and everything that is counted. */
export interface CleanedBatch {
  /** In the order of their ids, so that concurrent writers lock rows in the same order. */
  readonly rows: readonly CleanedRow[];
  readonly hasId: (id: string) => boolean;
  readonly rejected: readonly RejectedRecord[];
  readonly records: number;
  /** Clean rows that gave way to a version in the same batch. */
  readonly superseded: number;
  readonly tombstones: number;
  readonly unknownFields: number;
  /** Times each repair was made, by column and repair. */
  readonly repairs: ReadonlyMap<string, { readonly repair: Repair; readonly count: number }>;
}

const ID = positionOf('id');
const VERSION = positionOf(contract.versionColumn);

const UNREADABLE: readonly Reason[] = [{ column: null, reason: 'unreadable_batch' }];

/** Records cleaned before other work of the event loop, such as feeding the database's socket, gets its turn. */
const SLICE = 100;

/** Cleans the records of a batch by the contract and merges the rows by id: the greatest version stays, of equal ones the first. */
export async function cleanBatch(batch: Pick<KafkaBatch, 'chunks'>): Promise<CleanedBatch> {
  const rows = new Map<string, CleanedRow>();
  const rejected: RejectedRecord[] = [];
  const repairs = new Map<string, { repair: Repair; count: number }>();
  let records = 0;
  let superseded = 0;
  let tombstones = 0;
  let unknownFields = 0;

  const keep = (id: string, line: string, source: SourceRecord): void => {
    const other = rows.get(id);
    if (other) superseded++;
    if (!other || versionOf(other) < versionOf({ line })) rows.set(id, { id, line, source });
  };

  for (const { topic, partition, messages } of batch.chunks) {
    for (const message of messages) {
      if (records++ % SLICE === SLICE - 1) await new Promise(setImmediate);
      const source = { topic, partition, message };
      if (message instanceof UnreadableBatch) {
        rejected.push({ reasons: UNREADABLE, source });
        continue;
      }
      const unparsable = message.headers?.[contract.record.unparsableHeader] !== undefined;
      const line = message.value === null || unparsable ? null : canonicalRow(message.value);
      if (line !== null) {
        keep(copiedValue(line, ID), line, source);
        continue;
      }
      const cleaned = clean(message.value, unparsable);
      switch (cleaned.kind) {
        case 'tombstone':
          tombstones++;
          break;
        case 'rejected':
          rejected.push({ reasons: cleaned.reasons, source });
          break;
        case 'row':
          unknownFields += cleaned.unknownFields;
          for (const repair of cleaned.repairs) {
            const key = `${repair.repair} ${repair.column}`;
            repairs.set(key, { repair, count: (repairs.get(key)?.count ?? 0) + 1 });
          }
          keep(cleaned.values[ID]!, copyLine(cleaned.values), source);
          break;
      }
    }
  }
  return {
    rows: inIdOrder(rows),
    hasId: (id) => rows.has(id),
    rejected,
    records,
    superseded,
    tombstones,
    unknownFields,
    repairs,
  };
}

/** The version of a row: of two with the same id the greater one stays. */
export function versionOf({ line }: Pick<CleanedRow, 'line'>): string {
  return copiedValue(line, VERSION);
}

function inIdOrder(rows: ReadonlyMap<string, CleanedRow>): CleanedRow[] {
  // Ids of the same length order like their texts, and nearly all have the same length.
  return [...rows.values()].sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
