import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { messageOf } from '#platform/errors/message-of.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { abortableSleep } from '#platform/retry/backoff.js';

/** Short, so that a view never has more than the deltas of some seconds to add up. */
const PAUSE_MS = 2000;

/**
 * Folds the ledger's deltas into its sums, now and then, for as long as the app runs. The mart's figures are exact
 * without it; it keeps them fast. Of several gateways one folds at a time, the others find nothing to do.
 */
@Injectable()
export class LedgerFolder implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  readonly #logger = new Logger('Ledger');
  readonly #abort = new AbortController();
  readonly #folded;
  #run: Promise<void> | undefined;
  #trouble: string | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly connection: DatabaseConnection,
    metrics: Metrics,
  ) {
    this.#folded = metrics.counter('deltasFolded');
  }

  onApplicationBootstrap(): void {
    this.#run = this.foldUntilShutdown();
  }

  onModuleDestroy(): void {
    this.#abort.abort();
  }

  /** The pool is closed after this. While there is no connection yet, DatabaseConnection ends the waiting before it. */
  async onApplicationShutdown(): Promise<void> {
    await this.#run;
  }

  private async foldUntilShutdown(): Promise<void> {
    const { signal } = this.#abort;
    try {
      await this.connection.whenReady();
      for (;;) {
        await this.foldAll();
        await abortableSleep(PAUSE_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Never rejects: whatever is wrong may be right the next time, and the figures do not depend on it. */
  private async foldAll(): Promise<void> {
    try {
      let any = false;
      while (!this.#abort.signal.aborted) {
        const [row] = await this.connection.execute<{ folded: number }>('SELECT ledger.fold()::integer AS folded');
        const folded = row?.folded ?? 0;
        if (folded === 0) break;
        any = true;
        this.#folded.inc(folded);
      }
      // At full rate half a million rows come and go a minute: more than autovacuum, once a minute, keeps small.
      if (any) await this.dataSource.query('VACUUM ledger.deltas');
      if (this.#trouble) this.#logger.log('Folding again');
      this.#trouble = undefined;
    } catch (error) {
      const trouble = messageOf(error);
      if (trouble !== this.#trouble) this.#logger.warn(`The ledger was not folded: ${trouble}`);
      this.#trouble = trouble;
    }
  }
}
