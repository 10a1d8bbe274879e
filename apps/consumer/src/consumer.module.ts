import { Module, type DynamicModule } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { contract } from '#schema/contract.js';
import { entities } from '#schema/entities.js';
import { UNTIL_ROLES_ARE_MADE_MS } from '#platform/database/data-source-options.js';
import { DatabaseModule } from '#platform/database/database.module.js';
import { HealthModule } from '#platform/health/health.module.js';
import { HealthRegistry } from '#platform/health/health-registry.js';
import { ensureTopic, messageTopic } from '#platform/kafka/ensure-topic.js';
import { stuckPartitions } from '#platform/kafka/fetch/stuck-partitions.js';
import { KafkaModule } from '#platform/kafka/kafka.module.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import { BatchProcessor } from './batch-processor.js';
import type { ConsumerConfig } from './config/consumer-config.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import { MessagesController } from './messages.controller.js';
import { MessageWriter } from './persist/message-writer.js';
import { WriteWatch } from './persist/write-watch.js';
import { BatchKafkaServer } from './transport/batch-kafka.server.js';

const NAME = 'consumer';

/** A write that waits for a lock holds others itself. It gives them up now and then, and tries again. */
const SESSION = { settings: { lock_timeout: '15s' } };

@Module({})
export class ConsumerModule {
  static forRoot(config: ConsumerConfig): DynamicModule {
    return {
      module: ConsumerModule,
      imports: [
        HealthModule,
        MetricsModule.forRoot(NAME),
        KafkaModule.forRoot(config, NAME),
        DatabaseModule.forRoot(config, {
          applicationName: NAME,
          entities,
          session: SESSION,
          patienceMs: UNTIL_ROLES_ARE_MADE_MS,
        }),
      ],
      controllers: [MessagesController],
      providers: [
        BatchProcessor,
        MessageWriter,
        WriteWatch,
        ConsumerMetrics,
        {
          provide: BatchKafkaServer,
          inject: [Kafka, ConsumerMetrics, HealthRegistry],
          useFactory: (kafka: Kafka, metrics: ConsumerMetrics, health: HealthRegistry) => {
            const server = createServer(kafka, metrics, config);
            health.registerReadiness('consumer-group', () => server.contact.state());
            health.registerReadiness('partitions', () => stuckPartitions.state());
            stuckPartitions.onChange = (count) => metrics.stuck(count);
            return server;
          },
        },
      ],
    };
  }
}

function createServer(kafka: Kafka, metrics: ConsumerMetrics, config: ConsumerConfig): BatchKafkaServer {
  return new BatchKafkaServer({
    kafka,
    consumer: {
      groupId: config.CONSUMER_GROUP_ID,
      sessionTimeout: config.CONSUMER_SESSION_TIMEOUT_MS,
      // A member that is silent for longer is out of the group anyway, and on a dead connection joining waits for as long.
      rebalanceTimeout: config.CONSUMER_SESSION_TIMEOUT_MS,
      heartbeatInterval: config.CONSUMER_HEARTBEAT_MS,
      maxBytesPerPartition: config.CONSUMER_FETCH_PARTITION_BYTES,
      // Short, because leaving the group waits for the fetch under way.
      maxWaitTimeInMs: 500,
      // A few tries, then the transport makes a new consumer; it never gives up.
      retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 2000 },
    },
    topics: { [contract.topic]: config.KAFKA_TOPIC },
    limits: {
      records: config.CONSUMER_BATCH_RECORDS,
      bytes: config.CONSUMER_BATCH_BYTES,
      milliseconds: config.CONSUMER_BATCH_MS,
    },
    prepare: () => createTopicIfAbsent(kafka, config),
    onRetry: () => metrics.retried('kafka'),
    onCommit: (seconds) => metrics.committed(seconds),
  });
}

/** So that it does not matter which of producer and consumer is there first. */
async function createTopicIfAbsent(kafka: Kafka, config: ConsumerConfig): Promise<void> {
  const admin = kafka.admin({ retry: { retries: 2 } });
  await admin.connect();
  try {
    await ensureTopic(admin, messageTopic(config));
  } finally {
    await admin.disconnect();
  }
}
