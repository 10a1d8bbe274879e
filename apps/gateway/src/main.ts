import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import { runApp } from '#platform/bootstrap/run-app.js';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { failIfKafkaRefuses } from '#platform/kafka/security/fail-if-refused.js';
import { AppModule } from './app.module.js';
import { readGatewayConfig, type GatewayConfig } from './config/gateway-config.js';
import { configureGateway } from './configure-app.js';
import { READ_SERVER } from './read-server/read-server.module.js';
import { RateLimitModule } from './rest/access/rate-limit.module.js';

/**
 * The rate limit is not in AppModule: its library is CommonJS and requires Nest, an ES module, which Jest cannot load. Tests run
 * AppModule in their own process, and the limit in a process like this one.
 */
@Module({})
class GatewayModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    return { module: GatewayModule, imports: [AppModule.forRoot(config), RateLimitModule.forRoot(config)] };
  }
}

await runApp((config) => GatewayModule.forRoot(config), {
  name: 'gateway',
  config: readGatewayConfig,
  configure: (app, config) => {
    app.getHttpServer().maxConnections += config.GATEWAY_EVENT_STREAMS;
    configureGateway(app, config);
  },
  onReady: async (app, _, config) => {
    const readServer = app.get<DatabaseConnection | undefined>(READ_SERVER);
    await Promise.all([
      failIfKafkaRefuses(config, 'gateway'),
      app.get(DatabaseConnection).failIfRefused(),
      readServer?.failIfRefused(),
    ]);
  },
});
