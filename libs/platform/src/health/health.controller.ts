import { Controller, Get } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { messageOf } from '../errors/message-of.js';
import { HealthRegistry, type HealthCheck as RegisteredCheck, type HealthState } from './health-registry.js';

/** Below the one-second default timeout of Kubernetes probes, so that the response with the reason arrives. */
const DEADLINE_MS = 900;

/** A check without an answer for this long is down, whatever its last state. */
const SILENT_MS = 5000;

/** The descriptions for Swagger would load @nestjs/swagger into every app, which takes a seventh of a start. */
const OPTIONS = { noCache: true, swaggerDocumentation: false };

interface CheckState {
  /** The last result; undefined before the first. */
  last?: HealthState;
  /** The call in progress, which concurrent probes share. */
  pending?: { readonly since: number; readonly result: Promise<HealthState> };
}

/**
 * /livez: the process alone. /readyz: its dependencies, and that it is not shutting down. /healthz: an alias of /readyz, the stricter
 * of the two.
 */
@Controller()
export class HealthController {
  private readonly states = new WeakMap<RegisteredCheck, CheckState>();

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly registry: HealthRegistry,
  ) {}

  @Get('livez')
  @HealthCheck(OPTIONS)
  livez(): Promise<HealthCheckResult> {
    return this.answer(this.registry.liveness);
  }

  @Get(['readyz', 'healthz'])
  @HealthCheck(OPTIONS)
  readyz(): Promise<HealthCheckResult> {
    const { shuttingDown, readiness } = this.registry;
    if (!shuttingDown) return this.answer(readiness);
    return this.answer(new Map([['process', () => ({ up: false, detail: 'shutting down' })]]));
  }

  private answer(checks: ReadonlyMap<string, RegisteredCheck>): Promise<HealthCheckResult> {
    return this.health.check(
      [...checks].map(
        ([name, check]) =>
          () =>
            this.indicate(name, check),
      ),
    );
  }

  private async indicate(name: string, check: RegisteredCheck): Promise<HealthIndicatorResult> {
    const { up, detail } = await this.stateOf(check);
    const indicator = this.indicators.check(name);
    if (!up) return indicator.down({ message: detail ?? 'no reason given' });
    return indicator.up(detail === undefined ? {} : { message: detail });
  }

  /** Runs a check. If its result is late, the last one still counts. */
  private async stateOf(check: RegisteredCheck): Promise<HealthState> {
    const state = this.states.get(check) ?? {};
    this.states.set(check, state);
    state.pending ??= { since: performance.now(), result: run(check, state) };
    const { since, result } = state.pending;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, DEADLINE_MS)));
    const current = await Promise.race([result, late]);
    clearTimeout(timer);
    if (current) return current;
    const silent = performance.now() - since;
    if (state.last && silent < SILENT_MS) return state.last;
    return { up: false, detail: `no answer for ${(silent / 1000).toFixed(1)} s` };
  }
}

async function run(check: RegisteredCheck, state: CheckState): Promise<HealthState> {
  try {
    state.last = await check();
  } catch (error) {
    state.last = { up: false, detail: messageOf(error) };
  }
  state.pending = undefined;
  return state.last;
}
