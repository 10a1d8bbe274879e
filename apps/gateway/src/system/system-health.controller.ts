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

/** Health of the whole pipeline, from memory: 200 while no component is down, else 503. */
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

  private indicate({
    name,
    status,
    message,
    action,
    runbook,
    since,
    answeredAt,
    details,
  }: AnyState): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    const data = { message, action, runbook, since, answered_at: answeredAt, ...details };
    switch (status) {
      case 'up':
        return indicator.up(data);
      case 'absent':
        // Terminus has no such status, and nobody expects this component to be up.
        return indicator.up({ absent: true, ...data });
      case 'degraded':
        return indicator.degraded(data);
      case 'down':
        return indicator.down(data);
    }
  }
}
