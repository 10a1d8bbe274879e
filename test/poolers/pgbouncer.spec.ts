import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { ledgerDifferences } from '../support/ledger.js';
import { query } from '../support/mart-database.js';
import { PgBouncer, type PoolMode } from '../support/pgbouncer.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf, version } from '../support/records.js';
import { createTestDatabase } from '../support/test-database.js';

jest.setTimeout(120_000);

describe.each<PoolMode>(['session', 'transaction'])('through PgBouncer in %s mode', (mode) => {
  let bouncer: PgBouncer;
  let pipeline: Pipeline;
  let through: { DATABASE_URL: string };

  beforeAll(async () => {
    const database = await createTestDatabase();
    pipeline = await Pipeline.create({ partitions: 3, database });
    await pipeline.createTopic();
    bouncer = await PgBouncer.start(database.url, mode);
    through = { DATABASE_URL: bouncer.url(database.url) };
  });

  afterAll(async () => {
    // A database cannot be removed while PgBouncer is connected to it.
    await bouncer?.stop();
    await pipeline?.close();
  });

  it('mart-init creates the mart, consumers write to it, and a gateway folds and reads it', async () => {
    const init = await pipeline.start('mart-init', { env: through });
    expect({ code: (await init.exited).code, output: init.output }).toMatchObject({ code: 0 });

    const gateway = await pipeline.start('gateway', { env: through });
    // Two consumers with small batches, so that transactions of several clients alternate on the same connections.
    await Promise.all([1, 2].map(() => pipeline.consumer({ ...through, CONSUMER_BATCH_RECORDS: '20' })));
    for (const round of numbers(3)) {
      await pipeline.send([
        ...numbers(200).map((id) => recordOf(id, version(round))),
        { key: null, value: `not JSON ${round}` },
      ]);
    }
    await pipeline.caughtUp();

    const [counts] = await query(
      pipeline.databaseUrl,
      `SELECT count(*)::int AS rows, count(*) FILTER (WHERE updated_at = '${version(2).updated_at}+00')::int AS newest,
              (SELECT count(*)::int FROM quarantined_messages) AS quarantined
       FROM messages`,
    );
    expect(counts).toEqual({ rows: 200, newest: 200, quarantined: 3 });
    await gateway.ready();
    const page = await fetch(`${gateway.url}/api/v1/daily`);
    expect(await page.json()).toMatchObject({ data: [{ date: '2021-05-01', sent: 200 }] });
    await gateway.waitUntil('all is folded', async () => {
      const [row] = await query<{ n: number }>(pipeline.databaseUrl, 'SELECT count(*)::int AS n FROM ledger.deltas');
      return row!.n === 0;
    });
    expect(await ledgerDifferences(pipeline.databaseUrl)).toEqual([]);
  });

  it('leaves no settings for other clients of the pooler', async () => {
    const settings = await withConnection(through.DATABASE_URL, (client) =>
      client.query(`SELECT current_setting('search_path') AS path, current_setting('row_security') AS security`),
    );
    expect(settings.rows).toEqual([{ path: '"$user", public', security: 'on' }]);
  });
});

/** Has no options in the startup message, because PgBouncer rejects them. */
async function withConnection<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
