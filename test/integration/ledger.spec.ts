import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { COLUMN_NAMES } from '#schema/contract.js';
import { ledgerDifferences } from '../support/ledger.js';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { fieldsOf, numbers, version, type Fields } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(60_000);

let database: MartDatabase;
let sql: Client;
const clients: Client[] = [];

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: database.url, options: '-c timezone=UTC' });
  // Some connections are terminated on purpose; their queries then fail.
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

/** Values of a row of `messages`. Flags are false unless given. */
function valuesOf(id: number, fields: Fields): (string | null)[] {
  const row = fieldsOf(id, fields);
  return COLUMN_NAMES.map((name) => row[name] ?? (name.startsWith('is_') ? 'f' : null));
}

const columns = COLUMN_NAMES.join(', ');

/** Merges rows as the consumer does: the newer version of an id stays. */
async function merge(client: Client, rows: readonly (string | null)[][]): Promise<void> {
  const arrays = COLUMN_NAMES.map((_, at) => rows.map((row) => row[at]));
  const typed = await client.query<{ types: string[] }>(
    `SELECT array_agg(format_type(atttypid, atttypmod) ORDER BY attnum) AS types FROM pg_attribute WHERE attrelid = 'messages'::regclass AND attnum > 0`,
  );
  const unnested = typed.rows[0]!.types.map((type, i) => `$${i + 1}::${type}[]`).join(', ');
  await client.query(
    `INSERT INTO messages (${columns}) SELECT * FROM unnest(${unnested}) AS row (${columns}) ORDER BY id
     ON CONFLICT (id) DO UPDATE SET ${COLUMN_NAMES.map((name) => `${name} = excluded.${name}`).join(', ')}
     WHERE messages.updated_at < excluded.updated_at`,
    arrays,
  );
}

async function counted(where = 'true'): Promise<Record<string, number>> {
  const { rows } = await sql.query<{ date: string; campaign_id: string; n: string }>(
    `SELECT date::text, campaign_id, sum(n) AS n FROM ledger.entries WHERE cube = 'daily' AND ${where}
     GROUP BY date, campaign_id HAVING sum(n) <> 0 ORDER BY date, campaign_id`,
  );
  return Object.fromEntries(rows.map(({ date, campaign_id, n }) => [`${date} ${campaign_id}`, Number(n)]));
}

beforeAll(async () => {
  database = await createMartDatabase(process.env['DATABASE_URL']!);
  sql = await connect();
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await database?.drop();
});

