import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { isStandbyError } from '#platform/database/standby-error.js';
import { messageOf } from '#platform/errors/message-of.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { repeatUntilShutdown } from './repeat-until-shutdown.js';

/** Short, so that a view adds up the deltas of a few seconds at most. */
const PAUSE_MS = 2000;

/** While the same old snapshot keeps dead deltas, each VACUUM reads all of them in vain. So it takes at most a twentieth of the time. */
const VACUUM_PAUSE = 19;

/** How long an index that could not be created or dropped is left alone, because each attempt may keep writers waiting for 0.1 s. */
const INDEX_PAUSE_MS = 30_000;

/** The deltas of two seconds at full rate need a tenth of it. */
const LARGE_BYTES = 32 * 1024 * 1024;

/** The flush lets the statistics know of the fold before a VACUUM, and not after it. */
const FOLD_SQL = `
  SELECT ledger.fold()::integer AS folded, pg_stat_get_dead_tuples('ledger.deltas'::regclass) > 0 AS "hasDead",
         pg_relation_size('ledger.deltas') > ${LARGE_BYTES} AS "isLarge",
         (SELECT seconds FROM ledger.oldest_snapshot()) AS "snapshotSeconds", pg_stat_force_next_flush()`;

interface Fold {
  readonly folded: number;
  readonly hasDead: boolean;
  readonly isLarge: boolean;
  /** Age of the oldest snapshot of others; null if none is known. */
  readonly snapshotSeconds: number | null;
}

/**
 * Folds the deltas of the ledger into its sums while the app runs. The views are exact without it; folding keeps them fast. If several
 * gateways run, only one folds at a time.
 */
@Injectable()
export class LedgerFolder implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Ledger');
  private readonly abort = new AbortController();
  private readonly folded;
  private run: Promise<void> | undefined;
  /** When the last VACUUM began, and when the next one may begin, in ms of `performance`. */
  private vacuumedAt = 0;
  private vacuumAfter = 0;
  /** When the index of the deltas may be changed next, in ms of `performance`. */
  private indexAfter = 0;
  /** Why the latest attempts failed, and since when in ms of `performance`; undefined after a success. */
  failure: { readonly message: string; readonly since: number } | undefined;

  /** Whether the server of DATABASE_URL is a standby, where nothing can be folded. */
  onStandby = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly connection: DatabaseConnection,
    metrics: Metrics,
  ) {
    this.folded = metrics.counter('deltasFolded');
  }

  onApplicationBootstrap(): void {
    this.run = repeatUntilShutdown(this.connection, this.abort.signal, async () => {
      await this.foldAll();
      return PAUSE_MS;
    });
  }

  onModuleDestroy(): void {
    this.abort.abort();
  }

  /** The pool is closed after this. DatabaseConnection has already ended a wait for the first connection. */
  async onApplicationShutdown(): Promise<void> {
    await this.run;
  }

  /** Never rejects: the next attempt may succeed, and the views are exact without it. */
  private async foldAll(): Promise<void> {
    try {
      let folded = 1;
      while (folded > 0 && !this.abort.signal.aborted) {
        const [row] = await this.connection.execute<Fold>(FOLD_SQL);
        folded = row?.folded ?? 0;
        this.folded.inc(folded);
        if (row && (folded > 0 || row.hasDead)) await this.vacuum(row);
      }
      if (this.failure || this.onStandby) this.logger.log('Folding again');
      this.failure = undefined;
      this.onStandby = false;
    } catch (error) {
      const message = messageOf(error);
      if (isStandbyError(error)) return this.leaveToPrimary(message);
      if (message !== this.failure?.message) this.logger.warn(`The ledger was not folded: ${message}`);
      this.failure = { message, since: this.failure?.since ?? performance.now() };
    }
  }

  /** No failure: the component postgresql reports a standby, and a gateway that is connected to the primary folds. */
  private leaveToPrimary(message: string): void {
    if (!this.onStandby) this.logger.warn(`This gateway does not fold the ledger: ${message}`);
    this.onStandby = true;
    this.failure = undefined;
  }

  /**
   * At full rate half a million rows are added and deleted each minute. Autovacuum, once a minute, would let the table grow. A table
   * that has grown, because of a backlog or an old snapshot, is cut back, as views read its empty pages too.
   */
  private async vacuum({ isLarge, snapshotSeconds }: Fold): Promise<void> {
    const began = performance.now();
    const hasOldSnapshotEnded = snapshotSeconds !== null && began - 1000 * snapshotSeconds > this.vacuumedAt;
    if (began < this.vacuumAfter && !hasOldSnapshotEnded) return;
    await this.dataSource.query(`VACUUM ${isLarge ? '(TRUNCATE) ' : ''}ledger.deltas`);
    const ended = performance.now();
    this.vacuumedAt = began;
    this.vacuumAfter = ended + VACUUM_PAUSE * (ended - began);
    if (ended < this.indexAfter) return;
    const [row] = await this.connection.execute<{ done: boolean }>('SELECT ledger.index_kept_deltas() AS done');
    if (row?.done === false) this.indexAfter = ended + INDEX_PAUSE_MS;
  }
}
