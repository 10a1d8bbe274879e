import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { SESSION_ACTIVITY, waitOf, type SessionActivity } from '#platform/database/session-activity.js';
import { migrate, type MigrationResult } from '#schema/migrate.js';
import { DependentsError } from '#schema/mart/dependents-error.js';
import { APP_ROLE, QUARANTINE_ROLE, type Passwords } from '#schema/mart/grant-access.js';
import { ROLE_PASSWORDS } from '../config/mart-init-config.js';
import { waitForLock } from '../mart-init-lock.js';
import { MartInUseError } from './mart-in-use-error.js';

/** Readers wait behind a lock that is waited for. So attempts are short at first, and longer only if writers keep them from succeeding. */
const LOCK_TIMEOUTS_S = [2, 4, 8] as const;

/** How often the server is queried for what the migration waits for. */
const WATCH_EVERY_MS = 1000;

/** Brings tables, views and roles up to date. */
@Injectable()
export class MigrateService {
  private readonly logger = new Logger('Migrations');

  private attempts = 0;
  /** Sessions that were logged as holding a lock. */
  private readonly reported = new Set<number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly connection: DatabaseConnection,
    @Inject(ROLE_PASSWORDS) private readonly passwords: Passwords,
  ) {}

  /**
   * Migrates in one transaction. A concurrent mart-init waits until it ends.
   *
   * @throws MartInUseError; QueryFailedError 55P03 if others held a lock for too long: call it again
   */
  async migrate(signal: AbortSignal): Promise<void> {
    const { migrations, restoredTriggers, redefined, missingRoles } = await this.migrateOnce(signal);
    for (const name of migrations) this.logger.log(`Executed ${name}`);
    if (migrations.length === 0) this.logger.log('The tables are up to date: no migrations were pending');
    if (restoredTriggers.length > 0) {
      this.logger.warn(
        `These triggers of messages were missing or disabled: ${restoredTriggers.join(', ')}. They count again, and all ` +
          'rows were recounted, as some may have been written meanwhile',
      );
    }
    this.logger.log(redefined ? 'Created the views of the schema mart' : 'The views of the schema mart are up to date');
    if (missingRoles.length > 0) this.logger.warn(withoutRoles(missingRoles));
  }

  private async migrateOnce(signal: AbortSignal): Promise<MigrationResult> {
    const timeout = LOCK_TIMEOUTS_S[this.attempts++] ?? LOCK_TIMEOUTS_S.at(-1);
    let watch: NodeJS.Timeout | undefined;
    try {
      return await inTransaction(this.dataSource, async (runner, _client, pid) => {
        await waitForLock(runner, signal, this.logger);
        await runner.query(`SET LOCAL lock_timeout = '${timeout}s'`);
        watch = setInterval(() => void this.reportWait(pid), WATCH_EVERY_MS);
        return migrate(this.dataSource, runner, this.passwords);
      });
    } catch (error) {
      if (error instanceof DependentsError) throw new MartInUseError(error);
      throw error;
    } finally {
      clearInterval(watch);
    }
  }

  /** Logs each session once that holds a lock that the migration waits for. */
  private async reportWait(pid: number): Promise<void> {
    try {
      const sessions = await this.connection.probe<SessionActivity>(SESSION_ACTIVITY);
      const session = sessions.find((each) => each.pid === pid);
      const pids = (session?.blockers ?? []).map((blocker) => blocker.pid);
      if (pids.every((each) => this.reported.has(each))) return;
      for (const each of pids) this.reported.add(each);
      const ends = pids.map((each) => `SELECT pg_terminate_backend(${each})`).join('; ');
      this.logger.warn(`The migration ${waitOf(session!)}. It goes on when that transaction ends; to end it: ${ends}`);
    } catch {
      // The migration itself reports a lost server.
    }
  }
}

function withoutRoles(roles: readonly string[]): string {
  const effect = roles.some((role) => role !== QUARANTINE_ROLE)
    ? 'No privileges were granted'
    : `Nobody was granted the bytes of rejected records but ${APP_ROLE}`;
  const statements = roles.map((role) => `CREATE ROLE ${role};`).join(' ');
  return (
    `${effect}, because ${roles.join(' and ')} ${roles.length === 1 ? 'does' : 'do'} not exist and this user may not create roles. ` +
    `As an administrator: ${statements} Then run mart-init again.`
  );
}
