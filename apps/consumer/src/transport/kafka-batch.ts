import type { KafkaMessage } from 'kafkajs';

/** Records of one partition, in order. Empty if all offsets read were control records, aborted or compacted away. */
export interface Chunk {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
  /** The offset to read next. Not always the last one plus 1, because not every offset has a record. */
  readonly next: string;
}

/** Records of several fetches and partitions. */
export interface GatheredBatch {
  readonly chunks: readonly Chunk[];
  /** Number of records in all chunks. */
  readonly records: number;
  /** Bytes of their keys, values and headers. */
  readonly bytes: number;
}

/** The payload of an `@EventPattern` handler of the batch transport. The handler commits it once its records are stored. */
export interface KafkaBatch extends GatheredBatch {
  /** Aborted when the app shuts down, so that a handler can stop waiting for the end of an outage. */
  readonly signal: AbortSignal;
  /**
   * Commits the offsets, after those of all earlier batches. Never rejects: a failed commit makes the consumer start again.
   *
   * @param server start time of the server that has the records
   */
  readonly commit: (server?: string) => Promise<void>;
}

/** Memory that a record takes. Its key or headers can be far larger than its value. */
export function bytesOf({ key, value, headers }: Pick<KafkaMessage, 'key' | 'value' | 'headers'>): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) {
    bytes += name.length;
    for (const each of [headers[name]].flat()) bytes += each?.length ?? 0;
  }
  return bytes;
}
