import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { HealthCheckResult } from '@nestjs/terminus';
import { LedgerFolder } from '../../apps/gateway/src/ledger/ledger-folder.js';
import type { PostgresServer } from '../../dev/services/postgres-server.js';
import { resetServices, startServices, type Services } from '../../dev/services/services.js';
import { toolEnvironment } from '../../dev/services/config/tool-environment.js';
import { createMartDatabase, query, withClient, type MartDatabase } from '../support/mart-database.js';
import { fillMart } from '../support/random-mart.js';
import { RestGateway } from '../support/rest-gateway.js';
import type { PartHealth } from '../support/gateway-client.js';
import { copyAsStandby } from '../support/standby.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(60_000);

const STATE_DIR = '.local/read-server';
const ROWS = 200;

let services: Services;
let standby: PostgresServer;
let database: MartDatabase;
let standbyUrl: string;
let gateway: RestGateway | undefined;

beforeAll(async () => {
  await resetServices({ stateDir: STATE_DIR });
  services = await startServices({
    stateDir: STATE_DIR,
    kafkaBrokers: process.env.KAFKA_BROKERS,
    env: toolEnvironment(),
  });
  database = await createMartDatabase(services.databaseUrl);
  standby = await copyAsStandby(services.postgres!, `${STATE_DIR}/postgres`, `${STATE_DIR}/standby`);
  await standby.start();
  standbyUrl = onStandby(database.url);
}, 120_000);

afterAll(async () => {
  await standby?.stop();
  await services?.stop();
}, 60_000);

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

function onStandby(url: string): string {
  const changed = new URL(url);
  changed.port = new URL(standby.databaseUrl).port;
  return changed.href;
}

async function start(databaseUrl: string, readUrl?: string): Promise<RestGateway> {
  gateway = await RestGateway.start(databaseUrl, readUrl === undefined ? {} : { MART_READ_URL: readUrl });
  return gateway;
}

async function health(name: 'postgresql' | 'mart' | 'read_server'): Promise<PartHealth> {
  const { details } = (await (await gateway!.get('/health')).json()) as HealthCheckResult;
  return details[name] as unknown as PartHealth;
}

function reaches(name: Parameters<typeof health>[0], what: string, accept: (part: PartHealth) => boolean) {
  return waitUntil(what, async () => {
    const part = await health(name);
    return accept(part) ? part : undefined;
  });
}

const sent = async () =>
  (await gateway!.page('channels')).data.reduce((sum, { sent: count }) => sum + Number(count), 0);
async function sentOnPrimary(): Promise<number> {
  const [row] = await query<{ n: number }>(database.url, 'SELECT sum(sent)::integer AS n FROM mart.channel_rates');
  return row!.n;
}

const readersOf = (url: string) =>
  query(url, `SELECT FROM pg_stat_activity WHERE application_name = 'gateway-reader' AND state IS NOT NULL`);

