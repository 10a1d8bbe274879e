import { basename } from 'node:path';
import { logLevel, type Message, type Producer } from 'kafkajs';
import { UnparsableLine, type CsvRecord } from '#platform/csv/csv-record.js';
import { CsvError } from '#platform/csv/csv-error.js';
import type { KafkaConfig } from '#platform/config/kafka-config.js';
import { createKafka } from '#platform/kafka/create-kafka.js';
import { failIfKafkaRefuses } from '#platform/kafka/security/fail-if-refused.js';
import { contract } from '#schema/contract.js';
import { MessageFile } from '../message-file.js';
import { digestOf, type ReadFile } from '../reconciler.js';

/** Limits of one request. A batch of a partition must be below the default limit of brokers and topics, unless one record is larger. */
const MAX_RECORDS = 1_000;
const MAX_BYTES = 900_000;

/** A line to send again: its number over all files, and the digest of its record. */
export interface LineToSend {
  readonly nth: number;
  readonly digest: Buffer;
}

/**
 * Sends lines again, as the producer sends them: with the same key, value and headers.
 *
 * @param lines in the order of the files
 * @returns how many records Kafka has acknowledged
 * @throws KafkaRefusedError; CsvError CSV_FILE_CHANGED; errors of kafkajs; the signal's reason
 */
export async function sendMissing(
  config: KafkaConfig,
  files: readonly ReadFile[],
  lines: AsyncIterator<LineToSend>,
  signal: AbortSignal,
): Promise<number> {
  let next = await lines.next();
  if (next.done) return 0;
  await failIfKafkaRefuses(config, 'reconcile');
  // Errors are thrown, and say more than the log.
  const producer = createKafka(config, 'reconcile', { logLevel: logLevel.NOTHING }).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  try {
    const outbox = new Outbox(producer, config.KAFKA_TOPIC);
    for (const [i, { path, first }] of files.entries()) {
      const end = files[i + 1]?.first ?? Infinity;
      if (next.done || next.value.nth >= end) continue;
      const file = await MessageFile.open(path);
      let nth = first;
      for await (const records of file.records()) {
        signal.throwIfAborted();
        for (const record of records) {
          if (next.done || nth++ !== next.value.nth) continue;
          const value = Buffer.from(file.valueOf(record));
          if (!digestOf(value).equals(next.value.digest)) throw changed(path);
          await outbox.add({ key: file.keyOf(record), value, headers: headersOf(path, record) });
          next = await lines.next();
        }
        if (next.done || next.value.nth >= end) break;
      }
      if (!next.done && next.value.nth < end) throw changed(path);
    }
    await outbox.flush();
    return outbox.sent;
  } finally {
    await producer.disconnect();
  }
}

/** Gathers records into requests. */
class Outbox {
  sent = 0;
  private messages: Message[] = [];
  private bytes = 0;

  constructor(
    private readonly producer: Producer,
    private readonly topic: string,
  ) {}

  async add(message: Message & { readonly value: Buffer }): Promise<void> {
    if (this.messages.length >= MAX_RECORDS || this.bytes + message.value.length > MAX_BYTES) await this.flush();
    this.messages.push(message);
    this.bytes += message.value.length;
  }

  async flush(): Promise<void> {
    if (this.messages.length === 0) return;
    await this.producer.send({ topic: this.topic, messages: this.messages, acks: -1 });
    this.sent += this.messages.length;
    this.messages = [];
    this.bytes = 0;
  }
}

function headersOf(path: string, record: CsvRecord): Record<string, string> | undefined {
  if (!(record instanceof UnparsableLine)) return undefined;
  const { unparsableHeader, fileHeader, lineHeader } = contract.record;
  return {
    [unparsableHeader]: record.reason,
    [fileHeader]: basename(path),
    [lineHeader]: String(record.line),
  };
}

function changed(path: string): CsvError {
  return new CsvError('CSV_FILE_CHANGED', `${path} was changed since it was read. Start again once it is complete.`);
}
