import type { KafkaMessage } from 'kafkajs';
import type { TopicSpec } from '../kafka/ensure-topic.js';

/** What a file must still be for an earlier position in it to hold. */
export interface Fingerprint {
  /** Absolute path. */
  readonly file: string;
  /** Bytes, as stored. */
  readonly size: number;
  /** SHA-256 of the first 64 KiB, in hex. */
  readonly headSha256: string;
  /** When its content and its entry were last changed, in ns; where they differ the content is compared. Earlier versions lack it. */
  readonly changedAt?: string;
}

/** How far a file has been acknowledged by Kafka. */
export interface FilePosition extends Fingerprint {
  /** Where reading goes on, in bytes of the uncompressed file; 0 says right after the header. */
  readonly offset: number;
  /** Physical line at `offset`. */
  readonly line: number;
  /** Records acknowledged so far, unparsable lines included. */
  readonly rows: number;
  readonly done: boolean;
  /** What was read of the uncompressed file: at least `offset` bytes, and all of it where `done`. Earlier versions lack it. */
  readonly content?: { readonly bytes: number; readonly crc32: number };
  /** Id of the topic that the rows were sent to, where the brokers give one. A topic that is created again has another. */
  readonly topicId?: string;
}

/** Name of the topic in which the producer keeps its position in each file. */
export function positionsTopicOf(topic: string): string {
  return `${topic}_positions`;
}

/** That topic, the same whoever creates or describes it: compacted, so that of each file the newest position stays. */
export function positionsTopic(topic: string, replication: number): TopicSpec {
  return { topic: positionsTopicOf(topic), partitions: 1, replication, config: { 'cleanup.policy': 'compact' } };
}

export function positionKey(topic: string, file: string): Buffer {
  return Buffer.from(JSON.stringify([topic, file]));
}

/** @returns undefined for a record of another target topic, should somebody have made two share their positions, and for what is none. */
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
