import type { HealthState } from '#platform/health/health-registry.js';

/** Whether the consumer is in touch with Kafka: what /readyz says of it. */
export class KafkaContact {
  private lastAt: number | undefined;
  private trouble = 'not connected yet';

  /** @param patienceMs a group forgets a member that it has not heard of for this long */
  constructor(private readonly patienceMs: number) {}

  /** Kafka answered. */
  made(): void {
    this.lastAt = Date.now();
  }

  lost(why: string): void {
    this.lastAt = undefined;
    this.trouble = why;
  }

  state(): HealthState {
    if (this.lastAt === undefined) return { up: false, detail: this.trouble };
    const silentMs = Date.now() - this.lastAt;
    if (silentMs < this.patienceMs) return { up: true };
    return { up: false, detail: `no answer from Kafka for ${Math.round(silentMs / 1000)} s` };
  }
}
