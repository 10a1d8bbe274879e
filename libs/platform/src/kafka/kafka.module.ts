import { Module, type DynamicModule } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import type { KafkaConfig } from '../config/kafka-config.js';
import { HealthRegistry } from '../health/health-registry.js';
import { createKafka } from './create-kafka.js';
import { KafkaProbe } from './kafka-probe.js';

@Module({})
export class KafkaModule {
  /**
   * Provides `Kafka` and `KafkaProbe`, and registers the readiness check `kafka`. Needs HealthModule.
   *
   * @param name of the app: the client id unless KAFKA_CLIENT_ID is set.
   */
  static forRoot(config: KafkaConfig, name: string): DynamicModule {
    return {
      module: KafkaModule,
      global: true,
      providers: [
        { provide: Kafka, useFactory: () => createKafka(config, name) },
        {
          provide: KafkaProbe,
          inject: [HealthRegistry],
          useFactory: (health: HealthRegistry) => createProbe(config, name, health),
        },
      ],
      exports: [Kafka, KafkaProbe],
    };
  }
}

function createProbe(config: KafkaConfig, name: string, health: HealthRegistry): KafkaProbe {
  const probe = new KafkaProbe(config, name, config.KAFKA_TOPIC);
  health.registerReadiness('kafka', () => probe.check());
  return probe;
}
