import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule } from '#platform/database/database.module.js';
import { HealthModule } from '#platform/health/health.module.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import { entities } from '#schema/entities.js';
import { migrations } from '#schema/migrations.js';
import { REFERENCE_FOLDER, ROLE_PASSWORDS, type MartInitConfig } from './config/mart-init-config.js';
import { MartInitService } from './mart-init.service.js';
import { MigrateService } from './migrate/migrate.service.js';
import { ReferenceLoaderService } from './reference/reference-loader.service.js';
import { PreflightService } from './preflight/preflight.service.js';

@Module({})
export class AppModule {
  static forRoot(config: MartInitConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HealthModule,
        MetricsModule.forRoot('mart-init'),
        DatabaseModule.forRoot(config, { applicationName: 'mart-init', entities, migrations }),
      ],
      providers: [
        { provide: REFERENCE_FOLDER, useValue: config.MART_INIT_REFERENCE },
        {
          provide: ROLE_PASSWORDS,
          useValue: { analyst: config.MART_ANALYST_PASSWORD?.value, app: config.MART_APP_PASSWORD?.value },
        },
        MartInitService,
        PreflightService,
        MigrateService,
        ReferenceLoaderService,
      ],
    };
  }
}
