import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { generate } from '#sample-data/generate.js';
import { runQuery, type QueryResult } from '../../tools/oracle/query-result.js';
import type { Cell } from '../../tools/oracle/cell.js';
import { countMessages } from '../../tools/oracle/count-messages.js';
import { MART_QUERIES } from '../../tools/oracle/queries.js';
import { readAggregate } from '../../tools/oracle/read-aggregate.js';
import { query, withClient } from './mart-database.js';
import { Pipeline } from './pipeline.js';

export interface AggregateRunOptions {
  /** Path of an aggregate. */
  readonly like: string;
  /** Rows of the file; as many as in the aggregate by default. */
  readonly rows?: number;
  /** Paths of reference files that replace the generated ones of the same name. */
  readonly reference?: readonly string[];
}

/** A generated file with the counts of an aggregate, and the results of the mart after the pipeline has processed the file. */
export interface AggregateRun {
  readonly rows: number;
  readonly aggregate: readonly Cell[];
  /** Counted from the generated file. */
  readonly file: readonly Cell[];
  /** By name of the query. */
  readonly results: ReadonlyMap<string, QueryResult>;
  readonly ledgerDifferences: readonly object[];
}

export async function runLike({ like, rows, reference = [] }: AggregateRunOptions): Promise<AggregateRun> {
  const folder = await mkdtemp(join(tmpdir(), 'aggregate-run-'));
  let pipeline: Pipeline | undefined;
  try {
    const summary = await generate({ out: folder, like, rows });
    for (const path of reference) await copyFile(path, join(folder, basename(path)));
    const aggregate = await readAggregate(like);
    const file = await countMessages(summary.files.messages, aggregate);

    pipeline = await Pipeline.create();
    const martInit = await pipeline.start('mart-init', { args: ['--reference', folder] });
    const { code } = await martInit.exited;
    if (code !== 0) throw new Error(`mart-init ended with ${code}:\n${martInit.output}`);
    await pipeline.consumer();
    await pipeline.produceFile(summary.files.messages);
    await pipeline.caughtUp({ deadlineMs: 90_000 });

    const results = new Map<string, QueryResult>();
    await withClient(pipeline.databaseUrl, async (client) => {
      for (const query of MART_QUERIES) results.set(query.name, await runQuery(client, query));
    });
    const ledgerDifferences = await query(pipeline.databaseUrl, 'SELECT * FROM ledger.differences');
    return { rows: summary.rows, aggregate, file, results, ledgerDifferences };
  } finally {
    await pipeline?.close();
    await rm(folder, { recursive: true, force: true });
  }
}