describe('the ledger', () => {
  beforeEach(async () => {
    await sql.query('TRUNCATE messages');
  });

  afterEach(async () => {
    expect(await ledgerDifferences(database.url)).toEqual([]);
  });

  it('counts inserted rows, moves updated rows and removes deleted rows', async () => {
    await merge(
      sql,
      [1, 2, 3].map((id) => valuesOf(id, {})),
    );
    expect(await counted()).toEqual({ '2021-05-01 21': 3 });

    await sql.query(
      `UPDATE messages SET date = '2021-05-02', sent_at = sent_at + interval '1 day', campaign_id = 22 WHERE id = 1`,
    );
    await sql.query(
      `UPDATE messages SET is_opened = true, opened_first_time_at = sent_at, opened_last_time_at = sent_at WHERE id = 2`,
    );
    expect(await counted()).toEqual({ '2021-05-01 21': 2, '2021-05-02 22': 1 });
    expect(await counted('events & 1 <> 0')).toEqual({ '2021-05-01 21': 1 });

    await sql.query('DELETE FROM messages WHERE id IN (1, 2)');
    expect(await counted()).toEqual({ '2021-05-01 21': 1 });
    expect(await counted('events & 1 <> 0')).toEqual({});
  });

  it('counts inserts and updates of one statement, and ignores replays and older versions', async () => {
    const rows = numbers(50).map((id) => valuesOf(id, version(2)));
    await merge(sql, rows.slice(0, 30));
    await merge(sql, rows);
    await merge(sql, rows);
    await merge(
      sql,
      numbers(50).map((id) => valuesOf(id, { ...version(1), campaign_id: '99' })),
    );
    expect(await counted()).toEqual({ '2021-05-01 21': 50 });

    await merge(
      sql,
      numbers(60).map((id) => valuesOf(id, { ...version(3), campaign_id: '99' })),
    );
    expect(await counted()).toEqual({ '2021-05-01 99': 60 });
  });

  it('follows MERGE and TRUNCATE', async () => {
    await merge(
      sql,
      numbers(10).map((id) => valuesOf(id, {})),
    );
    await sql.query(`CREATE TEMPORARY TABLE copied AS SELECT * FROM messages`);
    await sql.query(`
      MERGE INTO messages USING (SELECT * FROM copied UNION ALL SELECT * FROM copied WHERE id = 0) AS source
      ON messages.id = source.id + 5
      WHEN MATCHED AND messages.id = 6 THEN DELETE
      WHEN MATCHED AND messages.id <> 5 THEN UPDATE SET campaign_id = 33
      WHEN NOT MATCHED THEN INSERT (${columns}) VALUES (source.id + 5, ${COLUMN_NAMES.slice(1)
        .map((name) => `source.${name}`)
        .join(', ')})
    `);
    expect(await counted()).toEqual({ '2021-05-01 21': 11, '2021-05-01 33': 3 });
    expect(await ledgerDifferences(database.url)).toEqual([]);

    await sql.query('TRUNCATE messages');
    expect((await sql.query('SELECT FROM ledger.entries')).rowCount).toBe(0);
    await sql.query('DROP TABLE copied');
  });

  it('is rolled back together with the rows', async () => {
    await merge(sql, [valuesOf(1, {})]);
    await sql.query('BEGIN');
    await merge(sql, [valuesOf(2, {})]);
    await sql.query('DELETE FROM messages WHERE id = 1');
    expect(await counted()).toEqual({ '2021-05-01 21': 1 });
    await sql.query('ROLLBACK');
    expect(await counted()).toEqual({ '2021-05-01 21': 1 });
  });

  it('counts rows without a day, a campaign or a provider separately', async () => {
    await merge(sql, [
      valuesOf(1, { date: undefined, sent_at: undefined, campaign_id: undefined }),
      valuesOf(2, { date: undefined, sent_at: undefined, campaign_id: undefined }),
      valuesOf(3, {}),
    ]);
    await sql.query('SELECT ledger.fold()');
    await merge(sql, [valuesOf(4, { date: undefined, sent_at: undefined, campaign_id: undefined })]);
    await sql.query('SELECT ledger.fold()');
    expect(await counted()).toEqual({ '2021-05-01 21': 1, 'null null': 3 });
  });

  it('folds a limited number of deltas at a time into sums, and drops sums of zero', async () => {
    for (const id of numbers(20)) await merge(sql, [valuesOf(id, {})]);
    const before = await counted();
    const { rows } = await sql.query<{ folded: string }>('SELECT ledger.fold(7) AS folded');
    expect(rows).toEqual([{ folded: '7' }]);
    expect(await counted()).toEqual(before);

    await sql.query('SELECT ledger.fold()');
    expect((await sql.query('SELECT FROM ledger.deltas')).rowCount).toBe(0);
    expect(await counted()).toEqual(before);

    await sql.query('DELETE FROM messages');
    await sql.query('SELECT ledger.fold()');
    expect((await sql.query('SELECT FROM ledger.entries')).rowCount).toBe(0);
  });

  it('is corrected by a rebuild after writes with disabled triggers', async () => {
    await merge(
      sql,
      numbers(5).map((id) => valuesOf(id, {})),
    );
    await sql.query('ALTER TABLE messages DISABLE TRIGGER USER');
    await merge(
      sql,
      numbers(9).map((id) => valuesOf(id, { ...version(5), campaign_id: '8' })),
    );
    await sql.query('ALTER TABLE messages ENABLE TRIGGER USER');
    expect(await ledgerDifferences(database.url)).not.toEqual([]);

    await sql.query('SELECT ledger.rebuild()');
    expect(await counted()).toEqual({ '2021-05-01 8': 9 });
  });
});

