import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Component, ComponentName, ComponentStatus } from './component.js';
import { ComponentWatch } from './component-watch.js';
import type { SystemMetrics } from './system-metrics.js';
import type { AnyState, SystemState } from './system-state.js';

/** A component that does not respond within this time after the start is logged. */
const STARTING_MS = 5000;

/** The mart is probed more often while somebody looks at it: a commit is to be seen within a second. */
const MART_PAUSE_MS = 1000;
const MART_PAUSE_WATCHED_MS = 250;

/** Keeps the state of every component of the pipeline. Each is probed on its own, so that none waits for another. */
@Injectable()
export class SystemMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('System');
  private readonly watches: readonly ComponentWatch[];
  private readonly statuses = new Map<ComponentName, ComponentStatus>();
  /** Called when a component has answered, or its answer is overdue. */
  onAnswer: (name: ComponentName) => void = () => undefined;

  /** @param components one for each name */
  constructor(
    components: readonly Component[],
    private readonly metrics: SystemMetrics,
  ) {
    this.watches = components.map(
      (component) => new ComponentWatch(component, (state) => this.onChange(state as AnyState)),
    );
  }

  onApplicationBootstrap(): void {
    for (const watch of this.watches) watch.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.stop()));
  }

  get state(): SystemState {
    return Object.fromEntries(
      this.watches.map((watch) => [watch.component.name, watch.state]),
    ) as unknown as SystemState;
  }

  /** Whether somebody follows the state all the time. */
  setWatched(isWatched: boolean): void {
    const mart = this.watches.find(({ component }) => component.name === 'mart');
    if (mart) mart.pauseMs = isWatched ? MART_PAUSE_WATCHED_MS : MART_PAUSE_MS;
  }

  private onChange(state: AnyState): void {
    this.metrics.update(state);
    this.onAnswer(state.name);
    // Connections take a moment.
    if (state.answeredAt === undefined && Date.now() - state.since.getTime() < STARTING_MS) return;
    const before = this.statuses.get(state.name);
    this.statuses.set(state.name, state.status);
    if (before === state.status) return;
    const { name, status, message } = state;
    const line = `${name} ${before === undefined ? '' : `was ${before} and `}is ${status}${message ? `: ${message}` : ''}`;
    // When the gateway starts, a degraded component is usually still starting as well.
    if (status === 'down' || (status === 'degraded' && before !== undefined)) this.logger.warn(line);
    else if (before !== undefined || status === 'degraded') this.logger.log(line);
  }
}
