import type { KafkaMessage } from 'kafkajs';
import { decodeEntry } from './message-set.js';
import { BATCH_HEADER_BYTES, RecordBatch } from './record-batch.js';
import { UnreadableBatch, UnreadableError } from './unreadable-batch.js';

/** Offset and length, which do not count into the length. */
const PREFIX_BYTES = 12;
const MAGIC_AT = 16;
const SMALLEST_BATCH_BYTES = MAGIC_AT + 1;

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface FetchedPartition {
  readonly bytes: Buffer;
  /** The offset that was asked for. */
  readonly from: number;
  readonly highWatermark: number;
  /** Those that the bytes may hold records of; empty where uncommitted records are read too. */
  readonly aborted: readonly AbortedTransaction[];
}

/** kafkajs' own name for what it leaves out and yet counts as read. */
type Message = KafkaMessage & { readonly isControlRecord?: boolean };

export interface ReadRecords {
  /** In the order of their offsets; the last one has the last offset that was read, and may be a mark that only says so. */
  readonly messages: readonly Message[];
  readonly unreadable?: UnreadableBatch;
  /** Set where reading cannot go on. */
  readonly stuck?: string;
}

/** Bytes that may still be decompressed before the rest is left to the next fetch. */
export interface Budget {
  left: number;
}

/**
 * The records of one partition in the answer to a fetch: without those of aborted transactions, without control records, and with
 * a message in place of a batch that cannot be decoded. What is not complete at the end comes with the next fetch.
 */
export async function readRecordSet(fetched: FetchedPartition, budget: Budget): Promise<ReadRecords> {
  const { bytes, from } = fetched;
  const messages: Message[] = [];
  const transactions = new Transactions(fetched.aborted);
  /** The offset to read next. */
  let next = from;
  let at = 0;
  let unreadable: UnreadableBatch | undefined;
  // Behind a batch that is not read nothing is certain, as it may have ended a transaction: the next answer says anew which are aborted.
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
      // It was stepped over before, and came once more because its header lies about where it ends.
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
  if (next > from && (last === undefined || Number(last.offset) < next - 1)) messages.push(markOf(next - 1));
  return { messages, unreadable };
}

/** Where the batch that begins at `at` ends; undefined unless all of it is there. */
function endOf(bytes: Buffer, at: number): number | undefined {
  if (at + SMALLEST_BATCH_BYTES > bytes.length) return undefined;
  const length = bytes.readInt32BE(at + 8);
  const end = at + PREFIX_BYTES + length;
  return length < SMALLEST_BATCH_BYTES - PREFIX_BYTES || end > bytes.length ? undefined : end;
}

/** @returns undefined where the budget is used up */
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
  if (transactions.leaveOut(batch)) return { messages: [], next };
  if (!batch.isCompressed) return { messages: batch.decode(batch.records() as Buffer, from), next };
  if (budget.left <= 0) return undefined;
  const records = await batch.records();
  budget.left -= records.length;
  return { messages: batch.decode(records, from), next };
}

/** Which batches do not count: those of aborted transactions, and the markers at the ends of transactions. */
class Transactions {
  private readonly coming: AbortedTransaction[];
  private readonly aborted = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.coming = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  }

  leaveOut(batch: RecordBatch): boolean {
    while (this.coming.length > 0 && this.coming.at(-1)!.firstOffset <= batch.lastOffset) {
      this.aborted.add(this.coming.pop()!.producerId);
    }
    if (batch.isControl) {
      if (this.aborted.size > 0 && batch.isAbortMarker()) this.aborted.delete(batch.producerId);
      return true;
    }
    return this.aborted.size > 0 && batch.isTransactional && this.aborted.has(batch.producerId);
  }
}

/**
 * The last offset of a batch that cannot be decoded: the one before the next batch, where that is there, as nothing in the batch
 * itself can be trusted; never beyond the end of the partition.
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

/** kafkajs leaves it out, and goes on after its offset. */
function markOf(offset: number): Message {
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

/** `push(...)` of a large batch exceeds the stack. */
function append(messages: Message[], more: readonly Message[]): void {
  for (const message of more) messages.push(message);
}
