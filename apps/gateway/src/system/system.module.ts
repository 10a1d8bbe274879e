import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { AdminConnection } from '#platform/kafka/admin-connection.js';
import { createKafka } from '#platform/kafka/create-kafka.js';
import { Metrics } from '#platform/metrics/metrics.js';
import type { GatewayConfig } from '../config/gateway-config.js';
import { OffsetHistory } from './offset-history.js';
import type { Part } from './part.js';
import { ConsumerGroupPart } from './parts/consumer-group.part.js';
import { KafkaPart } from './parts/kafka.part.js';
import { MartPart } from './parts/mart.part.js';
import { PositionsReader } from './parts/positions-reader.js';
import { PostgresqlPart } from './parts/postgresql.part.js';
import { ProducerPart } from './parts/producer.part.js';
import { SparkPart } from './parts/spark.part.js';
import { SystemHealthController } from './system-health.controller.js';
import { SystemMetrics } from './system-metrics.js';
import { SystemMonitor } from './system-monitor.js';

@Module({})
export class SystemModule {
  /** Provides `SystemMonitor` and answers /health. Needs DatabaseModule and MetricsModule. */
  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: SystemModule,
      global: true,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [SystemHealthController],
      providers: [
        {
          provide: SystemMonitor,
          inject: [DatabaseConnection, Metrics],
          useFactory: (database: DatabaseConnection, metrics: Metrics) =>
            new SystemMonitor(createParts(config, database), new SystemMetrics(metrics, config.KAFKA_TOPIC)),
        },
      ],
      exports: [SystemMonitor],
    };
  }
}

/** Those that ask Kafka have a connection each: one that waits for a broker must not hold up the others' questions. */
function createParts(config: GatewayConfig, database: DatabaseConnection): Part[] {
  const { KAFKA_TOPIC: topic, CONSUMER_GROUP_ID: group, PIPELINE_ENGINE: engine } = config;
  const connect = (name: string) => new AdminConnection(config, `gateway-${name}`);
  const history = new OffsetHistory();
  const positions = new PositionsReader(createKafka(config, 'gateway'), topic);
  const consumers = new ConsumerGroupPart(connect('group'), topic, group, engine !== 'spark', history);
  const spark = new SparkPart(config.SPARK_MASTER_URL, config.SPARK_JOB_URL, engine === 'spark');
  return [
    new KafkaPart(connect('kafka'), topic, history),
    consumers,
    new ProducerPart(connect('producer'), topic, positions),
    new PostgresqlPart(database),
    new MartPart(database, () => (engine === 'spark' ? spark.processed : consumers.consumed)),
    spark,
  ];
}
