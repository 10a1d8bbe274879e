import 'reflect-metadata';
import { runApp } from '#platform/bootstrap/run-app.js';
import { failIfKafkaRefuses } from '#platform/kafka/security/fail-if-refused.js';
import { AppModule } from './app.module.js';
import { readProducerConfig } from './config/producer-config.js';
import { ProducerService } from './producer.service.js';

await runApp((config) => AppModule.forRoot(config), {
  name: 'producer',
  config: () => readProducerConfig(process.argv.slice(2)),
  onReady: async (app, stop, config) => {
    await failIfKafkaRefuses(config, 'producer');
    await app.get(ProducerService).run();
    stop();
  },
});
