import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { positionsTopicOf, type FilePosition } from '#platform/producer-positions/file-position.js';
import { deniedRight, missingRight, type KafkaRight } from '#platform/kafka/security/missing-right.js';
import { PositionsConsumer } from '#platform/producer-positions/positions-consumer.js';

/** If the broker is gone, leaving the group takes long and is not worth waiting for. */
const LEAVE_MS = 2000;

/** Follows the topic in which the producer keeps its position in each file. */
export class PositionsReader {
  readonly positions = new Map<string, FilePosition>();
  /** The position that was written last. */
  newest: FilePosition | undefined;
  private readonly logger = new Logger('Positions');
  /** The right without which the positions cannot be read. */
  denied: KafkaRight | undefined;
  private readonly groupPrefix: string;
  private readonly rights: readonly KafkaRight[];
  private consumer: PositionsConsumer | undefined;
  private closed = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
  ) {
    const name = positionsTopicOf(topic);
    this.groupPrefix = `${name}_gateway_`;
    this.rights = [
      { resource: 'topic', name, operations: ['Read'] },
      { resource: 'group', name: this.groupPrefix, isPrefix: true, operations: ['Read'] },
    ];
  }

  /** Starts reading unless it is reading already; call it regularly, so that reading resumes after a crash. Never rejects. */
  async start(): Promise<void> {
    if (this.consumer || this.closed) return;
    const consumer = new PositionsConsumer(this.kafka, {
      topic: this.topic,
      // A new one each time: in an old one, a member that crashed would hold up the next for a session timeout.
      groupId: `${this.groupPrefix}${randomUUID()}`,
      maxWaitTimeInMs: 500,
      onPosition: (position) => {
        this.positions.set(position.file, position);
        this.newest = position;
      },
      onFetch: () => (this.denied = undefined),
      onCrash: (error) => void this.stop(consumer, error),
    });
    this.consumer = consumer;
    try {
      await consumer.start();
    } catch (error) {
      await this.stop(consumer, error as Error);
    }
  }

  /** Forgets the positions, because the topic that had them is gone. */
  clear(): void {
    this.positions.clear();
    this.newest = undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
    const { consumer } = this;
    if (!consumer) return;
    this.consumer = undefined;
    await Promise.race([this.leave(consumer), sleep(LEAVE_MS, undefined, { ref: false })]);
  }

  private async leave(consumer: PositionsConsumer): Promise<void> {
    const admin = this.kafka.admin({ retry: { retries: 0 } });
    try {
      await consumer.leave();
      await admin.connect();
      await consumer.deleteGroup(admin);
    } catch {
      // The broker is gone; the group expires on its own.
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  private async stop(consumer: PositionsConsumer, error: Error): Promise<void> {
    if (this.consumer !== consumer) return;
    const denied = deniedRight(error, this.rights);
    const reason = denied ? missingRight(denied).message : error.message;
    if (this.denied?.name !== denied?.name || !denied)
      this.logger.warn(`The producer's positions are not read: ${reason}`);
    this.denied = denied;
    await consumer.leave().catch(() => undefined);
    this.consumer = undefined;
  }
}
