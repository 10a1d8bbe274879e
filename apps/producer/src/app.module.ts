import { Module, type DynamicModule } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { HealthModule } from '#platform/health/health.module.js';
import { KafkaModule } from '#platform/kafka/kafka.module.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import { PRODUCER_CONFIG, type ProducerConfig } from './config/producer-config.js';
import { BatchSender } from './kafka/batch-sender.js';
import { PositionStore } from './positions/position-store.js';
import { TopicPreparer } from './kafka/topic-preparer.js';
import { ProducerService } from './producer.service.js';
import { RunService } from './run.service.js';

@Module({})
export class AppModule {
  static forRoot(config: ProducerConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [HealthModule, MetricsModule.forRoot('producer'), KafkaModule.forRoot(config, 'producer')],
      providers: [
        { provide: PRODUCER_CONFIG, useValue: config },
        {
          provide: PositionStore,
          inject: [Kafka],
          useFactory: (kafka: Kafka) => new PositionStore(kafka, config.KAFKA_TOPIC, config.KAFKA_TOPIC_REPLICATION),
        },
        TopicPreparer,
        BatchSender,
        RunService,
        ProducerService,
      ],
    };
  }
}
