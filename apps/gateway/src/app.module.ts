import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule } from '#platform/database/database.module.js';
import { HealthModule } from '#platform/health/health.module.js';
import { KafkaModule } from '#platform/kafka/kafka.module.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import { LedgerFolder } from './ledger/ledger-folder.js';
import { RestModule } from './rest/rest.module.js';
import type { GatewayConfig } from './config/gateway-config.js';

@Module({})
export class AppModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HealthModule,
        MetricsModule.forRoot('gateway'),
        KafkaModule.forRoot(config, 'gateway'),
        DatabaseModule.forRoot(config, { applicationName: 'gateway' }),
        RestModule.forRoot(config),
      ],
      providers: [LedgerFolder],
    };
  }
}
