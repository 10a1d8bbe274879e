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
  private readonly livenessChecks = new Map<string, HealthCheck>();
  private readonly readinessChecks = new Map<string, HealthCheck>();
  private stopping = false;

  get liveness(): ReadonlyMap<string, HealthCheck> {
    return this.livenessChecks;
  }

  get readiness(): ReadonlyMap<string, HealthCheck> {
    return this.readinessChecks;
  }

  get shuttingDown(): boolean {
    return this.stopping;
  }

  /** Down only where a restart of this process is the cure; a lost server never is. */
  registerLiveness(name: string, check: HealthCheck): void {
    register(this.livenessChecks, name, check);
  }

  registerReadiness(name: string, check: HealthCheck): void {
    register(this.readinessChecks, name, check);
  }

  /** From here on /readyz answers 503, while what is in flight is being finished. */
  beginShutdown(): void {
    this.stopping = true;
  }

  onModuleDestroy(): void {
    this.beginShutdown();
  }
}

function register(checks: Map<string, HealthCheck>, name: string, check: HealthCheck): void {
  if (checks.has(name)) throw new Error(`A health check named ${name} is registered already; choose another name`);
  checks.set(name, check);
}
