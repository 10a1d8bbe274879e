import type { INestApplication, LoggerService } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HealthRegistry } from '../health/health-registry.js';
import { exit } from './exit.js';

/** Kubernetes kills a process after 30 s, people and dev/run sooner. A slower shutdown counts as hanging. */
const DEADLINE_MS = 10_000;

/** How long the process may take to end once everything is closed; then it logs what keeps it up. */
const DRAIN_MS = 2000;

/** Sent to the parent over the IPC channel: the final values of the metrics, after /metrics is closed. */
export interface ClosedMessage {
  type: 'closed';
  /** In the format of /metrics. */
  metrics: string;
}

/** Shuts a running app down. */
export class Shutdown {
  private begun = false;

  constructor(
    private readonly app: INestApplication,
    private readonly logger: LoggerService,
  ) {}

  /** Replaces Nest's shutdown hooks, which end the process by the signal, so never with exit code 0, and have no deadline. */
  listenForRequests(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.request(signal));
    if (process.send === undefined) return;
    // The channel closes when the parent is killed; its children must not outlive it.
    if (process.connected) process.on('disconnect', () => this.request('the parent process is gone'));
    else this.request('the parent process is gone');
  }

  /** Later calls have no effect: on Ctrl-C the app gets SIGINT from the terminal and SIGTERM from its parent. */
  readonly begin = (exitCode = 0): void => {
    if (this.begun) return;
    this.begun = true;
    void this.close(exitCode);
  };

  private request(reason: string): void {
    if (!this.begun) this.logger.log(`Shutting down: ${reason}`, 'App');
    this.begin();
  }

  private async close(exitCode: number): Promise<void> {
    const deadline = setTimeout(() => {
      this.logger.fatal?.(`Not closed within ${DEADLINE_MS / 1000} s; exiting (${resources()})`, 'App');
      exit(1);
    }, DEADLINE_MS);
    process.exitCode = exitCode;
    try {
      this.app.get(HealthRegistry, { strict: false }).beginShutdown();
      await this.app.close();
    } catch (error) {
      this.logger.error('Closing failed', (error as Error).stack, 'App');
      process.exitCode = 1;
    }
    clearTimeout(deadline);
    if (process.connected) await this.tellParent();
    setTimeout(() => {
      this.logger.warn(`Closed, but something still runs (${resources()}); exiting`, 'App');
      exit();
    }, DRAIN_MS).unref();
  }

  private async tellParent(): Promise<void> {
    const message: ClosedMessage = {
      type: 'closed',
      metrics: await this.app.get(Registry, { strict: false }).metrics(),
    };
    // The parent may be gone by now.
    process.send?.(message, undefined, undefined, () => process.connected && process.disconnect());
  }
}

/** The kinds of resources that keep the process up, such as Timeout or TCPSocketWrap. */
function resources(): string {
  return [...new Set(process.getActiveResourcesInfo())].join(', ');
}
