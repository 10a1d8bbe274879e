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

/** Within the one-second default timeout of a Kubernetes probe, so that the reason is read. */
const DEADLINE_MS = 900;

/** A check that is silent for longer is down, whatever it said last. */
const SILENT_MS = 5000;

interface Known {
  /** Its last answer; undefined before the first. */
  state?: HealthState;
  /** The question that is out, and since when; whoever asks meanwhile gets its answer. */
  asking?: { readonly since: number; readonly answer: Promise<HealthState> };
}

/**
 * /livez: the process alone. /readyz: its dependencies, and not shutting down. /healthz is an alias of /readyz: whoever asks
 * for one word about the whole gets the strict answer; orchestrators use the two precise ones.
 */
@Controller()
export class HealthController {
  private readonly known = new WeakMap<RegisteredCheck, Known>();

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
    return this.health.check(
      [...checks].map(
        ([name, check]) =>
          () =>
            this.indicate(name, check),
      ),
    );
  }

  private async indicate(name: string, check: RegisteredCheck): Promise<HealthIndicatorResult> {
    const { up, detail } = await this.answerOf(check);
    const indicator = this.indicators.check(name);
    if (!up) return indicator.down({ message: detail ?? 'no reason given' });
    return indicator.up(detail === undefined ? {} : { message: detail });
  }

  /** What a check answers in time. One late answer is not down: then its last one still holds. */
  private async answerOf(check: RegisteredCheck): Promise<HealthState> {
    const known = this.known.get(check) ?? {};
    this.known.set(check, known);
    known.asking ??= { since: performance.now(), answer: ask(check, known) };
    const { since, answer } = known.asking;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, DEADLINE_MS)));
    const state = await Promise.race([answer, late]);
    clearTimeout(timer);
    if (state) return state;
    const silent = performance.now() - since;
    if (known.state && silent < SILENT_MS) return known.state;
    return { up: false, detail: `no answer for ${(silent / 1000).toFixed(1)} s` };
  }
}

async function ask(check: RegisteredCheck, known: Known): Promise<HealthState> {
  try {
    known.state = await check();
  } catch (error) {
    known.state = { up: false, detail: messageOf(error) };
  }
  known.asking = undefined;
  return known.state;
}
