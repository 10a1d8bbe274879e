import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { KafkaConfig } from '../config/kafka-config.js';
import { messageOf } from '../errors/message-of.js';
import type { HealthState } from '../health/health-registry.js';
import { AdminConnection, isLeaderless, isUnknownTopic } from './admin-connection.js';

/** Asks the brokers whether the topic can be used. */
@Injectable()
export class KafkaProbe implements BeforeApplicationShutdown {
  private readonly connection: AdminConnection;
  private inFlight?: Promise<HealthState>;

  constructor(
    config: Pick<KafkaConfig, 'KAFKA_BROKERS' | 'KAFKA_CLIENT_ID'>,
    name: string,
    private readonly topic: string,
  ) {
    this.connection = new AdminConnection(config, name);
  }

  /** Never rejects. While an answer is out, all who ask get that one, so that a hanging broker does not pile up requests. */
  check(): Promise<HealthState> {
    this.inFlight ??= this.ask().finally(() => (this.inFlight = undefined));
    return this.inFlight;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.inFlight;
    await this.connection.close();
  }

  private async ask(): Promise<HealthState> {
    try {
      await this.connection.ask((admin) => admin.fetchTopicMetadata({ topics: [this.topic] }));
      return { up: true };
    } catch (error) {
      if (isUnknownTopic(error)) return { up: false, detail: `topic ${this.topic} does not exist` };
      if (isLeaderless(error)) return { up: false, detail: `topic ${this.topic}: a partition has no leader` };
      return { up: false, detail: messageOf(error) };
    }
  }
}