describe('the ledger, with concurrent writers and killed folds', () => {
  const WRITERS = 4;
  const BATCHES = 40;
  const IDS = 400;

  /** A random row, so that versions of an id differ in every column that the ledger counts by. */
  function randomRow(id: number, attempt: number): (string | null)[] {
    const pick = <T>(...choices: T[]) => choices[Math.floor(Math.random() * choices.length)]!;
    const day = pick('2021-05-01', '2021-05-02', '2021-05-03');
    const sent = pick(`${day} 0${pick(1, 2, 3)}:00:00`, undefined);
    const opened = pick(undefined, `${day} 0${pick(0, 4, 5)}:30:0${pick(1, 2)}`);
    return valuesOf(id, {
      ...version(attempt * 1000 + Math.floor(Math.random() * 1000)),
      campaign_id: pick('1', '2', undefined),
      message_type: pick('bulk', 'trigger'),
      channel: pick('email', 'mobile_push'),
      email_provider: pick('mail.ru', undefined),
      platform: pick('desktop', undefined),
      stream: pick('ios', undefined),
      date: sent && day,
      sent_at: sent,
      is_opened: opened ? 't' : pick('t', 'f'),
      opened_first_time_at: opened,
      opened_last_time_at: opened && pick(opened, `${day} 09:00:00`),
    });
  }

  let folds: number;
  let killed: number;
  let checks: number;

  /** On a busy machine the writers go on until enough has happened beside them. */
  const isEnough = () => folds > 10 && killed > 3 && checks > 10;

  async function write(client: Client): Promise<void> {
    for (let attempt = 1; attempt <= BATCHES || !isEnough(); attempt++) {
      const ids = new Set(numbers(60).map(() => Math.floor(Math.random() * IDS)));
      await merge(
        client,
        [...ids].sort((one, other) => one - other).map((id) => randomRow(id, attempt)),
      );
      if (attempt % 5 === 0) {
        // One row at a time, so that two writers cannot deadlock.
        await client.query('DELETE FROM messages WHERE id = $1', [Math.floor(Math.random() * IDS)]);
        await client.query(`UPDATE messages SET campaign_id = 3, date = '2021-06-01' WHERE id = $1`, [attempt]);
      }
    }
  }

  it('equals a recount at every moment', async () => {
    await sql.query('TRUNCATE messages');
    const writers = await Promise.all(numbers(WRITERS).map(() => connect()));
    const readers = await Promise.all([connect(), connect()]);
    let isWriting = true;
    folds = killed = checks = 0;

    const folding = async () => {
      let client = await connect();
      while (isWriting) {
        try {
          // The sleep makes it likely that a kill hits a fold that is done but not yet committed.
          const { rows } = await client
            .query<{ folded: string }>('BEGIN; SELECT ledger.fold(50) AS folded; SELECT pg_sleep(0.005); COMMIT')
            .then((results) => (results as unknown as { rows: { folded: string }[] }[])[1]!);
          folds += Number(rows[0]!.folded) > 0 ? 1 : 0;
        } catch {
          client = await connect();
        }
      }
    };
    const killing = async () => {
      const killer = await connect();
      while (isWriting) {
        const { rowCount } = await killer.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND query LIKE 'BEGIN; SELECT ledger.fold%' AND state = 'active' LIMIT 1`,
        );
        killed += rowCount ?? 0;
        await sleep(30);
      }
    };
    const checking = async (client: Client) => {
      while (isWriting) {
        // One statement sees one snapshot.
        expect((await client.query('SELECT * FROM ledger.differences')).rows).toEqual([]);
        checks++;
      }
    };
    const background = [folding(), folding(), killing(), ...readers.map(checking)];
    await Promise.all(writers.map(write)).finally(() => (isWriting = false));
    await Promise.all(background);

    expect(await ledgerDifferences(database.url)).toEqual([]);
    while (Number((await sql.query<{ n: string }>('SELECT ledger.fold() AS n')).rows[0]!.n) > 0);
    expect((await sql.query('SELECT FROM ledger.deltas')).rowCount).toBe(0);
    expect(await ledgerDifferences(database.url)).toEqual([]);
    expect((await sql.query('SELECT FROM messages')).rowCount).toBeGreaterThan(IDS / 2);
  });
});

describe('the ledger, while a snapshot stays open', () => {
  const CAMPAIGNS = 5000;
  const CHANGES = 14;
  const VIEW = 'SELECT * FROM mart.daily_rates';

  async function buffersOf(statement: string): Promise<number> {
    const { rows } = await sql.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`,
    );
    const { Plan: plan } = rows[0]!['QUERY PLAN'][0];
    return plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!;
  }

  /** As the gateway does with a large table. */
  async function fold(): Promise<void> {
    const statement = 'SELECT ledger.fold() AS n, pg_stat_force_next_flush()';
    while (Number((await sql.query<{ n: string }>(statement)).rows[0]!.n) > 0);
    await sql.query('VACUUM (TRUNCATE) ledger.deltas');
    await sql.query('SELECT ledger.index_kept_deltas()');
  }

  /** Folds until no snapshot keeps dead deltas any more. Autovacuum has one for a moment when it analyzes a table. */
  async function foldAll(): Promise<void> {
    await waitUntil('no snapshot keeps dead deltas', async () => {
      await fold();
      return (await sql.query('SELECT FROM ledger.last_change WHERE are_dead_kept')).rowCount === 0;
    });
    await fold();
  }

  async function pagesOfDeltas(): Promise<number> {
    const { rows } = await sql.query<{ pages: number }>(
      `SELECT (pg_relation_size('ledger.deltas') / 8192)::integer AS pages`,
    );
    return rows[0]!.pages;
  }

  async function isIndexed(): Promise<boolean> {
    return (await sql.query(`SELECT FROM pg_class WHERE oid = to_regclass('ledger.deltas_writer')`)).rowCount === 1;
  }

  it('is exact in every snapshot, and readers skip the deltas that are dead', async () => {
    await sql.query('TRUNCATE messages');
    await merge(sql, [valuesOf(1, {})]);
    const others = COLUMN_NAMES.filter((name) => name !== 'id' && name !== 'campaign_id').join(', ');
    await sql.query(
      `INSERT INTO messages (id, campaign_id, ${others})
       SELECT n, n, ${others} FROM messages, generate_series(2, ${CAMPAIGNS}) AS n`,
    );
    await fold();
    expect(await isIndexed()).toBe(false);
    const [snapshot, writer] = [await connect(), await connect()];
    await snapshot.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM messages LIMIT 1');
    const before = (await snapshot.query(VIEW)).rows;
    // A transaction that writes is left open too: what it wrote is counted once it commits.
    await writer.query('BEGIN');
    await merge(writer, [valuesOf(CAMPAIGNS + 1, {})]);

    for (const change of numbers(CHANGES)) {
      await sql.query(`UPDATE messages SET campaign_id = campaign_id + ${change % 2 === 0 ? -CAMPAIGNS : CAMPAIGNS}`);
      await fold();
    }
    const pages = await pagesOfDeltas();
    // The open transaction of the writer is in the way of the index, and nobody waits for either.
    expect(await isIndexed()).toBe(false);
    await writer.query('COMMIT');
    expect(await ledgerDifferences(database.url)).toEqual([]);
    await writer.query('BEGIN');
    await sql.query('SELECT ledger.index_kept_deltas()');
    expect(await isIndexed()).toBe(true);
    await merge(writer, [valuesOf(CAMPAIGNS + 2, {})]);
    await fold();
    // A cube that the changes leave alone, so that its sums are few.
    expect(await buffersOf(`SELECT sum(n) FROM ledger.entries WHERE cube = 'device'`)).toBeLessThan(pages / 2);
    expect(await ledgerDifferences(database.url)).toEqual([]);
    expect((await snapshot.query('SELECT * FROM ledger.differences')).rows).toEqual([]);
    expect((await snapshot.query(VIEW)).rows).toEqual(before);

    await writer.query('COMMIT');
    expect(await ledgerDifferences(database.url)).toEqual([]);
    await fold();
    expect((await snapshot.query('SELECT * FROM ledger.differences')).rows).toEqual([]);
    await snapshot.query('COMMIT');

    await foldAll();
    expect((await sql.query('SELECT FROM ledger.deltas')).rowCount).toBe(0);
    expect(await ledgerDifferences(database.url)).toEqual([]);
    expect((await sql.query<{ sent: string }>('SELECT sent FROM mart.channel_rates')).rows).toEqual([
      { sent: String(CAMPAIGNS + 2) },
    ]);
    expect(await isIndexed()).toBe(false);
    expect(await pagesOfDeltas()).toBeLessThan(pages / 10);
  });

  it('is folded into the sums again after its end, however many dead deltas there are between two VACUUMs', async () => {
    await foldAll();
    for (const change of numbers(12)) {
      await sql.query(`UPDATE messages SET campaign_id = campaign_id + ${change % 2 === 0 ? -CAMPAIGNS : CAMPAIGNS}`);
      await sql.query('SELECT ledger.fold(), pg_stat_force_next_flush()');
    }
    const { rows } = await sql.query<{ dead: number; n: number }>(
      `SELECT pg_stat_get_dead_tuples('ledger.deltas'::regclass)::integer AS dead, count(*)::integer AS n FROM ledger.deltas`,
    );
    expect(rows[0]!.dead).toBeGreaterThan(100_000);
    expect(rows[0]!.n).toBe(0);
    expect(await ledgerDifferences(database.url)).toEqual([]);
    await fold();
  });

  it('folds the first deltas of a backlog without reading the others', async () => {
    await foldAll();
    const others = COLUMN_NAMES.filter((name) => name !== 'id' && name !== 'campaign_id').join(', ');
    await sql.query(
      `INSERT INTO messages (id, campaign_id, ${others})
       SELECT id + 10000 * n, campaign_id + 10000 * n, ${others} FROM messages, generate_series(1, 8) AS n`,
    );
    const pages = await pagesOfDeltas();
    expect(pages).toBeGreaterThan(400);
    expect(await buffersOf('SELECT ledger.fold(10)')).toBeLessThan(pages / 2);
    await fold();
  });

  it('counts what the transaction of a fold writes before and after it', async () => {
    await sql.query('BEGIN');
    await merge(sql, [valuesOf(7001, {})]);
    await sql.query('SELECT ledger.fold()');
    await merge(sql, [valuesOf(7002, {})]);
    await sql.query('COMMIT');
    expect(await ledgerDifferences(database.url)).toEqual([]);
    await fold();
    expect((await sql.query('SELECT FROM ledger.deltas')).rowCount).toBe(0);
    expect(await ledgerDifferences(database.url)).toEqual([]);
  });

  it.each([
    ['whose transactions have other ids', 'pg_current_xact_id()', `'3'`],
    ['whose transactions have lower ids', `'99999999999'`, 'pg_current_xact_id()'],
  ])('counts all deltas in a restored copy %s', async (_, foldedBelow, foldedBy) => {
    await merge(sql, [valuesOf(8001, {})]);
    await sql.query(`UPDATE ledger.last_change SET folded_below = ${foldedBelow}, folded_by = ${foldedBy}`);
    expect(await ledgerDifferences(database.url)).toEqual([]);
    await fold();
    await merge(sql, [valuesOf(8002, {})]);
    expect(await ledgerDifferences(database.url)).toEqual([]);
    await sql.query('DELETE FROM messages WHERE id > 8000');
  });
});
