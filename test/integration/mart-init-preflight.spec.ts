import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { choosePort } from '../../dev/services/ports.js';
import type { AppName } from '../../dev/run/app-process.js';
import { TestApp } from '../support/test-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { createMartDatabase, query } from '../support/mart-database.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(60_000);

const role = `stranger_${randomBytes(6).toString('hex')}`;
let database: TestDatabase;
const apps: TestApp[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.kill()));
  await database.drop();
});

afterAll(() => query(process.env['DATABASE_URL']!, `DROP ROLE IF EXISTS ${role}`));

function start(name: AppName, url: string, env: Record<string, string> = {}): TestApp {
  const app = new TestApp(name, { env: { DATABASE_URL: url, KAFKA_BROKERS: '127.0.0.1:1', ...env } });
  apps.push(app);
  return app;
}

function urlWith(change: (url: URL) => void): string {
  const url = new URL(database.url);
  change(url);
  return url.href;
}

describe('mart-init, before it changes anything,', () => {
  it("leaves another program's tables alone, and names all of them at once", async () => {
    await query(
      database.url,
      `CREATE TABLE campaigns (id int); CREATE VIEW messages AS SELECT 1 AS id;
       CREATE TABLE migrations (id serial, timestamp bigint, name text); CREATE SCHEMA mart;
       CREATE VIEW mart.sales AS SELECT 1 AS id`,
    );
    const app = start('mart-init', database.url);
    expect((await app.exited).code).toBe(1);
    expect(app.output).toMatch(
      /DATABASE_UNFIT: .*\n.*public\.campaigns, public\.messages, public\.migrations, the schema mart/,
    );
    expect(app.output).toContain('CREATE DATABASE messaging');
    const left = await query(
      database.url,
      `SELECT (SELECT count(*)::int FROM migrations) AS migrations, to_regclass('mart.sales')::text AS view,
              to_regclass('public.holidays')::text AS table`,
    );
    expect(left).toEqual([{ migrations: 0, view: 'mart.sales', table: null }]);
  });

  it('names the privileges that its user lacks, and the statements that grant them', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await query(
      database.url,
      `DROP ROLE IF EXISTS ${role}; CREATE ROLE ${role} LOGIN PASSWORD 'a stranger''s'; REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
    );
    const url = urlWith((each) => {
      each.username = role;
      each.password = encodeURIComponent("a stranger's");
    });
    const app = start('mart-init', url, { MART_ANALYST_PASSWORD: 'twelve characters' });
    expect((await app.exited).code).toBe(1);
    for (const remedy of [
      `GRANT CREATE ON SCHEMA public TO ${role};`,
      `GRANT CREATE ON DATABASE ${name} TO ${role};`,
      `ALTER ROLE ${role} CREATEROLE;`,
    ]) {
      expect(app.output).toContain(remedy);
    }
  });

  it('reports row-level security, which can hide rows', async () => {
    const mart = await createMartDatabase(process.env['DATABASE_URL']!);
    try {
      await query(mart.url, 'ALTER TABLE messages ENABLE ROW LEVEL SECURITY');
      const app = start('mart-init', mart.url);
      expect((await app.exited).code).toBe(1);
      expect(app.output).toContain('ALTER TABLE public.messages DISABLE ROW LEVEL SECURITY;');
    } finally {
      await mart.drop();
    }
  });

  it('rejects an encoding that cannot store all texts', async () => {
    const name = `latin_${randomBytes(6).toString('hex')}`;
    await query(database.url, `CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
    try {
      const app = start(
        'mart-init',
        urlWith((url) => (url.pathname = `/${name}`)),
      );
      expect((await app.exited).code).toBe(1);
      expect(app.output).toMatch(/is LATIN1.*CREATE DATABASE messaging ENCODING 'UTF8' TEMPLATE template0/);
    } finally {
      await query(database.url, `DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
});

describe('a connection that is refused permanently', () => {
  it.each<[string, (url: URL) => void, RegExp]>([
    [
      'a database that does not exist',
      (url) => (url.pathname = '/nowhere_at_all'),
      /"nowhere_at_all" does not exist.*CREATE DATABASE/,
    ],
    ['a wrong password', (url) => (url.password = 'wr0ng'), /password authentication failed.*percent-encoded/],
    [
      'a CA file that is missing',
      (url) => (url.search = 'sslrootcert=/no/ca.pem'),
      /\/no\/ca\.pem, which does not exist/,
    ],
    ['an unknown sslmode', (url) => (url.search = 'sslmode=Require'), /its sslmode must be one of/],
  ])('(%s) stops mart-init at once, with a remedy', async (_what, change, remedy) => {
    const app = start('mart-init', urlWith(change));
    expect((await app.exited).code).toBe(1);
    expect(app.output).toMatch(remedy);
    expect(app.output).not.toContain('wr0ng');
  });

  it.each(['wr0ng%', 'wr0ng#', 'wr0ng/'])(
    '(the password %s, not percent-encoded) stops mart-init at once',
    async (password) => {
      const { username, host, pathname } = new URL(database.url);
      const app = start('mart-init', `postgresql://${username}:${password}@${host}${pathname}`);
      expect((await app.exited).code).toBe(1);
      expect(app.output).toContain('percent-encode');
      expect(app.output).not.toContain('wr0ng');
    },
  );

  it('also stops consumer and gateway, after they have waited for mart-init to create their role', async () => {
    const url = urlWith((each) => (each.password = 'wr0ng'));
    const both = [start('consumer', url), start('gateway', url)];
    await Promise.all(both.map((app) => app.listening()));
    await both[0]!.waitUntil('the consumer reports it at once', () =>
      /refuses the connection: password authentication failed/.test(both[0]!.output),
    );
    expect((await both[0]!.health('readyz')).down['postgresql']).toMatch(
      /password authentication failed.*percent-encoded/,
    );
    await waitUntil('both end', () => both.every(({ isRunning }) => !isRunning), 58_000);
    expect(await Promise.all(both.map(({ exited }) => exited))).toMatchObject([{ code: 1 }, { code: 1 }]);
  });
});

it('consumer and gateway report a password that changes while they run, and recover when it is corrected', async () => {
  const mart = await createMartDatabase(process.env['DATABASE_URL']!);
  try {
    const name = new URL(mart.url).pathname.slice(1);
    await query(
      mart.url,
      `DROP ROLE IF EXISTS ${role}; CREATE ROLE ${role} LOGIN PASSWORD 'first'; GRANT ${role} TO CURRENT_USER`,
    );
    const url = new URL(mart.url);
    url.username = role;
    url.password = 'first';
    const both = [start('consumer', url.href), start('gateway', url.href)];
    await Promise.all(both.map((app) => app.listening()));
    const isRefused = async (app: TestApp) =>
      /password authentication failed.*percent-encoded/.test((await app.health('readyz')).down['postgresql'] ?? '');
    const isConnected = async (app: TestApp) => !('postgresql' in (await app.health('readyz')).down);
    await Promise.all(both.map((app) => app.waitUntil('it is connected', () => isConnected(app))));

    await query(mart.url, `ALTER ROLE ${role} PASSWORD 'second'`);
    await query(
      mart.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND usename = '${role}'`,
    );
    await Promise.all(both.map((app) => app.waitUntil('it reports the password', () => isRefused(app))));
    await both[1]!.waitUntil('/health reports the password', async () =>
      /password authentication failed/.test(await (await fetch(`${both[1]!.url}/health`)).text()),
    );
    await query(mart.url, `ALTER ROLE ${role} PASSWORD 'first'`);
    await Promise.all(both.map((app) => app.waitUntil('it is connected again', () => isConnected(app))));
  } finally {
    await Promise.all(apps.splice(0).map((app) => app.kill()));
    await mart.drop();
  }
});

it('with several hosts in the URL, apps switch to the next one when a server goes down', async () => {
  const { hostname, port } = new URL(database.url);
  const ports = [await choosePort([]), await choosePort([])];
  const [one, other] = ports.map((each) => new TcpProxy({ host: hostname, port: Number(port) }, each));
  const hosts = ports.map((each) => `127.0.0.1:${each}`).join(',');
  const url = urlWith((each) => (each.search = 'target_session_attrs=read-write')).replace(
    `${hostname}:${port}`,
    hosts,
  );
  await other!.open();
  try {
    expect((await start('mart-init', url).exited).code).toBe(0);
    const gateway = await start('gateway', url).listening();
    await gateway.waitUntil('it is ready', async () => !('postgresql' in (await gateway.health('readyz')).down));

    await other!.close();
    await one!.open();
    await gateway.waitUntil('it is ready again', async () => {
      const { status } = await fetch(`${gateway.url}/api/v1/channels`);
      return status === 200;
    });
  } finally {
    await Promise.all([one!.close(), other!.close()]);
  }
});
