import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Admin } from 'kafkajs';
import type { KafkaConfig } from '../config/kafka-config.js';
import { messageOf } from '../errors/message-of.js';
import type { HealthState } from '../health/health-registry.js';
import { createKafka } from './create-kafka.js';

/** Asks the brokers about the topic over one long-lived connection, which is opened by the first question. */
@Injectable()
export class KafkaProbe implements BeforeApplicationShutdown {
  readonly #admin: Admin;
  #connected?: Promise<void>;
  #inFlight?: Promise<HealthState>;

  /**
   * A client of its own: kafkajs retries to connect as its client says, whatever the admin says, and here one try for each
   * question is right, the next question being the retry. Its short timeouts also bound how long a silent broker can hold
   * up a shutdown.
   */
  constructor(
    config: Pick<KafkaConfig, 'KAFKA_BROKERS' | 'KAFKA_CLIENT_ID'>,
    name: string,
    private readonly topic: string,
  ) {
    const impatient = { retry: { retries: 0 }, connectionTimeout: 1000, requestTimeout: 2000 };
    this.#admin = createKafka(config, `${name}-probe`, impatient).admin();
  }

  /** Never rejects. While an answer is out, all who ask get that one, so that a hanging broker does not pile up requests. */
  check(): Promise<HealthState> {
    this.#inFlight ??= this.ask().finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#inFlight;
    await this.#admin.disconnect();
  }

  private async ask(): Promise<HealthState> {
    try {
      this.#connected ??= this.#admin.connect();
      await this.#connected;
      return await this.askTopic();
    } catch (error) {
      if ((error as { type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') {
        return { up: false, detail: `topic ${this.topic} does not exist` };
      }
      await this.hangUp();
      return { up: false, detail: messageOf(error) };
    }
  }

  private async askTopic(): Promise<HealthState> {
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [this.topic] });
    const partitions = topics[0]?.partitions ?? [];
    const leaderless = partitions.filter(({ leader }) => leader < 0).length;
    if (leaderless === 0) return { up: true };
    return {
      up: false,
      detail: `topic ${this.topic}: ${leaderless} of ${partitions.length} partitions have no leader`,
    };
  }

  /** A broker that moved to another host leaves a connection that stays silent until TCP gives up, a quarter of an hour. */
  private async hangUp(): Promise<void> {
    this.#connected = undefined;
    await this.#admin.disconnect().catch(() => undefined);
  }
}
