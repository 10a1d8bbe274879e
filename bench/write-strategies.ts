import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { DatabaseClient } from '#platform/database/database-client.js';
import { from as copyFrom } from 'pg-copy-streams';
import { COLUMN_NAMES, contract } from '#schema/contract.js';
import { COPY_OPTIONS } from '#schema/copy-text.js';
import { SQL_TYPES } from '#schema/entities.js';

const BATCH_ROWS = 10_000;
const COLUMNS = COLUMN_NAMES.join(', ');
const UPDATE = COLUMN_NAMES.filter((name) => name !== 'id')
  .map((name) => `${name} = excluded.${name}`)
  .join(', ');
const ON_CONFLICT = `ON CONFLICT (id) DO UPDATE SET ${UPDATE} WHERE strategy.updated_at < excluded.updated_at`;
const UNNEST = contract.columns.map(({ kind }, i) => `$${i + 1}::${SQL_TYPES[kind]}[]`).join(', ');

type Write = (client: pg.Client, lines: readonly string[]) => Promise<unknown>;

async function copy(client: pg.Client, table: string, lines: readonly string[]): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${table} (${COLUMNS}) FROM STDIN ${COPY_OPTIONS}`));
  stream.end(`${lines.join('\n')}\n`);
  await finished(stream);
}

const STRATEGIES: Record<string, Write> = {
  'INSERT … SELECT FROM unnest(…) ON CONFLICT': (client, lines) => {
    const rows = lines.map((line) => line.split('\t').map((text) => text || null));
    return client.query(
      `INSERT INTO strategy (${COLUMNS}) SELECT * FROM unnest(${UNNEST}) ${ON_CONFLICT}`,
      COLUMN_NAMES.map((_, column) => rows.map((row) => row[column])),
    );
  },
  'COPY to a temporary table, merge ON CONFLICT': async (client, lines) => {
    await client.query('CREATE TEMPORARY TABLE IF NOT EXISTS staged (LIKE strategy) ON COMMIT DELETE ROWS');
    await copy(client, 'staged', lines);
    await client.query(`INSERT INTO strategy SELECT * FROM staged ${ON_CONFLICT}`);
  },
  'look up the versions, COPY the new rows': async (client, lines) => {
    const ids = lines.map((line) => line.slice(0, line.indexOf('\t')));
    const { rows } = await client.query('SELECT id, updated_at FROM strategy WHERE id = ANY ($1::bigint[])', [
      `{${ids.join(',')}}`,
    ]);
    if (rows.length > 0) throw new Error('some rows are not new');
    await copy(client, 'strategy', lines);
  },
};

/** Writes the same rows in each way, one transaction per batch, into an empty table like `messages`. */
export async function compareWriteStrategies(
  databaseUrl: string,
  path: string,
): Promise<{ name: string; rate: number }[]> {
  const client = new DatabaseClient(databaseUrl, { options: '-c timezone=UTC' });
  await client.connect();
  const results: { name: string; rate: number }[] = [];
  try {
    for (const [name, write] of Object.entries(STRATEGIES)) {
      await client.query('CREATE TABLE strategy (LIKE messages INCLUDING ALL)');
      let rows = 0;
      let seconds = 0;
      for await (const lines of batches(path)) {
        const began = performance.now();
        await client.query('BEGIN');
        await write(client, lines);
        await client.query('COMMIT');
        seconds += (performance.now() - began) / 1000;
        rows += lines.length;
      }
      results.push({ name, rate: rows / seconds });
      await client.query('DROP TABLE strategy');
    }
    return results;
  } finally {
    await client.end();
  }
}

async function* batches(path: string): AsyncGenerator<string[]> {
  let lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    lines.push(line);
    if (lines.length < BATCH_ROWS) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}
