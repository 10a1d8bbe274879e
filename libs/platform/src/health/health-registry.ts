import { Injectable, type OnModuleDestroy } from '@nestjs/common';

export interface HealthState {
  up: boolean;
  /** Why it is down, or a number worth showing. It is served over HTTP, so it must not contain secrets. */
  detail?: string;
}

/** A check should reuse an open connection: opening one per probe adds load to a server in trouble. */
export type HealthCheck = () => Promise<HealthState> | HealthState;

/** The checks behind /livez and /readyz. */
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

  /** A liveness check may be down only if restarting this process helps. It does not help against a lost server. */
  registerLiveness(name: string, check: HealthCheck): void {
    register(this.livenessChecks, name, check);
  }

  registerReadiness(name: string, check: HealthCheck): void {
    register(this.readinessChecks, name, check);
  }

  /** From now on /readyz answers 503, while work in flight is completed. */
  beginShutdown(): void {
    this.stopping = true;
  }

  onModuleDestroy(): void {
    this.beginShutdown();
  }
}

function register(checks: Map<string, HealthCheck>, name: string, check: HealthCheck): void {
  if (checks.has(name)) throw new Error(`A health check named ${name} is already registered; choose another name`);
  checks.set(name, check);
}
