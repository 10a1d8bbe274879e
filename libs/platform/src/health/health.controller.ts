import { Controller, Get } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckAttempt,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { HealthRegistry, type HealthCheck as RegisteredCheck } from './health-registry.js';

/** Below the one-second default timeout of a Kubernetes probe would be flaky, above it the reason would never be read. */
const deadlineMs = 1000;

/**
 * /livez: the process alone. /readyz: its dependencies, and not shutting down. /healthz is an alias of /readyz: whoever asks
 * for one word about the whole gets the strict answer; orchestrators use the two precise ones.
 */
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly registry: HealthRegistry,
  ) {}

  @Get('livez')
  @HealthCheck()
  livez(): Promise<HealthCheckResult> {
    return this.answer(this.registry.liveness);
  }

  @Get(['readyz', 'healthz'])
  @HealthCheck()
  readyz(): Promise<HealthCheckResult> {
    const { shuttingDown, readiness } = this.registry;
    if (!shuttingDown) return this.answer(readiness);
    return this.answer(new Map([['process', () => ({ up: false, detail: 'shutting down' })]]));
  }

  private answer(checks: ReadonlyMap<string, RegisteredCheck>): Promise<HealthCheckResult> {
    return this.health.check([...checks].map(([name, check]) => this.indicate(name, check)));
  }

  private indicate(name: string, check: RegisteredCheck): HealthCheckAttempt {
    const attempt = this.indicators.check(name).attempt(async () => {
      const { up, detail } = await check();
      if (!up) throw new Error(detail ?? 'no reason given');
      return detail === undefined ? {} : { message: detail };
    });
    return attempt.withTimeout(deadlineMs);
  }
}
