import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { generate } from '#sample-data/generate.js';
import { ask, type Answer } from '../../tools/oracle/answers.js';
import type { Cell } from '../../tools/oracle/cell.js';
import { countMessages } from '../../tools/oracle/count-messages.js';
import { QUESTIONS } from '../../tools/oracle/questions.js';
import { readAggregate } from '../../tools/oracle/read-aggregate.js';
import { query, withClient } from './mart-database.js';
import { Pipeline } from './pipeline.js';

export interface AggregateRunOptions {
  /** Path of an aggregate. */
  readonly like: string;
  /** Rows of the file; those of the aggregate unless given. */
  readonly rows?: number;
  /** Paths of reference files to load in place of the generated ones of the same name. */
  readonly reference?: readonly string[];
}

/** A file generated like an aggregate, brought through the pipeline, and what the mart then answers. */
export interface AggregateRun {
  readonly rows: number;
  readonly aggregate: readonly Cell[];
  /** Counted from the generated file. */
  readonly file: readonly Cell[];
  /** By the questions' names. */
  readonly answers: ReadonlyMap<string, Answer>;
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

    const answers = new Map<string, Answer>();
    await withClient(pipeline.databaseUrl, async (client) => {
      for (const question of QUESTIONS) answers.set(question.name, await ask(client, question));
    });
    const ledgerDifferences = await query(pipeline.databaseUrl, 'SELECT * FROM ledger.differences');
    return { rows: summary.rows, aggregate, file, answers, ledgerDifferences };
  } finally {
    await pipeline?.close();
    await rm(folder, { recursive: true, force: true });
  }
}
