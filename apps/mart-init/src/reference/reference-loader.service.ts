import { pipeline } from 'node:stream/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import { inTransaction } from '#platform/database/in-transaction.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { REFERENCE_TABLES } from '#schema/contract.js';
import { waitForLock } from '../mart-init-lock.js';
import { BadLinesError } from './bad-lines-error.js';
import { BadLinesReport } from './bad-lines-report.js';
import { readCopyLines } from './copy-lines.js';
import type { ReferenceFile } from './reference-files.js';
import { referenceSql, type ReferenceSql } from './reference-sql.js';
import { warningsOfUnusedCorrections } from './unused-corrections.js';

/** A file that has been copied into its staging table. */
interface Staged {
  readonly file: ReferenceFile;
  readonly sql: ReferenceSql;
  readonly badLines: BadLinesReport;
  /** Number of repaired values, by rule and column separated by a space. */
  readonly repairs: ReadonlyMap<string, number>;
  /** Good rows of the file. */
  readonly rows: number;
  /** How many of these rows repeat an earlier row of the file. */
  readonly repeated: number;
  /** How many belong to erased clients. */
  readonly erased: number;
}

/** The result of loading a file. */
interface Loaded {
  readonly file: ReferenceFile;
  readonly repairs: ReadonlyMap<string, number>;
  readonly rows: number;
  readonly repeated: number;
  readonly erased: number;
  readonly inserted: number;
  readonly updated: number;
}

/** Loads the reference files into their tables in one transaction. */
@Injectable()
export class ReferenceLoaderService {
  private readonly logger = new Logger('Reference');
  private readonly rowsLoaded;

  constructor(
    private readonly dataSource: DataSource,
    metrics: Metrics,
  ) {
    this.rowsLoaded = metrics.counter('referenceRowsLoaded');
  }

  /**
   * Inserts and updates rows; rows that are missing from a file stay in its table.
   * @throws BadLinesError once all files are checked. The log shows the first bad lines of each file.
   */
  async load(files: readonly ReferenceFile[], signal: AbortSignal): Promise<void> {
    for (const { table, file, optional } of REFERENCE_TABLES) {
      const isGiven = files.some((each) => each.table.table === table);
      if (optional && !isGiven) this.logger.log(`There is no ${file}; it is optional`);
    }
    const { loaded, warnings } = await inTransaction(this.dataSource, async (runner, client) => {
      await waitForLock(runner, signal, this.logger);
      const staged: Staged[] = [];
      for (const file of files) staged.push(await this.stage(client, file, signal));
      this.refuseBadLines(staged);
      const results: Loaded[] = [];
      for (const each of staged) {
        signal.throwIfAborted();
        results.push(await merge(client, each));
      }
      return { loaded: results, warnings: await warningsOfUnusedCorrections(client) };
    });
    this.summarize(loaded);
    for (const warning of warnings) this.logger.warn(warning);
  }

  private async stage(client: PoolClient, file: ReferenceFile, signal: AbortSignal): Promise<Staged> {
    this.logger.log(`Reading ${file.name}`);
    const sql = referenceSql(file.table);
    const badLines = new BadLinesReport(file.name);
    const repairs = new Map<string, number>();
    await client.query(sql.createStaging);
    const copy = client.query(copyFrom(sql.copy));
    const lines = readCopyLines(file, badLines, repairs, (count) =>
      this.logger.log(`${file.name}: skipped ${count} lines that repeat the header`),
    );
    await pipeline(lines, copy, { signal });
    const erased = sql.removeErased === undefined ? 0 : ((await client.query(sql.removeErased)).rowCount ?? 0);
    await client.query(sql.analyzeStaging);
    const repeated = await countRepeats(client, sql, badLines);
    return { file, sql, badLines, repairs, rows: copy.rowCount, repeated, erased };
  }

  private refuseBadLines(staged: readonly Staged[]): void {
    const reports = staged.map(({ badLines }) => badLines).filter((report) => !report.isEmpty);
    if (reports.length === 0) return;
    for (const text of reports.flatMap((report) => report.describe())) this.logger.error(text);
    throw new BadLinesError(reports);
  }

  private summarize(loaded: readonly Loaded[]): void {
    for (const { file, repairs, rows, repeated, erased, inserted, updated } of loaded) {
      const { table } = file.table;
      this.rowsLoaded.inc({ table }, inserted + updated);
      const unchanged = rows - repeated - erased - inserted - updated;
      const counts = `${inserted} inserted, ${updated} updated, ${unchanged} unchanged`;
      const others = [repeated > 0 && `${repeated} repeated`, erased > 0 && `${erased} of erased clients left out`];
      this.logger.log(`${table}: ${rows} rows in ${file.name}: ${[counts, ...others].filter(Boolean).join(', ')}`);
      const repaired = [...repairs].map(([ruleAndColumn, values]) => `${ruleAndColumn} (${values})`);
      if (repaired.length > 0) this.logger.log(`${table}: values repaired in ${file.name}: ${repaired.join(', ')}`);
    }
    if (loaded.every(({ inserted, updated }) => inserted + updated === 0)) {
      this.logger.log('Nothing changed: the tables already hold all rows of the files');
    }
  }
}

/** Reports rows that have the key of an earlier row but other values. @returns the number of exact repeats */
async function countRepeats(client: PoolClient, sql: ReferenceSql, badLines: BadLinesReport): Promise<number> {
  await client.query(sql.findRepeats);
  const { identical, differing } = await onlyRow<{ identical: string; differing: string }>(client, sql.countRepeats);
  if (Number(differing) > 0) {
    const { rows } = await client.query<{ line: string; first_line: string }>(sql.listDifferingRepeats, [
      BadLinesReport.shown,
    ]);
    for (const { line, first_line } of rows) {
      badLines.add(Number(line), `duplicate_key (line ${first_line} has the same key and other values)`);
    }
    badLines.addUnlisted(Number(differing) - rows.length);
  }
  return Number(identical);
}

async function merge(client: PoolClient, { sql, ...staged }: Staged): Promise<Loaded> {
  const { inserted, updated } = await onlyRow<{ inserted: string; updated: string }>(client, sql.merge);
  return { ...staged, inserted: Number(inserted), updated: Number(updated) };
}

async function onlyRow<Row extends object>(client: PoolClient, sql: string): Promise<Row> {
  const { rows } = await client.query<Row>(sql);
  return rows[0]!;
}
