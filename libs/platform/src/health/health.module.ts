import { Global, Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ReadOnlyMiddleware } from '../http/read-only.middleware.js';
import { HealthController } from './health.controller.js';
import { HealthRegistry } from './health-registry.js';

@Global()
@Module({
  // No log: a failing probe every few seconds would flood it, and the component that is down logs the reason itself.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [HealthRegistry],
  exports: [HealthRegistry],
})
export class HealthModule implements NestModule {
  /** Here because every app has this module. */
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ReadOnlyMiddleware).forRoutes('{*path}');
  }
}
