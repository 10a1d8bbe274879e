import type { KafkaMessage } from 'kafkajs';
import { decodeEntry } from './message-set.js';
import { BATCH_HEADER_BYTES, RecordBatch } from './record-batch.js';
import { UnreadableBatch, UnreadableError } from './unreadable-batch.js';

/** Offset and length, which the length does not include. */
const PREFIX_BYTES = 12;
const MAGIC_AT = 16;
const SMALLEST_BATCH_BYTES = MAGIC_AT + 1;

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface FetchedPartition {
  readonly bytes: Buffer;
  /** The requested offset. */
  readonly from: number;
  readonly highWatermark: number;
  /** Aborted transactions that may have records in the bytes; empty if uncommitted records are read, too. */
  readonly aborted: readonly AbortedTransaction[];
}

/** kafkajs skips control records but counts their offsets as read. */
type Message = KafkaMessage & { readonly isControlRecord?: boolean };

export interface ReadRecords {
  /** In offset order. The last message has the last offset read; it may be a marker without content, see `markerAt`. */
  readonly messages: readonly Message[];
  readonly unreadable?: UnreadableBatch;
  /** Why reading cannot continue, if so. */
  readonly stuck?: string;
}

/** How many more bytes may be decompressed; the rest is left to the next fetch. */
export interface Budget {
  left: number;
}

/**
 * The records of one partition in a Fetch response, without control records and records of aborted transactions. A batch that cannot
 * be decoded is replaced by one message. An incomplete batch at the end comes again with the next fetch.
 */
export async function readRecordSet(fetched: FetchedPartition, budget: Budget): Promise<ReadRecords> {
  const { bytes, from } = fetched;
  const messages: Message[] = [];
  const transactions = new Transactions(fetched.aborted);
  /** The offset to read next. */
  let next = from;
  let at = 0;
  let unreadable: UnreadableBatch | undefined;
  // Stop at a batch that cannot be read, because it may end a transaction. The next response lists the aborted ones again.
  while (unreadable === undefined) {
    const end = endOf(bytes, at);
    if (end === undefined) break;
    const batch = bytes.subarray(at, end);
    try {
      const read = await readBatch(batch, from, transactions, budget);
      if (read === undefined) break;
      append(messages, read.messages);
      next = Math.max(next, read.next);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      const last = lastOffsetOf(fetched, at, end);
      // Otherwise it has already been skipped, and came again because the last offset in its header is wrong.
      if (last >= from) {
        unreadable = new UnreadableBatch(batch, baseOffsetOf(batch), last, from, error.message);
        messages.push(unreadable);
      }
      next = Math.max(next, last + 1);
    }
    at = end;
  }
  if (at === 0 && bytes.length > 0 && budget.left > 0)
    return { messages, stuck: 'the length of its next batch is wrong' };
  const last = messages.at(-1);
  if (next > from && (last === undefined || Number(last.offset) < next - 1)) messages.push(markerAt(next - 1));
  return { messages, unreadable };
}

/** The end of the batch that begins at `at`; undefined if the batch is incomplete. */
function endOf(bytes: Buffer, at: number): number | undefined {
  if (at + SMALLEST_BATCH_BYTES > bytes.length) return undefined;
  const length = bytes.readInt32BE(at + 8);
  const end = at + PREFIX_BYTES + length;
  return length < SMALLEST_BATCH_BYTES - PREFIX_BYTES || end > bytes.length ? undefined : end;
}

/** @returns undefined if the budget is used up */
async function readBatch(
  bytes: Buffer,
  from: number,
  transactions: Transactions,
  budget: Budget,
): Promise<{ messages: Message[]; next: number } | undefined> {
  const magic = bytes[MAGIC_AT]!;
  if (magic < 2) {
    if (budget.left <= 0) return undefined;
    const messages = await decodeEntry(bytes);
    budget.left -= messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    return { messages: messages.filter(({ offset }) => Number(offset) >= from), next: baseOffsetOf(bytes) + 1 };
  }
  if (magic > 2) throw new UnreadableError(`its format, number ${magic}, is not known`);
  if (bytes.length < BATCH_HEADER_BYTES) throw new UnreadableError('it ends too early');
  const batch = new RecordBatch(bytes);
  batch.check();
  const next = batch.lastOffset + 1;
  if (transactions.skips(batch)) return { messages: [], next };
  if (!batch.isCompressed) return { messages: batch.decode(batch.records() as Buffer, from), next };
  if (budget.left <= 0) return undefined;
  const records = await batch.records();
  budget.left -= records.length;
  return { messages: batch.decode(records, from), next };
}

/** Decides which batches to skip: those of aborted transactions, and transaction markers. */
class Transactions {
  private readonly upcoming: AbortedTransaction[];
  private readonly aborted = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.upcoming = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  }

  skips(batch: RecordBatch): boolean {
    while (this.upcoming.length > 0 && this.upcoming.at(-1)!.firstOffset <= batch.lastOffset) {
      this.aborted.add(this.upcoming.pop()!.producerId);
    }
    if (batch.isControl) {
      if (this.aborted.size > 0 && batch.isAbortMarker()) this.aborted.delete(batch.producerId);
      return true;
    }
    return this.aborted.size > 0 && batch.isTransactional && this.aborted.has(batch.producerId);
  }
}

/**
 * The last offset of a batch that cannot be decoded. Its header cannot be trusted, so this is the offset before the next batch if
 * there is one; it is never beyond the end of the partition.
 */
function lastOffsetOf({ bytes, from, highWatermark }: FetchedPartition, at: number, end: number): number {
  const base = baseOffsetOf(bytes.subarray(at));
  const following = endOf(bytes, end) === undefined ? undefined : baseOffsetOf(bytes.subarray(end));
  if (following !== undefined && following > base && following <= highWatermark) return following - 1;
  const isCurrent = bytes[at + MAGIC_AT] === 2 && end - at >= BATCH_HEADER_BYTES;
  const claimed = isCurrent ? new RecordBatch(bytes.subarray(at, end)).lastOffset : base;
  return Math.max(from, base, Math.min(claimed, highWatermark - 1));
}

function baseOffsetOf(bytes: Buffer): number {
  return Number(bytes.readBigInt64BE(0));
}

/** A message that kafkajs skips; it continues at the next offset. */
function markerAt(offset: number): Message {
  return {
    key: null,
    value: null,
    timestamp: '-1',
    attributes: 0,
    offset: String(offset),
    headers: {},
    isControlRecord: true,
  };
}

/** `push(...)` of a large batch would overflow the stack. */
function append(messages: Message[], more: readonly Message[]): void {
  for (const message of more) messages.push(message);
}
