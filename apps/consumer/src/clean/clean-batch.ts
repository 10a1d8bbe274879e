import type { IHeaders, KafkaMessage } from 'kafkajs';
import { canonicalRow } from '#schema/canonical-row.js';
import { clean, type Repair } from '#schema/cleaner.js';
import { positionOf } from '#schema/columns.js';
import { contract, type Reason } from '#schema/contract.js';
import { copiedValue, copyLine } from '#schema/copy-text.js';
import { REDRIVE_HEADERS } from '#schema/quarantine-attempts.js';
import { UnreadableBatch } from '#platform/kafka/fetch/unreadable-batch.js';
import type { KafkaBatch } from '../transport/kafka-batch.js';

/** A record and its topic and partition. */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

export interface CleanedRow {
  readonly id: string;
  /** All columns as a line for COPY. One string instead of dozens spares the garbage collector. */
  readonly line: string;
  readonly source: SourceRecord;
}

export interface RejectedRecord {
  readonly reasons: readonly Reason[];
  readonly source: SourceRecord;
}

/** A clean record that was sent again from quarantine. */
export interface RedrivenRow {
  /** Headers that name the entry and the attempt. Any producer can set them. */
  readonly entry: string;
  readonly attempt: string;
  readonly id: string;
  readonly version: string;
}

/** The result of cleaning a batch: at most one row for each id, and counts. */
export interface CleanedBatch {
  /** Ordered by id, so that concurrent writers lock rows in the same order. */
  readonly rows: readonly CleanedRow[];
  readonly hasId: (id: string) => boolean;
  readonly rejected: readonly RejectedRecord[];
  /** Also of rows that another version in the batch replaced. */
  readonly redriven: readonly RedrivenRow[];
  readonly records: number;
  /** Clean rows replaced by, or dropped for, another version in the same batch. */
  readonly superseded: number;
  readonly tombstones: number;
  readonly unknownFields: number;
  /** How often each repair was made, by column and repair. */
  readonly repairs: ReadonlyMap<string, { readonly repair: Repair; readonly count: number }>;
}

const ID = positionOf('id');
const VERSION = positionOf(contract.versionColumn);

const UNREADABLE: readonly Reason[] = [{ column: null, reason: 'unreadable_batch' }];

/** After this many records the event loop gets a turn, for example to feed the database's socket. */
const SLICE = 100;

/** Cleans the records of a batch and merges the rows by id: the greatest version wins; of equal versions, the first. */
export async function cleanBatch(batch: Pick<KafkaBatch, 'chunks'>): Promise<CleanedBatch> {
  const rows = new Map<string, CleanedRow>();
  const rejected: RejectedRecord[] = [];
  const redriven: RedrivenRow[] = [];
  const repairs = new Map<string, { repair: Repair; count: number }>();
  let records = 0;
  let superseded = 0;
  let tombstones = 0;
  let unknownFields = 0;

  const keep = (id: string, line: string, source: SourceRecord): void => {
    const other = rows.get(id);
    if (other) superseded++;
    if (!other || versionOf(other) < versionOf({ line })) rows.set(id, { id, line, source });
    const headers = source.message.headers;
    const entry = headers?.[REDRIVE_HEADERS.entry];
    if (entry !== undefined) {
      redriven.push({
        entry: textOf(entry),
        attempt: textOf(headers?.[REDRIVE_HEADERS.attempt]),
        id,
        version: versionOf({ line }),
      });
    }
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
    redriven,
    records,
    superseded,
    tombstones,
    unknownFields,
    repairs,
  };
}

/** Of two rows with the same id, the one with the greater version wins. */
export function versionOf({ line }: Pick<CleanedRow, 'line'>): string {
  return copiedValue(line, VERSION);
}

/** The last of repeated headers, as quarantine stores them. */
function textOf(header: IHeaders[string]): string {
  return ([header].flat().at(-1) ?? '').toString();
}

function inIdOrder(rows: ReadonlyMap<string, CleanedRow>): CleanedRow[] {
  // Ids of the same length sort like their texts.
  return [...rows.values()].sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
