import type { HealthState } from '#platform/health/health-registry.js';

/** Whether Kafka responds to the consumer; shown on /readyz. */
export class KafkaLiveness {
  private lastHeardAt: number | undefined;
  private lastError = 'not connected yet';

  /** @param timeoutMs the session timeout: a member that is silent for longer has been dropped from its group */
  constructor(private readonly timeoutMs: number) {}

  /** Kafka answered. */
  heard(): void {
    this.lastHeardAt = Date.now();
  }

  lost(error: string): void {
    this.lastHeardAt = undefined;
    this.lastError = error;
  }

  state(): HealthState {
    if (this.lastHeardAt === undefined) return { up: false, detail: this.lastError };
    const silentMs = Date.now() - this.lastHeardAt;
    if (silentMs < this.timeoutMs) return { up: true };
    return { up: false, detail: `no answer from Kafka for ${Math.round(silentMs / 1000)} s` };
  }
}
