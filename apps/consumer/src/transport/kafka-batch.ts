import type { KafkaMessage } from 'kafkajs';

/** Records of one partition, in order. There are none where all offsets read were control records, aborted or compacted away. */
export interface Chunk {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
  /** The offset to read next once these are done: not always the last one plus 1, because not every offset has a record. */
  readonly next: string;
}

/** What an `@EventPattern` handler of the batch transport is given. Its offsets are committed once it has resolved. */
export interface KafkaBatch {
  readonly chunks: readonly Chunk[];
  /** Number of records in all chunks. */
  readonly records: number;
  /** Bytes of their keys, values and headers. */
  readonly bytes: number;
  /** Aborted when the app shuts down: a handler that waits for an outage to end gives up then. */
  readonly signal: AbortSignal;
}

/** What a record takes of memory: its key or headers may be far larger than its value. */
export function bytesOf({ key, value, headers }: Pick<KafkaMessage, 'key' | 'value' | 'headers'>): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) {
    bytes += name.length;
    for (const each of [headers[name]].flat()) bytes += each?.length ?? 0;
  }
  return bytes;
}
