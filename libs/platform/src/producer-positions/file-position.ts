import type { KafkaMessage } from 'kafkajs';
import type { TopicSpec } from '../kafka/ensure-topic.js';

/** Identifies the content of a file, so that a position in it is not used for another file. */
export interface Fingerprint {
  /** Absolute path. */
  readonly file: string;
  /** Bytes on disk. */
  readonly size: number;
  /** SHA-256 of the first 64 KiB, in hex. */
  readonly headSha256: string;
  /** mtime and ctime in ns. If they differ, the content is compared. Not written by early versions. */
  readonly changedAt?: string;
}

/** How much of a file Kafka has acknowledged. */
export interface FilePosition extends Fingerprint {
  /** Where reading resumes, in bytes of the uncompressed file; 0 means after the header. */
  readonly offset: number;
  /** Physical line at `offset`. */
  readonly line: number;
  /** Records acknowledged so far, including unparsable lines. */
  readonly rows: number;
  readonly done: boolean;
  /** Bytes on disk that were read, compressed or not; a little more than what Kafka has acknowledged. Not written by early versions. */
  readonly bytesRead?: number;
  /** The uncompressed content read so far: at least `offset` bytes, all of it if `done`. Not written by early versions. */
  readonly content?: { readonly bytes: number; readonly crc32: number };
  /** Id of the topic that the rows were sent to, if the brokers have topic ids. A recreated topic has another id. */
  readonly topicId?: string;
}

/** Name of the topic in which the producer stores its position in each file. */
export function positionsTopicOf(topic: string): string {
  return `${topic}_positions`;
}

/** The positions topic as it is to be created. It is compacted, so that Kafka keeps the newest position of each file. */
export function positionsTopic(topic: string, replication: number): TopicSpec {
  return { topic: positionsTopicOf(topic), partitions: 1, replication, config: { 'cleanup.policy': 'compact' } };
}

export function positionKey(topic: string, file: string): Buffer {
  return Buffer.from(JSON.stringify([topic, file]));
}

/** @returns undefined for a record that is not a position, or is one of another target topic */
export function readPosition(
  topic: string,
  { key, value }: Pick<KafkaMessage, 'key' | 'value'>,
): FilePosition | undefined {
  if (key === null || value === null) return undefined;
  try {
    const position = JSON.parse(value.toString()) as FilePosition;
    return key.equals(positionKey(topic, position.file)) ? position : undefined;
  } catch {
    return undefined;
  }
}
