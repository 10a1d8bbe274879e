import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { readMart } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { lineOf, recordOf } from '../support/records.js';
import { documentedGrants, grantedRights } from '../support/rights/database-rights.js';
import { createTestDatabase } from '../support/test-database.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(60_000);

/** Random passwords for this run, because all databases of a server share the roles. */
const passwords = { analyst: randomBytes(12).toString('hex'), messaging_app: `${randomBytes(12).toString('hex')}'%"` };

let pipeline: Pipeline;

function urlAs(role: keyof typeof passwords, password: string = passwords[role]): string {
  const url = new URL(pipeline.databaseUrl);
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

/** The SQLSTATE of the failed statement. */
async function stateOf(url: string, sql: string): Promise<string> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
    return '00000';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  pipeline = await Pipeline.create({ database: await createTestDatabase() });
  await pipeline.createTopic();
  const martInit = await pipeline.start('mart-init', {
    env: { MART_ANALYST_PASSWORD: passwords.analyst, MART_APP_PASSWORD: passwords.messaging_app },
  });
  const { code } = await martInit.exited;
  if (code !== 0) throw new Error(martInit.output);
  for (const password of Object.values(passwords)) expect(martInit.output).not.toContain(password);
});

afterAll(() => pipeline?.close());

it('has no default passwords', async () => {
  for (const role of ['analyst', 'messaging_app'] as const) {
    for (const guess of ['', role, 'postgres', 'password', 'messaging']) {
      expect(await stateOf(urlAs(role, guess), 'SELECT 1')).not.toBe('00000');
    }
    expect(await stateOf(urlAs(role), 'SELECT 1')).toBe('00000');
  }
});

it('the rights in the database are exactly those of docs/rights.md', async () => {
  const granted = await grantedRights(pipeline.databaseUrl);
  expect(granted.length).toBeGreaterThan(100);
  expect(granted).toEqual(await documentedGrants(pipeline.databaseUrl));
});

it('functions with the rights of their owner have a fixed search path', async () => {
  const functions = await query<{ name: string; config: string[] | null }>(
    pipeline.databaseUrl,
    `SELECT oid::regprocedure::text AS name, proconfig AS config FROM pg_proc
     WHERE prosecdef AND pronamespace::regnamespace::text IN ('public', 'mart', 'ledger', 'erasure', 'quarantine')`,
  );
  expect(functions.length).toBeGreaterThan(5);
  expect(functions.filter(({ config }) => !config?.includes('search_path=pg_catalog, pg_temp'))).toEqual([]);
});

it('the roles have no attributes and no members', async () => {
  const roles = await query(
    pipeline.databaseUrl,
    `SELECT rolname FROM pg_roles
     WHERE rolname IN ('analyst', 'messaging_app', 'quarantine_reader')
       AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
            OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid))`,
  );
  expect(roles).toEqual([]);
});

