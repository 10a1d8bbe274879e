import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { ensureTopic } from '#platform/kafka/ensure-topic.js';
import { readableEnds } from '#platform/kafka/readable-ends.js';
import {
  positionKey,
  positionsTopic,
  positionsTopicOf,
  type FilePosition,
} from '#platform/producer-positions/file-position.js';
import { deniedRight, missingRight } from '#platform/kafka/security/missing-right.js';
import { PositionsConsumer } from '#platform/producer-positions/positions-consumer.js';
import { refusal } from '../kafka/kafka-errors.js';
import { ProducerError } from '../producer-error.js';

/** Long enough for a slow group join; the positions of thousands of files are read in well under a second. */
const READ_DEADLINE_MS = 60_000;

/** A compacted topic that holds the latest position in each file, per target topic. */
export class PositionStore {
  readonly positionsTopic: string;
  private readonly groupPrefix: string;

  constructor(
    private readonly kafka: Kafka,
    private readonly targetTopic: string,
    private readonly replication: number,
  ) {
    this.positionsTopic = positionsTopicOf(targetTopic);
    this.groupPrefix = `${this.positionsTopic}_reader_`;
  }

  key(file: string): Buffer {
    return positionKey(this.targetTopic, file);
  }

  /** @param admin connected. */
  async ensureTopic(admin: Admin): Promise<void> {
    await ensureTopic(admin, positionsTopic(this.targetTopic, this.replication), ['Read', 'Write']);
  }

  /**
   * The latest position of each file, by absolute path.
   *
   * @param admin connected.
   * @throws ProducerError PRODUCER_POSITIONS_UNREADABLE
   */
  async read(admin: Admin): Promise<Map<string, FilePosition>> {
    const [partition] = await admin.fetchTopicOffsets(this.positionsTopic);
    // Not the high watermark: records behind an open transaction of another program cannot be read.
    const end = (await readableEnds(admin, this.positionsTopic)).get(0) ?? 0n;
    return end <= BigInt(partition?.low ?? 0) ? new Map() : this.readUntil(end, admin);
  }

  private async readUntil(end: bigint, admin: Admin): Promise<Map<string, FilePosition>> {
    const positions = new Map<string, FilePosition>();
    let resolve = (): void => undefined;
    let reject = (_: Error): void => undefined;
    const done = new Promise<void>((onDone, onError) => ([resolve, reject] = [onDone, onError]));
    const fail = (reason: string, cause?: unknown): void => reject(this.unreadable(reason, cause));
    const consumer = new PositionsConsumer(this.kafka, {
      topic: this.targetTopic,
      groupId: `${this.groupPrefix}${randomUUID()}`,
      maxWaitTimeInMs: 100,
      onPosition: (position) => positions.set(position.file, position),
      // Offsets, not records: the last ones may be control records, or compacted away.
      onFetch: (lastOffset) => {
        if (lastOffset >= end - 1n) resolve();
      },
      onCrash: (error) => fail(error.message, error),
    });
    const deadline = setTimeout(() => fail(`not done after ${READ_DEADLINE_MS / 1000} s`), READ_DEADLINE_MS);
    try {
      consumer.start().catch((error: Error) => fail(error.message, error));
      await done;
    } finally {
      clearTimeout(deadline);
      await consumer.leave();
      await consumer.deleteGroup(admin);
    }
    return positions;
  }

  private unreadable(reason: string, cause: unknown): ProducerError {
    const denied = deniedRight(cause, [
      { resource: 'topic', name: this.positionsTopic, operations: ['Read'] },
      { resource: 'group', name: this.groupPrefix, isPrefix: true, operations: ['Read'] },
    ]);
    const { message, action } = denied ? missingRight(denied) : { message: reason, action: '' };
    return new ProducerError(
      'PRODUCER_POSITIONS_UNREADABLE',
      `The positions in topic ${this.positionsTopic} cannot be read: ${message}. ${action}`.trim(),
      { cause, retriable: !denied && refusal(cause) === null },
    );
  }
}
