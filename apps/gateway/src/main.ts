import 'reflect-metadata';
import { runApp } from '#platform/bootstrap/run-app.js';
import { AppModule } from './app.module.js';
import { readGatewayConfig } from './config/gateway-config.js';
import { configureGateway } from './configure-app.js';

await runApp((config) => AppModule.forRoot(config), {
  name: 'gateway',
  config: readGatewayConfig,
  configure: configureGateway,
});
