import {
  Global,
  Inject,
  Module,
  Optional,
  RequestMethod,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ReadOnlyMiddleware } from '../http/read-only.middleware.js';
import { HealthController } from './health.controller.js';
import { HealthRegistry } from './health-registry.js';

/** Injection token: the path that answers POST, if there is one. */
const POST_PATH = Symbol('POST_PATH');

@Global()
@Module({
  // No log: a failing probe every few seconds would flood it, and the component that is down logs the reason itself.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [HealthRegistry],
  exports: [HealthRegistry],
})
export class HealthModule implements NestModule {
  constructor(@Optional() @Inject(POST_PATH) private readonly postPath?: string) {}

  /** For an app that answers POST on one path. */
  static allowing(postPath: string): DynamicModule {
    return { module: HealthModule, providers: [{ provide: POST_PATH, useValue: postPath }] };
  }

  /** Here because every app has this module. */
  configure(consumer: MiddlewareConsumer): void {
    const allowed = this.postPath === undefined ? [] : [{ path: this.postPath, method: RequestMethod.POST }];
    consumer
      .apply(ReadOnlyMiddleware)
      .exclude(...allowed)
      .forRoutes('{*path}');
  }
}
