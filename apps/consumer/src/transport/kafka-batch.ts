import type { KafkaMessage } from 'kafkajs';

/** Records of one partition, in order and without a gap between its first and last. */
export interface Chunk {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
}

/** What an `@EventPattern` handler of the batch transport is given. Its offsets are committed once it has resolved. */
export interface KafkaBatch {
  readonly chunks: readonly Chunk[];
  /** Number of records in all chunks. */
  readonly records: number;
  /** Bytes of their values. */
  readonly bytes: number;
  /** Aborted when the app shuts down: a handler that waits for an outage to end gives up then. */
  readonly signal: AbortSignal;
}
