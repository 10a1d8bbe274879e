import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { sessionOf } from '#platform/database/data-source-options.js';
import { singleStatement } from '#platform/database/session-settings.js';
import { sqlStateOf } from '#platform/database/sql-state.js';
import { destroy, withConnection } from '#platform/database/with-connection.js';
import { isStandbyError, orStandbyError } from '#platform/database/standby-error.js';
import { messageOf } from '#platform/errors/message-of.js';
import { repeatUntilShutdown } from './repeat-until-shutdown.js';

const PAUSE_MS = 5000;

/** A longer snapshot would keep VACUUM from the rows that the fold leaves behind. */
const RECOUNT_TIMEOUT_MS = 120_000;

/** After a recount that took too long: as rarely as recounts that end, 1 % of a core. */
const PAUSE_AFTER_TIMEOUT_MS = 100 * RECOUNT_TIMEOUT_MS;
const PAUSE_AFTER_ERROR_MS = 60_000;

/** What the database says of its ledger. */
export interface LedgerState {
  /** Triggers of public.messages that are missing or disabled. */
  readonly triggersOff: readonly string[];
  /** Start of the latest recount; null before the first. */
  readonly recountedAt: Date | null;
  /** Sums that differed from the rows in the latest recount or comparison of days, and were not rebuilt since. */
  readonly differences: number;
  /** Start of what found them; null if there are none. */
  readonly foundAt: Date | null;
}

const STATE_SQL = `
  SELECT triggers_off AS "triggersOff", recounted_at AS "recountedAt", differences::float8 AS differences, found_at AS "foundAt"
  FROM ledger.state`;

/**
 * Watches that the ledger's triggers are enabled, and compares the sums with all rows of messages when it is due: often by day and
 * campaign, which is cheap, and rarely everything. Rows that were written past the triggers make the sums wrong. If several gateways
 * run, one of them compares.
 */
@Injectable()
export class LedgerWatch implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Ledger');
  private readonly abort = new AbortController();
  private runs: readonly Promise<void>[] = [];

  /** As last read; undefined before the first time, and in a mart that mart-init has not migrated. */
  state: LedgerState | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly connection: DatabaseConnection,
  ) {}

  onApplicationBootstrap(): void {
    this.runs = [
      this.repeat(() => this.readState()),
      this.repeat(() => this.check('ledger.recount_when_due()'), pauseAfter),
      this.repeat(() => this.check('ledger.compare_when_due()'), pauseAfter),
    ];
  }

  onModuleDestroy(): void {
    this.abort.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.runs);
  }

  private repeat(work: () => Promise<void>, pauseAfterError = (_: unknown) => PAUSE_MS): Promise<void> {
    const { signal } = this.abort;
    let lastError: string | undefined;
    return repeatUntilShutdown(this.connection, signal, async () => {
      try {
        await work();
        lastError = undefined;
        return PAUSE_MS;
      } catch (error) {
        const message = messageOf(error);
        // LedgerFolder has logged a standby.
        if (message !== lastError && !signal.aborted && !isStandbyError(orStandbyError(error))) {
          this.logger.warn(`The sums of the ledger were not checked: ${message}`);
        }
        lastError = message;
        return pauseAfterError(error);
      }
    });
  }

  private async readState(): Promise<void> {
    [this.state] = await this.connection.probe<LedgerState>(STATE_SQL);
  }

  private async check(call: string): Promise<void> {
    const { signal } = this.abort;
    const session = sessionOf(this.dataSource);
    const text = singleStatement(`SELECT ${call}`, {
      settings: { ...session.settings, statement_timeout: String(RECOUNT_TIMEOUT_MS) },
    });
    await withConnection(this.dataSource, async (_runner, client) => {
      // The server cancels a statement whose client is gone.
      const leave = () => destroy(client);
      signal.addEventListener('abort', leave, { once: true });
      try {
        // Longer than the server's own, as in the options of every pool.
        await client.query({ text, query_timeout: RECOUNT_TIMEOUT_MS + 5000 } as { text: string });
      } finally {
        signal.removeEventListener('abort', leave);
      }
    });
  }
}

const QUERY_CANCELED = '57014';

function pauseAfter(error: unknown): number {
  return sqlStateOf(error) === QUERY_CANCELED ? PAUSE_AFTER_TIMEOUT_MS : PAUSE_AFTER_ERROR_MS;
}
