import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { MAX_DECOMPRESSED_BYTES } from '../codecs/decompress.js';
import { OpenTransactions, openTransactionFault } from '../open-transactions.js';
import { ByteReader } from './byte-reader.js';
import { readRecordSet, type AbortedTransaction, type Budget, type ReadRecords } from './record-set.js';
import { stuckPartitions } from './stuck-partitions.js';

/** The arguments of a fetch that are needed here. */
export interface FetchRequest {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[];
  }[];
}

/** The decoded response, as kafkajs expects it. */
export interface FetchResponse {
  /** Always 0, because kafkajs would wait for it although the broker has already done so. */
  readonly throttleTime: 0;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly PartitionResponse[] }[];
}

interface PartitionResponse {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset?: string;
  readonly abortedTransactions: readonly [];
  readonly preferredReadReplica: number;
  readonly messages: ReadRecords['messages'];
}

/** Errors of partitions that the broker itself cannot read. If kafkajs saw them, it would stop reading all partitions. */
const BROKEN: ReadonlyMap<number, string> = new Map([
  [-1, 'the broker fails (UNKNOWN_SERVER_ERROR); its log says why'],
  [2, 'the broker finds its log damaged (CORRUPT_MESSAGE)'],
]);

/** Pause between fetches, because the broker answers at once for a partition that it cannot read. */
const BROKEN_PAUSE_MS = 500;

const logger = new Logger('Kafka');

/** Shared by all readers of this process. */
const openTransactions = new OpenTransactions();

/** Decodes a Fetch response, versions 4 to 11. A batch that cannot be decoded becomes a message, see `readRecordSet`. */
export async function decodeFetchResponse(raw: Buffer, version: number, request: FetchRequest): Promise<FetchResponse> {
  const reader = new ByteReader(raw);
  const clientSideThrottleTime = reader.int32();
  const errorCode = version >= 7 ? reader.int16() : 0;
  const sessionId = version >= 7 ? reader.int32() : 0;
  const budget: Budget = { left: MAX_DECOMPRESSED_BYTES };
  const stuck: string[] = [];
  const responses = await inOrder(reader, async () => {
    const topicName = reader.int16Text();
    const requested = request.topics.filter(({ topic }) => topic === topicName).flatMap(({ partitions }) => partitions);
    const partitions = await inOrder(reader, async () => {
      const header = partitionHeader(reader, version);
      const from = Number(requested.find(({ partition }) => partition === header.partition)?.fetchOffset ?? 0);
      const { messages, reason } = await readPartition(topicName, header, from, budget);
      if (reason === undefined) stuckPartitions.remove(topicName, header.partition);
      else stuck.push(reason);
      warnOfOpenTransaction(topicName, header, from);
      return {
        partition: header.partition,
        errorCode: BROKEN.has(header.errorCode) ? 0 : header.errorCode,
        highWatermark: header.highWatermark,
        lastStableOffset: header.lastStableOffset,
        lastStartOffset: header.lastStartOffset,
        // Empty, because their records have already been removed.
        abortedTransactions: [] as const,
        preferredReadReplica: header.preferredReadReplica,
        messages,
      };
    });
    return { topicName, partitions };
  });
  const isEmpty = responses.every(({ partitions }) => partitions.every(({ messages }) => messages.length === 0));
  if (stuck.length > 0 && isEmpty) await sleep(BROKEN_PAUSE_MS);
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

type PartitionHeader = ReturnType<typeof partitionHeader>;

function partitionHeader(reader: ByteReader, version: number) {
  return {
    partition: reader.int32(),
    errorCode: reader.int16(),
    highWatermark: String(reader.int64()),
    lastStableOffset: String(reader.int64()),
    lastStartOffset: version >= 5 ? String(reader.int64()) : undefined,
    aborted: listOf(reader, (): AbortedTransaction => ({ producerId: reader.int64(), firstOffset: reader.long() })),
    preferredReadReplica: version >= 11 ? reader.int32() : -1,
    bytes: reader.int32Bytes() ?? Buffer.alloc(0),
  };
}

async function readPartition(
  topic: string,
  { partition, errorCode, highWatermark, aborted, bytes }: PartitionHeader,
  from: number,
  budget: Budget,
): Promise<{ messages: ReadRecords['messages']; reason?: string }> {
  const read = BROKEN.has(errorCode)
    ? { messages: [], stuck: BROKEN.get(errorCode) }
    : await readRecordSet({ bytes, from, highWatermark: Number(highWatermark), aborted }, budget);
  if (read.unreadable) {
    const { headers, value } = read.unreadable;
    logger.error(
      `The batch at offset ${String(headers['kafka-batch-first-offset'])} of partition ${partition} of topic ${topic} cannot be ` +
        `decoded: ${String(headers['kafka-batch-error'])}. Skipping it, up to offset ${String(headers['kafka-batch-last-offset'])}; ` +
        `it has ${value.length} bytes`,
    );
  }
  if (read.stuck === undefined) return { messages: read.messages };
  const text = stuckPartitions.add({ topic, partition, offset: from, reason: read.stuck });
  if (text !== undefined) logger.error(text);
  return { messages: read.messages, reason: read.stuck };
}

/** Logs a warning once per transaction. */
function warnOfOpenTransaction(
  topic: string,
  { partition, errorCode, highWatermark, lastStableOffset }: PartitionHeader,
  from: number,
): void {
  if (errorCode !== 0) return;
  const place = { topic, partition, next: from, readableEnd: Number(lastStableOffset), end: Number(highWatermark) };
  if (!openTransactions.check(place)?.isNew) return;
  const { message, action } = openTransactionFault(place);
  logger.warn(`${message}. ${action}`);
}

function listOf<T>(reader: ByteReader, item: () => T): T[] {
  return Array.from({ length: Math.max(0, reader.int32()) }, item);
}

async function inOrder<T>(reader: ByteReader, item: () => Promise<T>): Promise<T[]> {
  const items: T[] = [];
  for (let left = reader.int32(); left > 0; left--) items.push(await item());
  return items;
}
