import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { databaseMessageOf } from '#platform/database/connection-fault.js';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { endLostSession, SESSION_ACTIVITY, waitOf, type SessionActivity } from '#platform/database/session-activity.js';
import { isLostServer } from '#platform/database/sql-state.js';
import { messageOf } from '#platform/errors/message-of.js';
import { HealthRegistry, type HealthState } from '#platform/health/health-registry.js';
import { WarningThrottle } from '#platform/logging/warning-throttle.js';
import { retryForever, type RetryOptions } from '#platform/retry/backoff.js';
import type { OnBegin } from './message-writer.js';

/** When an attempt takes longer than this, the server is queried for what the write waits for. */
const LONG_MS = 5000;
const SCAN_EVERY_MS = 1000;

/** An attempt whose session has been lost for this long is cut off. */
const LOST_MS = 10_000;

/** One write, of a batch or of positions, with all its attempts. */
class WatchedWrite {
  readonly since = new Date();
  /** Backend process of the current attempt. */
  pid: number | undefined;
  /** Ends the current attempt by closing its connection. */
  abandon: (() => void) | undefined;
  lastError: string | undefined;
  isOutage = false;
  /** What the current attempt, or else the last one, waits for. */
  wait: string | undefined;
  private attemptSince: number | undefined;

  private readonly onBegin: OnBegin = (pid, abandon) => {
    this.pid = pid;
    this.abandon = abandon;
  };

  async attempt<T>(write: (onBegin: OnBegin) => Promise<T>): Promise<T> {
    this.attemptSince = performance.now();
    this.pid = this.abandon = undefined;
    try {
      return await write(this.onBegin);
    } catch (error) {
      this.lastError = databaseMessageOf(error);
      this.isOutage = isLostServer(error);
      throw error;
    } finally {
      this.attemptSince = undefined;
    }
  }

  /** How long the current attempt has taken. */
  get ms(): number {
    return this.attemptSince === undefined ? 0 : performance.now() - this.attemptSince;
  }

  /** Why it is not written yet; undefined when nothing is wrong. */
  get problem(): string | undefined {
    return [this.lastError, this.wait].filter(Boolean).join('; ') || undefined;
  }
}

/**
 * Retries writes until they succeed, and reports on /readyz since when and why the mart is behind. If an attempt takes
 * long, the server is queried for what it waits for. So a lock, a standby or a lost connection is reported long before
 * the statement times out, and a slow write that makes progress is not. Sessions of frozen or dead consumers that block
 * the write are terminated, and connections whose answer was lost are closed.
 */
@Injectable()
export class WriteWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(WriteWatch.name);
  private readonly writes = new Set<WatchedWrite>();
  private readonly warnings = new WarningThrottle();
  /** Whether a warning was logged since the last recovery. */
  private hasWarned = false;
  private lastWritten = 0;
  private timer: NodeJS.Timeout | undefined;
  private isScanning = false;

  constructor(
    private readonly database: DatabaseConnection,
    health: HealthRegistry,
  ) {
    health.registerReadiness('mart', () => this.state());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.scan(), SCAN_EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * Writes, and retries until it succeeds.
   *
   * @param failure logged when an attempt fails, such as "Batch not written"
   * @throws the signal's reason
   */
  async untilWritten<T>(
    failure: string,
    write: (onBegin: OnBegin) => Promise<T>,
    { onRetry, ...options }: RetryOptions = {},
  ): Promise<T> {
    const watched = new WatchedWrite();
    this.writes.add(watched);
    try {
      const written = await retryForever(() => watched.attempt(write), {
        ...options,
        onRetry: (error, attempt, delayMs) => {
          onRetry?.(error, attempt, delayMs);
          this.warnOfFailure(failure, watched, attempt, delayMs);
        },
      });
      this.lastWritten = Date.now();
      if (watched.problem && this.hasWarned) {
        this.logger.log('Writing again');
        this.hasWarned = false;
      }
      return written;
    } finally {
      this.writes.delete(watched);
    }
  }

  private state(): HealthState {
    const stuck = [...this.writes].find(({ problem }) => problem !== undefined);
    if (!stuck) return { up: true };
    const what = this.lastWritten > stuck.since.getTime() ? 'one batch not written' : 'nothing written';
    return { up: false, detail: `${what} since ${stuck.since.toISOString()}: ${stuck.problem}` };
  }

  private async scan(): Promise<void> {
    const long = [...this.writes].filter(({ ms }) => ms >= LONG_MS);
    if (long.length === 0 || this.isScanning) return;
    this.isScanning = true;
    try {
      const sessions = await this.database.probe<SessionActivity>(SESSION_ACTIVITY);
      for (const write of long) {
        const session = sessions.find(({ pid }) => pid === write.pid);
        const loss = lossOf(session);
        this.setWait(write, loss ?? (session && waitOf(session)));
        if (loss !== undefined && write.ms >= LOST_MS) write.abandon?.();
        for (const { pid, is_lost: isLost } of session?.blockers ?? []) if (isLost) await this.endLost(pid);
      }
    } catch (error) {
      for (const write of long) {
        this.setWait(write, `no answer for ${Math.round(write.ms / 1000)} s (${messageOf(error)})`);
      }
    } finally {
      this.isScanning = false;
    }
  }

  private setWait(write: WatchedWrite, wait: string | undefined): void {
    if (wait !== undefined && write.problem === undefined) {
      this.hasWarned = true;
      this.logger.warn(`Batch not written yet: ${wait}`);
    }
    write.wait = wait;
  }

  private warnOfFailure(
    failure: string,
    { lastError, isOutage, problem }: WatchedWrite,
    attempt: number,
    delayMs: number,
  ): void {
    const line = `${failure}: ${problem}; attempt ${attempt}, next in ${Math.round(delayMs)} ms`;
    // A server that stops fails attempts with several messages. Log the outage once.
    const text = isOutage ? 'outage' : `${failure}: ${lastError}`;
    if (this.warnings.warn(this.logger, text, line)) this.hasWarned = true;
  }

  private async endLost(pid: number): Promise<void> {
    const ended = await this.database.execute(endLostSession(pid));
    if (ended.length > 0) this.logger.warn(`Terminated session ${pid} of a frozen or dead consumer`);
  }
}

/** How the connection was lost; undefined while the server is still working. @param session undefined if the server has no such session */
function lossOf(session: SessionActivity | undefined): string | undefined {
  if (session === undefined) return 'its session in PostgreSQL has ended, but the connection is still open';
  const isDone = session.state.startsWith('idle') && session.seconds * 1000 >= LONG_MS;
  return isDone ? 'PostgreSQL has answered, but the answer does not arrive' : undefined;
}
