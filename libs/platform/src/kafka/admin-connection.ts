import type { Admin, Kafka } from 'kafkajs';
import type { KafkaConfig } from '../config/kafka-config.js';
import { createKafka } from './create-kafka.js';

/** Bounds how long a silent broker can hold up a question, and a shutdown. */
const ANSWER_WITHIN_MS = 2000;

/**
 * One long-lived admin connection for questions that are asked again and again. It is opened by the first question, and after
 * one that failed by the next: a broker that moved to another host leaves a connection that stays silent until TCP gives up, a
 * quarter of an hour.
 */
export class AdminConnection {
  private readonly admin: Admin;
  private connected?: Promise<void>;

  /**
   * A client of its own: kafkajs retries to connect as its client says, whatever the admin says, and here one try for each
   * question is right, the next question being the retry.
   *
   * @param name of who asks; the client id is made of it.
   */
  constructor(config: Pick<KafkaConfig, 'KAFKA_BROKERS' | 'KAFKA_CLIENT_ID'>, name: string) {
    const kafka: Kafka = createKafka(config, `${name}-probe`, {
      retry: { retries: 0 },
      connectionTimeout: 1000,
      requestTimeout: ANSWER_WITHIN_MS,
    });
    this.admin = kafka.admin();
  }

  /** @throws what connecting or `question` threw */
  async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      this.connected ??= this.connect();
      await this.connected;
      return await question(this.admin);
    } catch (error) {
      // That is an answer. After any other error also kafkajs' idea of who leads what may be wrong.
      if (!isUnknownTopic(error)) await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.connected = undefined;
    await this.admin.disconnect().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    await this.admin.connect();
    // Before that kafkajs knows one broker only, and without retries it finds no group's coordinator.
    await this.admin.describeCluster();
  }
}

export function isUnknownTopic(error: unknown): boolean {
  return (error as { type?: string } | null)?.type === 'UNKNOWN_TOPIC_OR_PARTITION';
}
