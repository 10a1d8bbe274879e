import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { DataSource, type QueryRunner } from 'typeorm';
import { classifyDatabaseError, sqlStateOf } from '#platform/database/sql-state.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { destroy } from '#platform/database/with-connection.js';
import { versionOf, type CleanedBatch, type CleanedRow, type RejectedRecord } from '../clean/clean-batch.js';
import { copyPieces } from './copy-pieces.js';
import { withoutErased } from './erased-clients.js';
import { COPY_ROWS, COPY_STAGED, CREATE_STAGED, DELETE_STAGED, MERGE_STAGED, SELECT_VERSIONS } from './message-sql.js';
import { microsecondsOf } from './microseconds-of.js';
import { insertQuarantined, type QuarantinedByReason } from './quarantine.js';
import { settleRedriven } from './settle-redriven.js';

/** What writing a batch changed in the mart. */
export interface Written {
  readonly inserted: number;
  readonly updated: number;
  /** Rows whose stored version was as new or newer. */
  readonly unchanged: number;
  /** Records newly in quarantine, by reason. */
  readonly quarantined: QuarantinedByReason;
  /** Rows and rejected records of erased clients, which are not written. */
  readonly erased: number;
  /** Start time of the server that has it. */
  readonly server: string;
}

/** Called when a transaction begins. `abandon` closes its connection if it no longer responds. */
export type OnBegin = (pid: number, abandon: () => void) => void;

type RowCounts = Omit<Written, 'quarantined' | 'erased' | 'server'>;

const UNIQUE_VIOLATION = '23505';

/** Writes cleaned batches to the mart, each in one transaction. */
@Injectable()
export class MessageWriter {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Stores the rows and quarantines the rejected records of a batch, all or nothing. Safe to repeat.
   *
   * Nearly every row of a stream is new, and COPY into the table is by far the cheapest way to write new rows. So stored
   * versions are looked up first: new rows are copied, newer versions merged, others skipped. If another writer inserts
   * one of the new rows meanwhile, the whole batch is merged instead.
   *
   * @param onBegin called for each transaction; there are several if the database refuses a record
   * @throws database errors that no single record causes. A row that the database refuses is quarantined; a quarantined
   *   record that it refuses is stored without its bytes
   */
  async write(batch: CleanedBatch, onBegin: OnBegin = () => undefined): Promise<Written> {
    try {
      return await this.transaction(batch, copyNewRows, onBegin);
    } catch (error) {
      if (classifyDatabaseError(error) !== 'data') throw error;
      if (sqlStateOf(error) === UNIQUE_VIOLATION) {
        try {
          return await this.transaction(batch, mergeRows, onBegin);
        } catch (second) {
          if (classifyDatabaseError(second) !== 'data') throw second;
        }
      }
      return await this.transaction(batch, mergeEachHalf, onBegin, true);
    }
  }

  private transaction(batch: CleanedBatch, writeRows: WriteRows, onBegin: OnBegin, careful = false): Promise<Written> {
    return inTransaction(this.dataSource, async (runner, client, pid, server) => {
      onBegin(pid, () => destroy(client));
      const refused: RejectedRecord[] = [];
      const rows = await withoutErased(runner, batch.rows);
      const counts = await writeRows(rows, runner, client, refused);
      const quarantined = await insertQuarantined(runner, [...batch.rejected, ...refused], careful);
      await settleRedriven(runner, batch.redriven);
      const erased = batch.rows.length - rows.length + quarantined.erased;
      return { ...counts, quarantined: quarantined.byReason, erased, server };
    });
  }
}

/** @param refused receives the rows that the database refuses */
type WriteRows = (
  rows: readonly CleanedRow[],
  runner: QueryRunner,
  client: PoolClient,
  refused: RejectedRecord[],
) => Promise<RowCounts>;

const copyNewRows: WriteRows = async (rows, runner, client) => {
  if (rows.length === 0) return { inserted: 0, updated: 0, unchanged: 0 };
  const stored = (await runner.query(SELECT_VERSIONS, [`{${rows.map(({ id }) => id).join(',')}}`])) as {
    id: string;
    version: number;
  }[];
  if (stored.length === 0) {
    await copyRows(client, COPY_ROWS, rows);
    return { inserted: rows.length, updated: 0, unchanged: 0 };
  }
  const versions = new Map(stored.map(({ id, version }) => [id, version]));
  const fresh: CleanedRow[] = [];
  const newer: CleanedRow[] = [];
  for (const row of rows) {
    const version = versions.get(row.id);
    if (version === undefined) fresh.push(row);
    else if (version < microsecondsOf(versionOf(row))) newer.push(row);
  }
  if (fresh.length > 0) await copyRows(client, COPY_ROWS, fresh);
  const merged = await mergeRows(newer, runner, client, []);
  return {
    inserted: fresh.length + merged.inserted,
    updated: merged.updated,
    unchanged: rows.length - fresh.length - merged.inserted - merged.updated,
  };
};

async function copyRows(client: PoolClient, statement: string, rows: readonly CleanedRow[]): Promise<void> {
  await pipeline(copyPieces(rows), client.query(copyFrom(statement)));
}

const mergeRows: WriteRows = async (rows, runner, client) => {
  if (rows.length === 0) return { inserted: 0, updated: 0, unchanged: 0 };
  await runner.query(CREATE_STAGED);
  await copyRows(client, COPY_STAGED, rows);
  const written = (await runner.query(MERGE_STAGED)) as { inserted: boolean }[];
  const inserted = written.filter((row) => row.inserted).length;
  return { inserted, updated: written.length - inserted, unchanged: rows.length - written.length };
};

/** Bisects the rows until each row that the database refuses is found, so that one bad row never blocks its batch. */
const mergeEachHalf: WriteRows = async (rows, runner, client, refused) => {
  await runner.query('SAVEPOINT rows');
  try {
    const counts = await mergeRows(rows, runner, client, refused);
    await runner.query(DELETE_STAGED);
    await runner.query('RELEASE SAVEPOINT rows');
    return counts;
  } catch (error) {
    if (classifyDatabaseError(error) !== 'data') throw error;
    await runner.query('ROLLBACK TO SAVEPOINT rows');
    if (rows.length === 1) {
      refused.push({ source: rows[0]!.source, reasons: [{ column: null, reason: 'rejected_by_database' }] });
      return { inserted: 0, updated: 0, unchanged: 0 };
    }
    const half = rows.length >> 1;
    const left = await mergeEachHalf(rows.slice(0, half), runner, client, refused);
    const right = await mergeEachHalf(rows.slice(half), runner, client, refused);
    return {
      inserted: left.inserted + right.inserted,
      updated: left.updated + right.updated,
      unchanged: left.unchanged + right.unchanged,
    };
  }
};
