import type { INestApplication, LoggerService } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HealthRegistry } from '../health/health-registry.js';
import { exit } from './exit.js';

/** Kubernetes kills after 30 s, people and the local orchestrator sooner; who is slower than this hangs. */
const DEADLINE_MS = 10_000;

/** Once everything is closed the process has this long to end by itself before it says what keeps it up. */
const DRAIN_MS = 2000;

/** Sent to the parent over the IPC channel: counters have their last values when nobody can ask for them any more. */
export interface ClosedMessage {
  type: 'closed';
  /** As on /metrics. */
  metrics: string;
}

/** The one way out of a running app. */
export class Shutdown {
  private begun = false;

  constructor(
    private readonly app: INestApplication,
    private readonly logger: LoggerService,
  ) {}

  /** Nest's own shutdown hooks end the process by the signal, thus never with exit code 0, and know no deadline. */
  listenForRequests(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.request(signal));
    if (process.send === undefined) return;
    // A killed parent closes the channel: nothing it started may outlive it.
    if (process.connected) process.on('disconnect', () => this.request('the parent process is gone'));
    else this.request('the parent process is gone');
  }

  /** Later calls change nothing: Ctrl-C reaches a whole process group, and its parent sends SIGTERM as well. */
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
      this.logger.fatal?.(`Not closed within ${DEADLINE_MS / 1000} s, giving up (${resources()})`, 'App');
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
      this.logger.warn(`Closed, but something still runs (${resources()}); ending it`, 'App');
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

/** Kinds of what keeps the process up, such as Timeout or TCPSocketWrap. */
function resources(): string {
  return [...new Set(process.getActiveResourcesInfo())].join(', ');
}
