import { logLevel, type Admin, type Kafka } from 'kafkajs';
import type { KafkaClientConfig } from '../config/kafka-config.js';
import { createKafka } from './create-kafka.js';
import { kafkaFault } from './security/kafka-fault.js';
import { KafkaRefusedError } from './security/kafka-refused-error.js';

/** How long a silent broker can delay a request or a shutdown. */
const REQUEST_TIMEOUT_MS = 2000;

/**
 * One long-lived admin connection for requests that repeat. The first request opens it; after a failure the next request opens it
 * again, because a broker that moved to another host leaves a connection that stays silent until TCP times out after 15 minutes.
 */
export class AdminConnection {
  private readonly admin: Admin;
  private connected?: Promise<void>;

  /**
   * Uses a separate client, because kafkajs connects with the retries of the client, not of the admin. Here each request tries once;
   * the next request is the retry.
   *
   * @param name of the app; part of the client id.
   */
  constructor(config: KafkaClientConfig, name: string) {
    const kafka: Kafka = createKafka(config, `${name}-probe`, {
      retry: { retries: 0 },
      connectionTimeout: 1000,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Errors are thrown to the caller, which logs them.
      logLevel: logLevel.NOTHING,
    });
    this.admin = kafka.admin();
  }

  /** Runs a request. @throws KafkaRefusedError; any other error of the request or of connecting */
  async run<T>(request: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      this.connected ??= this.connect();
      await this.connected;
      return await request(this.admin);
    } catch (error) {
      // These two are valid answers. After any other error, reconnect: kafkajs' metadata may be wrong, too.
      if (!isUnknownTopic(error) && !isLeaderless(error)) await this.close();
      const fault = kafkaFault(error);
      if (fault !== undefined) throw new KafkaRefusedError(fault, { cause: error });
      // kafkajs throws a TypeError when none of its brokers answers.
      throw error instanceof TypeError ? new Error('no broker answers', { cause: error }) : error;
    }
  }

  async close(): Promise<void> {
    this.connected = undefined;
    await this.admin.disconnect().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    await this.admin.connect();
    // Makes all brokers known to kafkajs; without them and without retries it cannot find a group's coordinator.
    await this.admin.describeCluster();
  }
}

export function isUnknownTopic(error: unknown): boolean {
  return isOfType(error, 'UNKNOWN_TOPIC_OR_PARTITION');
}

/** kafkajs throws this for the metadata of a topic if any of its partitions has no leader. */
export function isLeaderless(error: unknown): boolean {
  return isOfType(error, 'LEADER_NOT_AVAILABLE');
}

/** Finds the type in the error or its causes: kafkajs may wrap a broker's error in one about exhausted retries. */
export function isOfType(error: unknown, wanted: string): boolean {
  const { type, cause } = (error ?? {}) as { type?: string; cause?: unknown };
  return type === wanted || (cause !== undefined && isOfType(cause, wanted));
}
