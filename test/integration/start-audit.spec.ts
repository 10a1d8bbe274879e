import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLUMN_NAMES } from '#schema/contract.js';
import { reconcile } from '../../dev/run/reconcile.js';
import { createMartDatabase, query, withClient, type MartDatabase } from '../support/mart-database.js';
import { fieldsOf } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

describe('the audit of npm start', () => {
  let database: MartDatabase;
  let folder: string;

  beforeEach(async () => {
    database = await createMartDatabase(process.env.DATABASE_URL!);
    folder = await mkdtemp(join(tmpdir(), 'start-audit-'));
  });

  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function filesOf(...lines: readonly string[]): Promise<string[]> {
    return Promise.all(
      lines.map(async (line, index) => {
        const file = join(folder, `${index}.csv`);
        await writeFile(file, `${COLUMN_NAMES.join(',')}\n${line}\n`);
        return file;
      }),
    );
  }

  it('does not miss what belongs to erased clients', async () => {
    await query(database.url, 'INSERT INTO erasure.blocked_clients VALUES (erasure.hash_of(77))');
    const row = (id: number, client: string) => {
      const fields = fieldsOf(id, { client_id: client });
      return COLUMN_NAMES.map((name) => fields[name] ?? '').join(',');
    };
    const files = await filesOf(row(1, '77'), row(2, '78'), '3,m-3,21,bulk,77', '4,m-4,21,bulk,78');
    const { signal } = new AbortController();

    const audited = await reconcile(database.url, files, signal);

    expect(audited).toMatchObject({ lines: 4, erased: 2, missing: 2, holds: false });
    expect(audited.first.missing).toMatchObject([
      { file: files[1], line: 2, id: '2' },
      { file: files[3], line: 2, id: null },
    ]);
  });

  it('reads the quarantine once for any number of files, and names file and line of missing rows', async () => {
    const files = await filesOf('short', 'short', 'short', 'absent');
    await query(
      database.url,
      `INSERT INTO quarantined_messages (topic, partition, "offset", recorded_at, value, headers, reasons)
       VALUES ('t', 0, 0, now(), 'short', '{}', '[]')`,
    );
    const { signal } = new AbortController();

    const audited = await reconcile(database.url, files, signal);

    expect(audited).toMatchObject({
      lines: 4,
      mart: 0,
      quarantine: { open: 1 },
      repeated: 2,
      erased: 0,
      missing: 1,
      first: { missing: [{ file: files[3], line: 2 }] },
      repeatedHeaders: 0,
    });
    // PostgreSQL publishes the statistics of a session within a second after it has ended.
    const scans = await waitUntil('the scans are counted', async () => {
      const rows = await query<{ seq_scan: string }>(
        database.url,
        `SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'quarantined_messages'`,
      );
      return Number(rows[0]!.seq_scan);
    });
    expect(scans).toBe(1);
  });

  it('stops at once when interrupted, even while a statement runs', async () => {
    const files = await filesOf('short');
    const interrupted = new AbortController();
    await withClient(database.url, async (blocker) => {
      await blocker.query('BEGIN; LOCK TABLE quarantined_messages');
      const audited = reconcile(database.url, files, interrupted.signal);
      const outcome = audited.catch((error: unknown) => error);
      await waitUntil('the audit waits for the lock', async () => {
        const waiting = await blocker.query(
          `SELECT FROM pg_locks WHERE NOT granted AND relation = 'quarantined_messages'::regclass`,
        );
        return waiting.rowCount === 1;
      });

      interrupted.abort(new Error('Ctrl-C'));

      expect(await outcome).toMatchObject({ message: 'Ctrl-C' });
    });
  });
});
