import type { MicroserviceOptions } from '@nestjs/microservices';
import { runApp } from '#platform/bootstrap/run-app.js';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { failIfKafkaRefuses } from '#platform/kafka/security/fail-if-refused.js';
import { readConsumerConfig } from './config/consumer-config.js';
import { AppModule } from './app.module.js';
import { PipelineEntry } from './pipeline/pipeline-entry.js';
import { BatchKafkaServer } from './transport/batch-kafka.server.js';

await runApp((config) => AppModule.forRoot(config), {
  name: 'consumer',
  config: () => readConsumerConfig(process.argv.slice(2)),
  configure: (app) => {
    app.connectMicroservice<MicroserviceOptions>({ strategy: app.get(BatchKafkaServer) });
  },
  onReady: async (app, _, config) => {
    await Promise.all([failIfKafkaRefuses(config, 'consumer'), app.get(DatabaseConnection).failIfRefused()]);
    await app.get(PipelineEntry).failIfRefused();
  },
});