describe('a gateway with MART_READ_URL', () => {
  it('answers from the standby and folds on the primary', async () => {
    await start(database.url, standbyUrl).then((each) => each.ready());
    await withClient(database.url, (client) => fillMart(client, ROWS, 5));

    const expected = await sentOnPrimary();
    expect(expected).toBeGreaterThan(ROWS / 2);
    await waitUntil('the standby has the rows', async () => (await sent()) === expected);
    expect(await readersOf(standbyUrl)).not.toEqual([]);
    expect(await readersOf(database.url)).toEqual([]);
    await waitUntil('the primary has folded', async () => {
      const [row] = await query<{ n: number }>(database.url, 'SELECT count(*)::integer AS n FROM ledger.deltas');
      return row!.n === 0;
    });
    expect(await reaches('read_server', 'nothing is missing', (part) => part['delay_bytes'] === 0)).toMatchObject({
      status: 'up',
      is_standby: true,
      delay_seconds: 0,
    });
    expect(await health('postgresql')).toMatchObject({ is_standby: false });
  });

  it('shows how far the standby is behind, and says so in the age of its answers', async () => {
    await start(database.url, standbyUrl).then((each) => each.ready());
    const standbyAsSuperuser = onStandby(services.postgres!.superuserUrl);
    await query(standbyAsSuperuser, 'SELECT pg_wal_replay_pause()');
    try {
      await query(database.url, `UPDATE messages SET is_opened = NOT is_opened`);
      await reaches('read_server', 'it is behind', (part) => Number(part['delay_seconds']) > 1);
      const metrics = await (await gateway!.get('/metrics')).text();
      expect(Number(/^messages_read_server_delay_seconds(?:{.*})? (.*)$/m.exec(metrics)?.[1])).toBeGreaterThan(1);
      await waitUntil('answers are as old as that', async () => {
        const answer = await gateway!.get('funnel');
        return Number(answer.headers.get('age')) >= 2;
      });
    } finally {
      await query(standbyAsSuperuser, 'SELECT pg_wal_replay_resume()');
    }
    await reaches('read_server', 'it has caught up', (part) => part['delay_seconds'] === 0);
  });

  it('says which server is down, and goes on when it is back', async () => {
    await start(database.url, standbyUrl).then((each) => each.ready());
    for (const name of ['read_server', 'postgresql'] as const) {
      await reaches(name, `${name} is up`, ({ status }) => status === 'up');
    }
    await standby.stop();
    try {
      const down = await reaches('read_server', 'it is down', ({ status }) => status === 'down');
      expect(down.action).toContain('MART_READ_URL');
      expect(await health('postgresql')).toMatchObject({ status: 'up' });
      expect(await gateway!.problem('messages/1')).toMatchObject({ type: 'token-not-configured' });
      expect(await gateway!.problem('topics')).toMatchObject({
        type: 'database-unavailable',
        detail: expect.stringContaining('MART_READ_URL does not respond'),
      });
      expect((await gateway!.get('/readyz')).status).toBe(200);
    } finally {
      await standby.start();
    }
    await waitUntil('REST answers again', async () => (await gateway!.get('topics')).status === 200);
    await reaches('read_server', 'it is up', ({ status }) => status === 'up');
  });

  it('names the variable of a wrong password, and reports a server that follows another primary', async () => {
    const wrong = new URL(standbyUrl);
    wrong.password = 'wr0ng';
    await start(database.url, wrong.href);
    const refused = await reaches('read_server', 'it is refused', ({ message }) =>
      /authentication/.test(message ?? ''),
    );
    expect(refused.message).toMatch(/Correct user and password in MART_READ_URL/);
    expect(refused.message).not.toContain('DATABASE_URL');
    await gateway!.close();

    const other = await createMartDatabase(process.env.DATABASE_URL!);
    try {
      await start(database.url, other.url);
      const stranger = await reaches('read_server', 'it is a stranger', ({ status }) => status === 'degraded');
      expect(stranger.message).toContain('does not follow the server of DATABASE_URL');
    } finally {
      await gateway!.close();
      gateway = undefined;
      await other.drop();
    }
  });
});

it('a gateway whose DATABASE_URL is a standby answers, and says that it does not fold', async () => {
  await start(standbyUrl).then((each) => each.ready());
  const part = await reaches('postgresql', 'it is degraded', ({ status }) => status === 'degraded');
  expect(part).toMatchObject({ is_standby: true, message: expect.stringContaining('is a standby') });
  expect(part.action).toContain('MART_READ_URL');
  expect(await sent()).toBe(await sentOnPrimary());
  const folder = gateway!.app.get(LedgerFolder, { strict: false });
  await waitUntil('it has tried to fold', () => folder.onStandby);
  expect(folder.failure).toBeUndefined();
  const mart = await reaches('mart', 'the mart is read', ({ status }) => status !== 'down');
  expect(mart).toMatchObject({ status: 'up' });
});
