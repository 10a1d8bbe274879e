import type { UnparsableLine } from '#platform/csv/csv-record.js';
import type { RowEncoder } from '#platform/csv/row-encoder.js';
import type { FilePosition } from '#platform/producer-positions/file-position.js';
import type { TopicBatch } from './batch-sender.js';
import { partitionOf } from './murmur2.js';
import { RecordBatch, type RecordHeader } from './record-batch.js';

/** Below the default limits of Kafka's brokers and consumers, even if the topic allows more. */
const MAX_BATCH_BYTES = 1_000_000;
const NO_KEY = Buffer.alloc(0);

export interface RecordWriterOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly positionsTopic: string;
  /** Limits of one request, over all partitions. */
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly send: (batches: readonly TopicBatch[]) => Promise<void>;
  readonly positionKey: (file: string) => Buffer;
  readonly onAcknowledged: (position: FilePosition, records: number) => void;
}

/**
 * Gathers records into one batch per partition. While one set of batches is sent, the next one is filled; when that is full, the
 * caller has to wait. A position is stored only when Kafka has acknowledged everything before it. It is sent with the next
 * request, so storing it costs no extra round trip and a crash repeats at most the last two requests.
 */
export class RecordWriter {
  private filling: RecordBatch[];
  private sending: RecordBatch[];
  private rows = 0;
  private bytes = 0;
  private inFlight: Promise<void> = Promise.resolve();
  private unsavedPosition: FilePosition | null = null;
  private readonly positionBatch = new RecordBatch();

  constructor(private readonly options: RecordWriterOptions) {
    this.filling = Array.from({ length: options.partitions }, () => new RecordBatch());
    this.sending = Array.from({ length: options.partitions }, () => new RecordBatch());
  }

  /** @returns false if `flush` must be called first. */
  appendRow({ key, keyLength, value, valueLength }: RowEncoder, line: number): boolean {
    const { partitions } = this.options;
    const partition = keyLength === -1 ? line % partitions : partitionOf(key, keyLength, partitions);
    return this.append(partition, key, keyLength, value, valueLength, []);
  }

  /** Appends the line's bytes unchanged, with the given headers. @returns false if `flush` must be called first. */
  appendUnparsable({ raw, line }: UnparsableLine, headers: readonly RecordHeader[]): boolean {
    return this.append(line % this.options.partitions, NO_KEY, -1, raw, raw.length, headers);
  }

  /**
   * Waits until the previous request is acknowledged, then sends the appended records and resolves without waiting for them.
   *
   * @param position the position after the last appended record.
   * @throws the error of an earlier request that failed for good.
   */
  async flush(position: FilePosition): Promise<void> {
    await this.inFlight;
    if (this.rows === 0) return;
    const batches = this.filling.flatMap((batch, partition) =>
      batch.count === 0 ? [] : [{ topic: this.options.topic, partition, batch }],
    );
    const records = this.rows;
    [this.filling, this.sending] = [this.sending, this.filling];
    this.rows = 0;
    this.bytes = 0;
    this.inFlight = this.options.send([...batches, ...this.positionBatches()]).then(() => {
      for (const { batch } of batches) batch.clear();
      this.unsavedPosition = position;
      this.options.onAcknowledged(position, records);
    });
    // The next flush reports the error; until then it must not count as unhandled.
    this.inFlight.catch(() => undefined);
  }

  /** Like flush, but resolves when everything is acknowledged and the position is stored. */
  async drain(position: FilePosition): Promise<void> {
    await this.flush(position);
    await this.inFlight;
    const batches = this.positionBatches();
    if (batches.length > 0) await this.options.send(batches);
  }

  /** Stores a position without sending records, for example at the end of a file. */
  async store(position: FilePosition): Promise<void> {
    this.unsavedPosition = position;
    await this.drain(position);
  }

  private append(
    partition: number,
    key: Buffer,
    keyLength: number,
    value: Buffer,
    valueLength: number,
    headers: readonly RecordHeader[],
  ): boolean {
    const { maxRows, maxBytes } = this.options;
    const batch = this.filling[partition]!;
    const payload = keyLength + valueLength + headerBytes(headers);
    if (this.rows >= maxRows || (this.rows > 0 && this.bytes + payload > maxBytes)) return false;
    if (!batch.hasRoom(payload, MAX_BATCH_BYTES)) return false;
    batch.append(key, keyLength, value, valueLength, headers);
    this.rows += 1;
    this.bytes += payload;
    return true;
  }

  private positionBatches(): TopicBatch[] {
    const position = this.unsavedPosition;
    if (position === null) return [];
    this.unsavedPosition = null;
    const { positionKey, positionsTopic } = this.options;
    const key = positionKey(position.file);
    const value = Buffer.from(JSON.stringify(position));
    this.positionBatch.clear();
    this.positionBatch.append(key, key.length, value, value.length);
    return [{ topic: positionsTopic, partition: 0, batch: this.positionBatch }];
  }
}

function headerBytes(headers: readonly RecordHeader[]): number {
  return headers.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 10, 0);
}
