import { Injectable, type OnModuleDestroy } from '@nestjs/common';

export interface HealthState {
  up: boolean;
  /** Why it is down, or a figure worth showing; no secret, it is served over HTTP. */
  detail?: string;
}

/** Reuses a connection that is there already: a probe that opens one of its own wears down a server that is in trouble. */
export type HealthCheck = () => Promise<HealthState> | HealthState;

/** Where an app's parts register what /livez and /readyz ask. */
@Injectable()
export class HealthRegistry implements OnModuleDestroy {
  readonly #liveness = new Map<string, HealthCheck>();
  readonly #readiness = new Map<string, HealthCheck>();
  #shuttingDown = false;

  get liveness(): ReadonlyMap<string, HealthCheck> {
    return this.#liveness;
  }

  get readiness(): ReadonlyMap<string, HealthCheck> {
    return this.#readiness;
  }

  get shuttingDown(): boolean {
    return this.#shuttingDown;
  }

  /** Down only where a restart of this process is the cure; a lost server never is. */
  registerLiveness(name: string, check: HealthCheck): void {
    register(this.#liveness, name, check);
  }

  registerReadiness(name: string, check: HealthCheck): void {
    register(this.#readiness, name, check);
  }

  /** From here on /readyz answers 503, while what is in flight is being finished. */
  beginShutdown(): void {
    this.#shuttingDown = true;
  }

  onModuleDestroy(): void {
    this.beginShutdown();
  }
}

function register(checks: Map<string, HealthCheck>, name: string, check: HealthCheck): void {
  if (checks.has(name)) throw new Error(`A health check named ${name} is registered already; choose another name`);
  checks.set(name, check);
}
