import type { HealthState } from '#platform/health/health-registry.js';

/** Whether the consumer hears from Kafka; shown on /readyz. */
export class KafkaLiveness {
  private lastHeardAt: number | undefined;
  private lastError = 'not connected yet';

  /** @param patienceMs after this long without a word the group has dropped the member */
  constructor(private readonly patienceMs: number) {}

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
    if (silentMs < this.patienceMs) return { up: true };
    return { up: false, detail: `no answer from Kafka for ${Math.round(silentMs / 1000)} s` };
  }
}
