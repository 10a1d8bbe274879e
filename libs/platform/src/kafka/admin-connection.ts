import { logLevel, type Admin, type Kafka } from 'kafkajs';
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
      // Whatever goes wrong is thrown at who asks, again with each question, and said there once.
      logLevel: logLevel.NOTHING,
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
      if (!isUnknownTopic(error) && !isLeaderless(error)) await this.close();
      // kafkajs stumbles over the answer that is missing where no broker it knows gives one.
      throw error instanceof TypeError ? new Error('no broker answers', { cause: error }) : error;
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
  return isOfType(error, 'UNKNOWN_TOPIC_OR_PARTITION');
}

/** Of the metadata of a topic: kafkajs gives no part of it where one partition has no leader. */
export function isLeaderless(error: unknown): boolean {
  return isOfType(error, 'LEADER_NOT_AVAILABLE');
}

/** kafkajs throws a broker's answer as it is, or as the cause of having tried often enough, which here is once. */
export function isOfType(error: unknown, wanted: string): boolean {
  const { type, cause } = (error ?? {}) as { type?: string; cause?: unknown };
  return type === wanted || (cause !== undefined && isOfType(cause, wanted));
}