describe('the analyst', () => {
  it('reads every table but internal ones, every view, and calls every function of the mart', async () => {
    const relations = await query<{ name: string }>(
      pipeline.databaseUrl,
      `SELECT oid::regclass::text AS name FROM pg_class
       WHERE relnamespace IN ('public'::regnamespace, 'mart'::regnamespace) AND relkind IN ('r', 'v')
         AND oid::regclass::text NOT IN ('migrations', 'spark_writes', 'pipelines', 'quarantined_messages', 'quarantine_attempts')
       UNION ALL SELECT format('mart.%s(%s)', proname, arguments) FROM pg_proc, LATERAL (
         SELECT string_agg(CASE type WHEN 'jsonb'::regtype THEN $1 WHEN 'text'::regtype THEN $$'bulk'$$ ELSE '1' END, ', ') AS arguments
         FROM unnest(proargtypes::oid[]) WITH ORDINALITY AS argument (type, i) WHERE i <= pronargs - pronargdefaults
       ) AS required
       WHERE pronamespace = 'mart'::regnamespace`,
      [`'{"channel":"email"}'`],
    );
    expect(relations.length).toBeGreaterThan(30);
    for (const { name } of relations) {
      expect([name, await stateOf(urlAs('analyst'), `SELECT * FROM ${name} LIMIT 1`)]).toEqual([name, '00000']);
    }
  });

  const REASONS = 'SELECT "offset", recorded_at, reasons, headers, quarantined_at FROM quarantined_messages';

  it('reads why records were rejected', async () => {
    expect(await stateOf(urlAs('analyst'), REASONS)).toBe('00000');
    expect(await stateOf(urlAs('analyst'), 'SELECT count(*) FROM quarantined_messages')).toBe('00000');
  });

  it('loses what an earlier version granted at the next run of mart-init', async () => {
    await query(
      pipeline.databaseUrl,
      'GRANT SELECT ON ALL TABLES IN SCHEMA public TO analyst; DROP VIEW mart.quarantined_records; COMMENT ON SCHEMA mart IS NULL',
    );
    expect(await stateOf(urlAs('analyst'), 'SELECT value FROM quarantined_messages')).toBe('00000');
    const martInit = await pipeline.start('mart-init');
    expect(await martInit.exited).toMatchObject({ code: 0 });
    expect(await grantedRights(pipeline.databaseUrl)).toEqual(await documentedGrants(pipeline.databaseUrl));
    expect(await stateOf(urlAs('analyst'), REASONS)).toBe('00000');
  });

  it.each([
    'SELECT * FROM migrations',
    'SELECT * FROM spark_writes',
    'SELECT * FROM pipelines',
    'SELECT * FROM quarantine_attempts',
    'SELECT key FROM quarantined_messages',
    'SELECT value FROM quarantined_messages',
    'SELECT original FROM quarantined_messages',
    'SELECT record_hash FROM quarantined_messages',
    `SELECT FROM quarantined_messages WHERE value = ''`,
    'SELECT quarantined_messages::text FROM quarantined_messages',
    'COPY quarantined_messages TO STDOUT',
    'SET ROLE quarantine_reader',
    `INSERT INTO holidays VALUES ('2024-01-01', 'x')`,
    `UPDATE messages SET channel = 'sms'`,
    'DELETE FROM messages',
    'TRUNCATE messages',
    'DROP VIEW mart.channel_rates',
    'CREATE TABLE public.mine (id int)',
    'CREATE VIEW mart.mine AS SELECT 1',
    'CREATE TEMPORARY TABLE mine (id int)',
    'CREATE SCHEMA mine',
    'CREATE ROLE mine',
    'ALTER TABLE messages DISABLE TRIGGER USER',
    'SELECT ledger.fold()',
    'SELECT ledger.rebuild()',
    'DELETE FROM ledger.sums',
    'DELETE FROM quarantined_messages',
    'SET ROLE messaging_app',
    `SELECT erasure.blocked('{1}')`,
  ])('may not %s, whatever the session settings', async (statement) => {
    const state = await stateOf(urlAs('analyst'), `SET default_transaction_read_only = off; COMMIT; ${statement}`);
    expect(state).toBe('42501');
  });
});

it('a member of quarantine_reader reads the bytes of rejected records, and nothing else', async () => {
  const name = `member_${randomBytes(6).toString('hex')}`;
  await query(pipeline.databaseUrl, `CREATE ROLE ${name} LOGIN PASSWORD '${name}' IN ROLE quarantine_reader`);
  try {
    const url = new URL(pipeline.databaseUrl);
    url.username = url.password = name;
    expect(await stateOf(url.href, 'SELECT * FROM quarantined_messages')).toBe('00000');
    expect(await stateOf(url.href, 'SELECT * FROM mart.quarantined_records')).toBe('00000');
    expect(await stateOf(url.href, 'SELECT * FROM messages')).toBe('42501');
    expect(await stateOf(url.href, 'SELECT * FROM mart.channel_rates')).toBe('42501');
  } finally {
    await query(pipeline.databaseUrl, `DROP ROLE ${name}`);
  }
});

