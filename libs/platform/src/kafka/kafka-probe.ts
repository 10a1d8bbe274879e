import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { KafkaClientConfig } from '../config/kafka-config.js';
import { messageOf } from '../errors/message-of.js';
import type { HealthState } from '../health/health-registry.js';
import { AdminConnection, isLeaderless, isUnknownTopic } from './admin-connection.js';
import { isDenied, missingRight } from './security/missing-right.js';

/** Checks that the brokers answer and the topic can be used. */
@Injectable()
export class KafkaProbe implements BeforeApplicationShutdown {
  private readonly connection: AdminConnection;
  private inFlight?: Promise<HealthState>;

  constructor(
    config: KafkaClientConfig,
    name: string,
    private readonly topic: string,
  ) {
    this.connection = new AdminConnection(config, name);
  }

  /** Never rejects. Concurrent calls share one request, so that requests to a hanging broker do not pile up. */
  check(): Promise<HealthState> {
    this.inFlight ??= this.probe().finally(() => (this.inFlight = undefined));
    return this.inFlight;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.inFlight;
    await this.connection.close();
  }

  private async probe(): Promise<HealthState> {
    try {
      await this.connection.run((admin) => admin.fetchTopicMetadata({ topics: [this.topic] }));
      return { up: true };
    } catch (error) {
      if (isUnknownTopic(error)) return { up: false, detail: `topic ${this.topic} does not exist` };
      if (isLeaderless(error)) return { up: false, detail: `topic ${this.topic}: a partition has no leader` };
      if (isDenied(error, 'topic')) {
        const { message, action } = missingRight({ resource: 'topic', name: this.topic, operations: ['Describe'] });
        return { up: false, detail: `${message}. ${action}` };
      }
      return { up: false, detail: messageOf(error) };
    }
  }
}
