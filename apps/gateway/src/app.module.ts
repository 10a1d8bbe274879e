import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { ROLE_CREATION_GRACE_MS } from '#platform/database/data-source-options.js';
import { DatabaseModule } from '#platform/database/database.module.js';
import { HealthModule } from '#platform/health/health.module.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import { RequestMetricsMiddleware } from './http/request-metrics.middleware.js';
import { PageModule } from './page/page.module.js';
import { PipelineModule } from './pipeline/pipeline.module.js';
import { ReadServerModule } from './read-server/read-server.module.js';
import { RestModule } from './rest/rest.module.js';
import { SystemModule } from './system/system.module.js';
import type { GatewayConfig } from './config/gateway-config.js';

@Module({})
export class AppModule implements NestModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HealthModule,
        MetricsModule.forRoot('gateway'),
        DatabaseModule.forRoot(config, { applicationName: 'gateway', retryRefusedForMs: ROLE_CREATION_GRACE_MS }),
        ReadServerModule.forRoot(config),
        SystemModule.forRoot(config),
        PipelineModule.forRoot(config),
        RestModule.forRoot(config),
        PageModule.forRoot(),
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RequestMetricsMiddleware).forRoutes('{*path}');
  }
}
