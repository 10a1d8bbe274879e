import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import type { GatewayConfig } from '../../config/gateway-config.js';
import { RateLimitGuard } from './rate-limit.guard.js';

const MINUTE_MS = 60_000;

@Module({})
export class RateLimitModule {
  static forRoot({ GATEWAY_RATE_LIMIT: limit }: GatewayConfig): DynamicModule {
    return {
      module: RateLimitModule,
      imports: [ThrottlerModule.forRoot([{ ttl: MINUTE_MS, limit }])],
      providers: [{ provide: APP_GUARD, useClass: RateLimitGuard }],
    };
  }
}
