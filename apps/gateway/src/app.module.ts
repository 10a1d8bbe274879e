import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule } from '#platform/database/database.module.js';
import { HealthModule } from '#platform/health/health.module.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import { LedgerFolder } from './ledger/ledger-folder.js';
import { SystemModule } from './system/system.module.js';
import type { GatewayConfig } from './config/gateway-config.js';

@Module({})
export class AppModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HealthModule,
        MetricsModule.forRoot('gateway'),
        DatabaseModule.forRoot(config, { applicationName: 'gateway' }),
        SystemModule.forRoot(config),
      ],
      providers: [LedgerFolder],
    };
  }
}
