import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, Kafka } from 'kafkajs';
import { positionsTopicOf, readPosition, type FilePosition } from '#platform/kafka/file-position.js';

/** Leaving a group whose broker is gone takes long, and is not worth waiting for. */
const LEAVE_MS = 2000;

/** Follows the topic in which the producer keeps its position in each file. */
export class PositionsReader {
  readonly positions = new Map<string, FilePosition>();
  private readonly logger = new Logger('Positions');
  private readonly groupId: string;
  private consumer: Consumer | undefined;
  private closed = false;

  /** kafkajs reads in groups only, so each reader has one of its own, which commits nothing and is removed at the end. */
  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
  ) {
    this.groupId = `${positionsTopicOf(topic)}_gateway_${randomUUID()}`;
  }

  /** Begins to read, unless it does already. Call it again and again: it comes back after a crash. Never rejects. */
  async start(): Promise<void> {
    if (this.consumer) return;
    const consumer = this.kafka.consumer({
      groupId: this.groupId,
      maxWaitTimeInMs: 500,
      allowAutoTopicCreation: false,
    });
    this.consumer = consumer;
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart) void this.giveUp(consumer, error);
    });
    try {
      await consumer.connect();
      if (this.closed) return;
      await consumer.subscribe({ topics: [positionsTopicOf(this.topic)], fromBeginning: true });
      if (this.closed) return;
      await consumer.run({
        autoCommit: false,
        eachMessage: ({ message }) => {
          const position = readPosition(this.topic, message);
          if (position) this.positions.set(position.file, position);
          return Promise.resolve();
        },
      });
    } catch (error) {
      await this.giveUp(consumer, error as Error);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const { consumer } = this;
    if (!consumer) return;
    this.consumer = undefined;
    await Promise.race([this.leave(consumer), sleep(LEAVE_MS, undefined, { ref: false })]);
  }

  private async leave(consumer: Consumer): Promise<void> {
    const admin = this.kafka.admin({ retry: { retries: 0 } });
    try {
      await consumer.disconnect();
      await admin.connect();
      await admin.deleteGroups([this.groupId]);
    } catch {
      // Only tidiness: a group without members and offsets expires by itself.
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  private async giveUp(consumer: Consumer, error: Error): Promise<void> {
    if (this.consumer !== consumer) return;
    this.logger.warn(`The producer's positions are not read: ${error.message}`);
    await consumer.disconnect().catch(() => undefined);
    this.consumer = undefined;
  }
}
