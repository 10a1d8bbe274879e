import { Module, type DynamicModule } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { DataSource } from 'typeorm';
import { contract } from '#schema/contract.js';
import { entities } from '#schema/entities.js';
import { ROLE_CREATION_GRACE_MS } from '#platform/database/data-source-options.js';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { DatabaseModule } from '#platform/database/database.module.js';
import { HealthModule } from '#platform/health/health.module.js';
import { HealthRegistry } from '#platform/health/health-registry.js';
import { AdminConnection } from '#platform/kafka/admin-connection.js';
import { ensureTopic, messageTopic } from '#platform/kafka/ensure-topic.js';
import { stuckPartitions } from '#platform/kafka/fetch/stuck-partitions.js';
import { ownAssigner } from '#platform/kafka/own-members.js';
import { BearerToken } from '#platform/http/bearer-token.js';
import { KafkaModule } from '#platform/kafka/kafka.module.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import { BatchProcessor } from './batch-processor.js';
import { Breaker } from './breaker/breaker.js';
import { BreakerController, CONTINUE_PATH } from './breaker/breaker.controller.js';
import type { ConsumerConfig } from './config/consumer-config.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import { MessagesController } from './messages.controller.js';
import { MessageWriter } from './persist/message-writer.js';
import { WriteWatch } from './persist/write-watch.js';
import { PipelineEntry } from './pipeline/pipeline-entry.js';
import { MartPositions } from './positions/mart-positions.js';
import { TopicPositions } from './positions/topic-positions.js';
import { explainFailure } from './transport/explain-failure.js';
import { BatchKafkaServer, type BatchKafkaOptions } from './transport/batch-kafka.server.js';

const NAME = 'consumer';

/** A write that waits for a lock holds locks itself. The timeout releases them before the retry. */
const SESSION = { settings: { lock_timeout: '15s' } };

@Module({})
export class AppModule {
  static forRoot(config: ConsumerConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HealthModule.allowing(CONTINUE_PATH),
        MetricsModule.forRoot(NAME),
        KafkaModule.forRoot(config, NAME),
        DatabaseModule.forRoot(config, {
          applicationName: NAME,
          entities,
          session: SESSION,
          retryRefusedForMs: ROLE_CREATION_GRACE_MS,
        }),
      ],
      controllers: [MessagesController, BreakerController],
      providers: [
        BatchProcessor,
        MessageWriter,
        WriteWatch,
        ConsumerMetrics,
        { provide: BearerToken, useFactory: () => new BearerToken(config.CONSUMER_OPERATOR_TOKEN) },
        {
          provide: Breaker,
          inject: [HealthRegistry, ConsumerMetrics],
          useFactory: (health: HealthRegistry, metrics: ConsumerMetrics) =>
            new Breaker(
              {
                share: config.CONSUMER_BREAKER_SHARE,
                records: config.CONSUMER_BREAKER_RECORDS,
                accepting: config.continues,
              },
              health,
              metrics,
            ),
        },
        {
          provide: PipelineEntry,
          inject: [DatabaseConnection, DataSource, WriteWatch],
          useFactory: (database: DatabaseConnection, dataSource: DataSource, watch: WriteWatch) =>
            new PipelineEntry(database, dataSource, watch, config.KAFKA_TOPIC),
        },
        {
          provide: BatchKafkaServer,
          inject: [Kafka, ConsumerMetrics, HealthRegistry, DatabaseConnection, DataSource, WriteWatch, PipelineEntry],
          useFactory: (
            kafka: Kafka,
            metrics: ConsumerMetrics,
            health: HealthRegistry,
            database: DatabaseConnection,
            dataSource: DataSource,
            watch: WriteWatch,
            pipeline: PipelineEntry,
          ) => {
            const { CONSUMER_GROUP_ID: group, KAFKA_TOPIC: topic } = config;
            const connection = new AdminConnection(config, `${NAME}-positions`);
            const positions = new TopicPositions({
              ...{ topic, group, connection },
              mart: new MartPositions(database, dataSource, watch, group, topic),
              onSkip: (reason, records) => metrics.skipped(reason, records),
              onRewind: (reason) => metrics.rewound(reason),
              latency: metrics.delivered,
            });
            const server = createServer(kafka, metrics, positions, pipeline, config, (error) =>
              explainFailure(error, group, connection),
            );
            health.registerReadiness('consumer-group', () => server.liveness.state());
            health.registerReadiness('partitions', () => stuckPartitions.state());
            stuckPartitions.onChange = (count) => metrics.stuck(count);
            return server;
          },
        },
      ],
    };
  }
}

function createServer(
  kafka: Kafka,
  metrics: ConsumerMetrics,
  positions: TopicPositions,
  pipeline: PipelineEntry,
  config: ConsumerConfig,
  explain: BatchKafkaOptions['explain'],
): BatchKafkaServer {
  return new BatchKafkaServer({
    kafka,
    consumer: {
      groupId: config.CONSUMER_GROUP_ID,
      sessionTimeout: config.CONSUMER_SESSION_TIMEOUT_MS,
      // A member without heartbeats is dropped after the session timeout, so a rebalance need not wait for it any longer.
      rebalanceTimeout: config.CONSUMER_SESSION_TIMEOUT_MS,
      heartbeatInterval: config.CONSUMER_HEARTBEAT_MS,
      maxBytesPerPartition: config.CONSUMER_FETCH_PARTITION_BYTES,
      partitionAssigners: [ownAssigner],
      // Partitions added to the topic are noticed within this time.
      metadataMaxAge: 15_000,
      allowAutoTopicCreation: false,
      // Short, because leaving the group waits for the current fetch.
      maxWaitTimeInMs: 500,
      // After these retries the transport creates a new consumer; it retries forever.
      retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 2000 },
    },
    topics: { [contract.topic]: config.KAFKA_TOPIC },
    limits: {
      records: config.CONSUMER_BATCH_RECORDS,
      bytes: config.CONSUMER_BATCH_BYTES,
      milliseconds: config.CONSUMER_BATCH_MS,
    },
    positions,
    explain,
    prepare: (signal) => prepare(kafka, config, pipeline, signal),
    onClosed: () => pipeline.leave(),
    onRetry: () => metrics.retried('kafka'),
    onCommit: (seconds) => metrics.committed(seconds),
  });
}

/** Creates the topic if it is missing, as the consumer may start before the producer. @throws AnotherPipelineError */
async function prepare(
  kafka: Kafka,
  config: ConsumerConfig,
  pipeline: PipelineEntry,
  signal: AbortSignal,
): Promise<void> {
  const admin = kafka.admin({ retry: { retries: 2 } });
  await admin.connect();
  try {
    const { clusterId } = await admin.describeCluster();
    await pipeline.enter(clusterId ?? '', signal);
    await ensureTopic(admin, messageTopic(config), ['Read']);
  } finally {
    await admin.disconnect();
  }
}
