import { Module, type DynamicModule } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';

@Module({})
export class MetricsModule {
  /** @param service value of the label `service` on every metric, including process metrics. */
  static forRoot(service: string): DynamicModule {
    return {
      module: MetricsModule,
      global: true,
      controllers: [MetricsController],
      providers: [{ provide: Registry, useFactory: () => createRegistry(service) }, Metrics],
      exports: [Registry, Metrics],
    };
  }
}

/** Each app instance has its own registry instead of prom-client's global one, so that two apps can run in one test. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}