describe("the apps' role", () => {
  it('owns nothing', async () => {
    const owned = await query(
      pipeline.databaseUrl,
      `SELECT relname FROM pg_class WHERE relowner = 'messaging_app'::regrole
       UNION ALL SELECT proname FROM pg_proc WHERE proowner = 'messaging_app'::regrole
       UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = 'messaging_app'::regrole`,
    );
    expect(owned).toEqual([]);
  });

  it('is enough for consumer and gateway', async () => {
    const env = { DATABASE_URL: urlAs('messaging_app') };
    const gateway = await pipeline.start('gateway', { env });
    const consumer = await pipeline.consumer(env);
    // New rows, newer versions and a record for quarantine: together they use every statement of the consumer.
    await pipeline.send([recordOf(1), recordOf(2), { value: 'no JSON' }]);
    await pipeline.caughtUp();
    await pipeline.send([recordOf(2, { updated_at: '2023-05-01 00:00:00' })]);
    await pipeline.caughtUp();

    const expected = new Map(
      [1, 2].map((id) => [String(id), lineOf(id, id === 2 ? { updated_at: '2023-05-01 00:00:00' } : {})]),
    );
    expect(await readMart(pipeline.databaseUrl)).toEqual(expected);
    expect(await query(pipeline.databaseUrl, 'SELECT FROM quarantined_messages')).toHaveLength(1);
    await waitUntil('the gateway has folded', async () => {
      const [row] = await query<{ n: number }>(
        pipeline.databaseUrl,
        'SELECT count(*)::integer AS n FROM ledger.deltas',
      );
      return row!.n === 0;
    });
    expect(gateway.output).not.toMatch(/not folded/);
    await consumer.ready();
  });

  it('without rights on the table `pipelines` is enough, too: the consumer warns and starts', async () => {
    const rights = 'SELECT, INSERT, UPDATE, DELETE ON pipelines';
    await query(pipeline.databaseUrl, `REVOKE ${rights} FROM messaging_app`);
    try {
      const consumer = await pipeline.consumer({ DATABASE_URL: urlAs('messaging_app') });
      await pipeline.send([recordOf(3)]);
      await pipeline.caughtUp();
      expect(await readMart(pipeline.databaseUrl)).toHaveProperty('size', 3);
      expect(consumer.output).toContain(
        'permission denied for table pipelines: a second pipeline on this mart is not noticed. Run mart-init',
      );
      expect(await consumer.stop()).toEqual({ code: 0, signal: null });
    } finally {
      await query(pipeline.databaseUrl, `GRANT ${rights} TO messaging_app`);
    }
  });

  it.each([
    'DELETE FROM messages',
    'TRUNCATE messages',
    'DROP TABLE messages',
    'ALTER TABLE messages DISABLE TRIGGER USER',
    'UPDATE ledger.sums SET n = 0',
    'DELETE FROM ledger.deltas',
    'SELECT ledger.rebuild()',
    `INSERT INTO holidays VALUES ('2024-01-01', 'x')`,
    'DELETE FROM quarantined_messages',
    'CREATE TABLE public.mine (id int)',
    'DROP VIEW mart.channel_rates',
    'ALTER TABLE messages ADD COLUMN mine int',
    'CREATE INDEX ON messages (channel)',
    'CREATE SCHEMA mine',
    'CREATE VIEW mart.mine AS SELECT 1',
    'CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql RETURN 1',
    'CREATE ROLE mine',
    'UPDATE quarantined_messages SET value = NULL',
    'UPDATE migrations SET name = name',
    'SELECT * FROM pg_authid',
    `COPY messages TO PROGRAM 'cat'`,
    'SET ROLE analyst',
    'SELECT key FROM erasure.secret',
    `UPDATE quarantined_messages SET state = 'resolved'`,
    'DELETE FROM quarantine_attempts',
    'UPDATE quarantine_attempts SET author = NULL',
    'DELETE FROM erasure.blocked_clients',
    'SELECT erasure.hash_of(1)',
    'DELETE FROM erasures',
  ])('may not %s', async (statement) => {
    expect(await stateOf(urlAs('messaging_app'), statement)).toBe('42501');
  });
});
