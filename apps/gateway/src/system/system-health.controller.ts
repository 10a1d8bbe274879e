import { Controller, Get } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { SystemMonitor } from './system-monitor.js';
import type { AnyState } from './system-state.js';

/** The whole pipeline in one answer: 200 while no part is down, else 503. It is there already, so it comes at once. */
@Controller()
export class SystemHealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly monitor: SystemMonitor,
  ) {}

  @Get('health')
  @HealthCheck()
  system(): Promise<HealthCheckResult> {
    return this.health.check(Object.values(this.monitor.state).map((state) => () => this.indicate(state)));
  }

  private indicate({ name, status, message, action, since, answeredAt, figures }: AnyState): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    const data = { message, action, since, answered_at: answeredAt, ...figures };
    switch (status) {
      case 'up':
        return indicator.up(data);
      case 'absent':
        // Terminus knows no such status, and what nobody needs is no fault.
        return indicator.up({ absent: true, ...data });
      case 'degraded':
        return indicator.degraded(data);
      case 'down':
        return indicator.down(data);
    }
  }
}
