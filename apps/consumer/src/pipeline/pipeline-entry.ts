import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeLiteral } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import type { DatabaseConnection } from '#platform/database/database-connection.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { sqlStateOf } from '#platform/database/sql-state.js';
import { destroy } from '#platform/database/with-connection.js';
import { messageOf } from '#platform/errors/message-of.js';
import { WarningThrottle } from '#platform/logging/warning-throttle.js';
import { orAborted } from '#platform/retry/or-aborted.js';
import type { WriteWatch } from '../persist/write-watch.js';
import {
  AnotherPipelineError,
  FORGOTTEN_AFTER_SECONDS,
  sourceOf,
  type OtherPipeline,
} from './another-pipeline-error.js';

/** Three updates may fail before other pipelines no longer see the entry. */
const UPDATE_EVERY_MS = 15_000;
const UPDATE_TIMEOUT_MS = 5000;

/** How long a shutdown waits for the entry to be deleted. */
const RELEASE_MS = 1000;

/** undefined_table and insufficient_privilege: mart-init has not migrated the mart yet, or has granted nothing. */
const NOT_MIGRATED = new Set(['42P01', '42501']);

/** Starters wait for each other; readers and pg_dump do not. */
const LOCK = 'LOCK TABLE public.pipelines IN SHARE ROW EXCLUSIVE MODE';

const FORGET_OLD = `DELETE FROM public.pipelines WHERE seen_at < clock_timestamp() - interval '1 day'`;

/** Ignores entries of the future: the server's clock was set back, or another server took over. */
const selectOther = (process: string, cluster: string, topic: string) => `
  SELECT engine, kafka_cluster, topic, greatest(0, extract(epoch FROM clock_timestamp() - seen_at))::integer AS seconds
  FROM public.pipelines
  WHERE process <> ${process} AND (kafka_cluster, topic) <> (${cluster}, ${topic})
    AND seen_at > clock_timestamp() - interval '${FORGOTTEN_AFTER_SECONDS} s'
    AND seen_at < clock_timestamp() + interval '${FORGOTTEN_AFTER_SECONDS} s'
  ORDER BY seen_at DESC LIMIT 1`;

const upsert = (process: string, cluster: string, topic: string) => `
  INSERT INTO public.pipelines (process, engine, kafka_cluster, topic, seen_at)
  VALUES (${process}, 'consumer', ${cluster}, ${topic}, clock_timestamp())
  ON CONFLICT (process) DO UPDATE
  SET kafka_cluster = excluded.kafka_cluster, topic = excluded.topic, seen_at = excluded.seen_at`;

/**
 * This consumer's entry in the table `pipelines`. While it exists, an engine of another topic or Kafka cluster does not start on the
 * same mart.
 */
export class PipelineEntry {
  private readonly logger = new Logger('Pipeline');
  private readonly warnings = new WarningThrottle();
  private readonly process = randomUUID();
  /** Undefined until this consumer may write. */
  private cluster: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private updating: Promise<void> | undefined;
  private readonly decided: Promise<void>;
  private accept!: () => void;
  private refuse!: (error: AnotherPipelineError) => void;

  constructor(
    private readonly database: DatabaseConnection,
    private readonly dataSource: DataSource,
    private readonly watch: WriteWatch,
    private readonly topic: string,
  ) {
    this.decided = new Promise((resolve, reject) => {
      this.accept = resolve;
      this.refuse = reject;
    });
    this.decided.catch(() => undefined);
  }

  /**
   * Adds the entry. Waits for the database. Call it before each attempt to read; only the first one can be refused, because all
   * consumers of a topic go over to another cluster together.
   *
   * @param cluster id of the Kafka cluster; empty if it has none
   * @throws AnotherPipelineError; the signal's reason
   */
  async enter(cluster: string, signal: AbortSignal): Promise<void> {
    if (this.cluster === undefined) await this.claim(cluster, signal);
    this.cluster = cluster;
    this.timer ??= setInterval(() => this.update(), UPDATE_EVERY_MS).unref();
    this.accept();
  }

  /** Waits until the entry is added or the consumer shuts down. @throws AnotherPipelineError, which ends the app */
  failIfRefused(): Promise<void> {
    return this.decided;
  }

  /** Deletes the entry, so that another pipeline can start at once. Never rejects. */
  async leave(): Promise<void> {
    this.accept();
    clearInterval(this.timer);
    if (this.cluster === undefined) return;
    await Promise.race([this.delete(), sleep(RELEASE_MS, undefined, { ref: false })]);
  }

  private async claim(cluster: string, signal: AbortSignal): Promise<void> {
    await orAborted(this.database.whenReady(), signal);
    try {
      await this.watch.untilWritten(
        'Pipeline not entered',
        (onBegin) =>
          inTransaction(this.dataSource, (runner, client, pid) => {
            onBegin(pid, () => destroy(client));
            return this.insert(runner, cluster);
          }).catch((error: unknown) => this.unlessMissing(error)),
        { signal, isRetriable: (error) => !(error instanceof AnotherPipelineError) },
      );
    } catch (error) {
      if (error instanceof AnotherPipelineError) this.refuse(error);
      throw error;
    }
  }

  private async insert(runner: QueryRunner, cluster: string): Promise<void> {
    const own = [this.process, cluster, this.topic];
    await runner.query(LOCK);
    const [other] = (await runner.query(selectOther('$1', '$2', '$3'), own)) as OtherPipeline[];
    if (other !== undefined) throw new AnotherPipelineError(other);
    await runner.query(FORGET_OLD);
    await runner.query(upsert('$1', '$2', '$3'), own);
  }

  private unlessMissing(error: unknown): void {
    if (!NOT_MIGRATED.has(sqlStateOf(error) ?? '')) throw error;
    this.logger.warn(`${messageOf(error)}: a second pipeline on this mart is not noticed. Run mart-init`);
  }

  private update(): void {
    // The next one makes up for an update that fails.
    this.updating ??= this.write()
      .catch(() => undefined)
      .finally(() => (this.updating = undefined));
  }

  /** Adds the entry again if it is gone, as after a restore. */
  private async write(): Promise<void> {
    const own = [this.process, this.cluster ?? '', this.topic].map(escapeLiteral) as [string, string, string];
    const statement = `WITH entered AS (${upsert(...own)}) ${selectOther(...own)}`;
    const [other] = await this.database.execute<OtherPipeline>(statement, UPDATE_TIMEOUT_MS);
    if (other === undefined) return;
    const text = `Another pipeline writes into this mart as well: ${sourceOf(other)} (${other.engine}). Stop one of them`;
    if (this.warnings.shouldWarn(text)) this.logger.error(text);
  }

  private async delete(): Promise<void> {
    await this.updating;
    const statement = `DELETE FROM public.pipelines WHERE process = ${escapeLiteral(this.process)}`;
    await this.database.execute(statement, RELEASE_MS).catch(() => undefined);
  }
}
