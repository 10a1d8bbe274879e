import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { AdminConnection } from '#platform/kafka/admin-connection.js';
import { createKafka } from '#platform/kafka/create-kafka.js';
import { Metrics } from '#platform/metrics/metrics.js';
import type { GatewayConfig } from '../config/gateway-config.js';
import { LedgerFolder } from '../ledger/ledger-folder.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { LedgerWatch } from '../ledger/ledger-watch.js';
import { READ_SERVER } from '../read-server/read-server.module.js';
import { OffsetHistory } from './offset-history.js';
import type { Component } from './component.js';
import { ConsumerGroupComponent } from './components/consumer-group.component.js';
import { KafkaComponent } from './components/kafka.component.js';
import { MartComponent, type LedgerHealth } from './components/mart.component.js';
import { PositionsReader } from './components/positions-reader.js';
import { PostgresqlComponent } from './components/postgresql.component.js';
import { ProducerComponent } from './components/producer.component.js';
import { ReadServerComponent } from './components/read-server.component.js';
import { SparkComponent } from './components/spark.component.js';
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
      imports: [LedgerModule, TerminusModule.forRoot({ logger: false })],
      controllers: [SystemHealthController],
      providers: [
        {
          provide: SystemMonitor,
          inject: [DatabaseConnection, { token: READ_SERVER, optional: true }, Metrics, LedgerFolder, LedgerWatch],
          useFactory: (
            database: DatabaseConnection,
            readServer: DatabaseConnection | undefined,
            metrics: Metrics,
            folder: LedgerFolder,
            watch: LedgerWatch,
          ) =>
            new SystemMonitor(
              createComponents(config, database, readServer, () => ({
                state: watch.state,
                foldFailure: folder.failure,
              })),
              new SystemMetrics(metrics, config.KAFKA_TOPIC),
            ),
        },
      ],
      exports: [SystemMonitor],
    };
  }
}

/** Each component that reads from Kafka has its own connection: a probe that waits for a broker must not block the others. */
function createComponents(
  config: GatewayConfig,
  database: DatabaseConnection,
  readServer: DatabaseConnection | undefined,
  ledger: () => LedgerHealth,
): Component[] {
  const { KAFKA_TOPIC: topic, CONSUMER_GROUP_ID: group, PIPELINE_ENGINE: engine } = config;
  const connect = (name: string) => new AdminConnection(config, `gateway-${name}`);
  const history = new OffsetHistory();
  const positions = new PositionsReader(createKafka(config, 'gateway'), topic);
  const consumers = new ConsumerGroupComponent(connect('group'), topic, group, engine !== 'spark', history);
  const spark = new SparkComponent(config.SPARK_MASTER_URL, config.SPARK_JOB_URL, engine === 'spark');
  return [
    new KafkaComponent(connect('kafka'), topic, history),
    consumers,
    new ProducerComponent(connect('producer'), connect('positions'), topic, positions),
    new PostgresqlComponent(database),
    new MartComponent(
      database,
      { group, topic },
      () => (engine === 'spark' ? spark.processed : consumers.consumed),
      ledger,
    ),
    new ReadServerComponent(database, readServer),
    spark,
  ];
}
