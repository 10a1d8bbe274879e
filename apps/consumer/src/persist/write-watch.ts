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

/** An attempt that takes longer is looked at. */
const LONG_MS = 5000;
const LOOK_EVERY_MS = 1000;

/** PostgreSQL answered this long ago and nothing has arrived: the connection is lost. */
const LOST_MS = 10_000;

/** What is being written: a batch, or positions. */
class WatchedWrite {
  readonly since = new Date();
  /** PostgreSQL's process for the attempt under way. */
  pid: number | undefined;
  /** Ends the attempt under way by closing its connection. */
  abandon: (() => void) | undefined;
  /** Why the last attempt failed. */
  error: string | undefined;
  isOutage = false;
  /** What the attempt under way, or the last one, waits for. */
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
      this.error = databaseMessageOf(error);
      this.isOutage = isLostServer(error);
      throw error;
    } finally {
      this.attemptSince = undefined;
    }
  }

  /** How long the attempt under way has taken. */
  get ms(): number {
    return this.attemptSince === undefined ? 0 : performance.now() - this.attemptSince;
  }

  get trouble(): string | undefined {
    return [this.error, this.wait].filter(Boolean).join('; ') || undefined;
  }
}

/**
 * Says on /readyz which batches cannot be written, each for itself, and why. A write that takes long is looked up in the
 * server: one that waits for a lock, for a standby or for an answer that never comes is in trouble long before its
 * statement times out, and one that is slow and gets on is not. A session that holds it up and whose consumer is
 * frozen or gone is ended, and a connection whose answer is lost is given up.
 */
@Injectable()
export class WriteWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(WriteWatch.name);
  private readonly writes = new Set<WatchedWrite>();
  private readonly warnings = new WarningThrottle();
  /** Whether something was said since all was well. */
  private isTroubled = false;
  private lastWritten = 0;
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;

  constructor(
    private readonly database: DatabaseConnection,
    health: HealthRegistry,
  ) {
    health.registerReadiness('mart', () => this.state());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * Tries to write until that succeeds.
   *
   * @param failure what to say of an attempt that fails, such as "Batch not written"
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
          this.sayFailed(failure, watched, attempt, delayMs);
        },
      });
      this.lastWritten = Date.now();
      if (watched.trouble && this.isTroubled) {
        this.logger.log('Writing again');
        this.isTroubled = false;
      }
      return written;
    } finally {
      this.writes.delete(watched);
    }
  }

  private state(): HealthState {
    const troubled = [...this.writes].find(({ trouble }) => trouble !== undefined);
    if (!troubled) return { up: true };
    const what = this.lastWritten > troubled.since.getTime() ? 'one batch is not' : 'nothing is';
    return { up: false, detail: `${what} written since ${troubled.since.toISOString()}: ${troubled.trouble}` };
  }

  private async look(): Promise<void> {
    const long = [...this.writes].filter(({ ms }) => ms >= LONG_MS);
    if (long.length === 0 || this.isLooking) return;
    this.isLooking = true;
    try {
      const sessions = await this.database.probe<SessionActivity>(SESSION_ACTIVITY);
      for (const write of long) {
        const session = sessions.find(({ pid }) => pid === write.pid);
        const loss = lossOf(session);
        this.waits(write, loss ?? (session && waitOf(session)));
        if (loss !== undefined && write.ms >= LOST_MS) write.abandon?.();
        for (const { pid, is_lost: isLost } of session?.blockers ?? []) if (isLost) await this.endLost(pid);
      }
    } catch (error) {
      for (const write of long) {
        this.waits(write, `no answer for ${Math.round(write.ms / 1000)} s (${messageOf(error)})`);
      }
    } finally {
      this.isLooking = false;
    }
  }

  private waits(write: WatchedWrite, wait: string | undefined): void {
    if (wait !== undefined && write.trouble === undefined) {
      this.isTroubled = true;
      this.logger.warn(`Batch not written yet: ${wait}`);
    }
    write.wait = wait;
  }

  private sayFailed(
    failure: string,
    { error, isOutage, trouble }: WatchedWrite,
    attempt: number,
    delayMs: number,
  ): void {
    const line = `${failure}: ${trouble}; attempt ${attempt}, next in ${Math.round(delayMs)} ms`;
    // The end of a server has several messages, and is one outage.
    const text = isOutage ? 'outage' : `${failure}: ${error}`;
    if (this.warnings.warn(this.logger, text, line)) this.isTroubled = true;
  }

  private async endLost(pid: number): Promise<void> {
    const ended = await this.database.execute(endLostSession(pid));
    if (ended.length > 0) this.logger.warn(`Ended session ${pid} of a consumer that is frozen or gone`);
  }
}

/** How an answer got lost; undefined where there is none yet. @param session undefined where the server knows no such session */
function lossOf(session: SessionActivity | undefined): string | undefined {
  if (session === undefined) return 'its session in PostgreSQL has ended, and the connection does not say so';
  const isDone = session.state.startsWith('idle') && session.seconds * 1000 >= LONG_MS;
  return isDone ? 'PostgreSQL has answered, and the answer does not arrive' : undefined;
}
