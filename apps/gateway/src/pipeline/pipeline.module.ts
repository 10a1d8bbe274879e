import { Module, type DynamicModule } from '@nestjs/common';
import { Metrics } from '#platform/metrics/metrics.js';
import type { GatewayConfig } from '../config/gateway-config.js';
import { SystemMonitor } from '../system/system-monitor.js';
import { PipelineController } from './pipeline.controller.js';
import { PipelineEvents } from './pipeline-events.js';
import { PipelineObserver } from './pipeline-observer.js';

@Module({})
export class PipelineModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: PipelineModule,
      controllers: [PipelineController],
      providers: [
        {
          provide: PipelineEvents,
          inject: [SystemMonitor, Metrics],
          useFactory: (monitor: SystemMonitor, metrics: Metrics) => {
            const observer = new PipelineObserver(monitor, config.KAFKA_TOPIC, config.PIPELINE_ENGINE);
            return new PipelineEvents(observer, monitor, config.GATEWAY_EVENT_STREAMS, metrics);
          },
        },
      ],
    };
  }
}
