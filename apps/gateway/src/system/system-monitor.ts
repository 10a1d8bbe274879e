import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Part, PartName, PartStatus } from './part.js';
import { PartWatch } from './part-watch.js';
import type { SystemMetrics } from './system-metrics.js';
import type { AnyState, SystemState } from './system-state.js';

/** A part that has not answered for so long after the gateway's start is worth a line. */
const STARTING_MS = 5000;

/** Knows at every moment how each part of the pipeline is. Each is watched by itself, so none waits for another. */
@Injectable()
export class SystemMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('System');
  private readonly watches: readonly PartWatch[];
  private readonly statuses = new Map<PartName, PartStatus>();

  /** @param parts one for each name. */
  constructor(
    parts: readonly Part[],
    private readonly metrics: SystemMetrics,
  ) {
    this.watches = parts.map((part) => new PartWatch(part, (state) => this.onChange(state as AnyState)));
  }

  onApplicationBootstrap(): void {
    for (const watch of this.watches) watch.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.stop()));
  }

  get state(): SystemState {
    return Object.fromEntries(this.watches.map((watch) => [watch.part.name, watch.state])) as unknown as SystemState;
  }

  private onChange(state: AnyState): void {
    this.metrics.update(state);
    // Connections take a moment.
    if (state.answeredAt === undefined && Date.now() - state.since.getTime() < STARTING_MS) return;
    const before = this.statuses.get(state.name);
    this.statuses.set(state.name, state.status);
    if (before === state.status) return;
    const { name, status, message } = state;
    const line = `${name} ${before === undefined ? '' : `was ${before} and `}is ${status}${message ? `: ${message}` : ''}`;
    // What is not complete yet when the gateway starts is mostly about to be.
    if (status === 'down' || (status === 'degraded' && before !== undefined)) this.logger.warn(line);
    else if (before !== undefined || status === 'degraded') this.logger.log(line);
  }
}
