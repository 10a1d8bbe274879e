import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openApiDocument } from '../../apps/gateway/src/openapi/openapi-document.js';
import { MartReader } from '../../apps/gateway/src/rest/database/mart-reader.js';
import { choosePort } from '../../dev/services/ports.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { createMartDatabase, query, withClient, type MartDatabase } from '../support/mart-database.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { RestGateway } from '../support/rest-gateway.js';
import { createTestDatabase } from '../support/test-database.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(60_000);

const contract = new OpenApiContract(openApiDocument());
let database: MartDatabase;
let gateway: RestGateway | undefined;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
});

afterAll(() => database?.drop());

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

async function start(env: Record<string, string> = {}, url = database.url): Promise<RestGateway> {
  gateway = await RestGateway.start(url, env);
  return gateway;
}

/** The problem, how long it took, and where it violates the OpenAPI document. */
async function timed(to: RestGateway, path: string) {
  const began = performance.now();
  const answer = await to.get(path);
  const seconds = (performance.now() - began) / 1000;
  const retryAfter = answer.headers.get('retry-after');
  const { type } = (await answer.clone().json()) as { type: string };
  return { type, seconds, retryAfter, undocumented: await contract.differences(`/api/v1/${path}`, answer) };
}

const problem = (name: string) => ({ type: `urn:messages-pipeline:problem:${name}`, undocumented: [] as string[] });

describe('during an outage of the database', () => {
  it('responds with an error at once, also when the server hangs, and recovers', async () => {
    const real = new URL(database.url);
    const proxy = new TcpProxy({ host: real.hostname, port: Number(real.port || 5432) }, await choosePort([]));
    real.host = `127.0.0.1:${proxy.port}`;
    try {
      const rest = await start({}, real.href);
      const absent = await timed(rest, 'channels');
      expect(absent).toMatchObject({ ...problem('database-unavailable'), retryAfter: '2' });
      expect(absent.seconds).toBeLessThan(1);

      await proxy.open();
      await rest.ready();
      proxy.silence();
      const silent = await timed(rest, 'funnel');
      expect(silent).toMatchObject(problem('database-unavailable'));
      expect(silent.seconds).toBeLessThan(5);

      await proxy.close();
      const gone = await timed(rest, 'topics');
      expect(gone).toMatchObject(problem('database-unavailable'));
      expect(gone.seconds).toBeLessThan(1.5);

      await proxy.open();
      await waitUntil('it responds again', async () => (await rest.get('reopens')).status === 200);
    } finally {
      await gateway?.close();
      gateway = undefined;
      await proxy.close();
    }
  });

  it('asks for mart-init if the database is empty', async () => {
    const empty = await createTestDatabase();
    try {
      const rest = await start({}, empty.url);
      await waitUntil('it is connected', async () => {
        const { type } = await rest.problem('channels');
        return type === 'mart-missing';
      });
      expect(await timed(rest, 'channels')).toMatchObject({ ...problem('mart-missing'), retryAfter: '10' });
    } finally {
      await gateway?.close();
      gateway = undefined;
      await empty.drop();
    }
  });
});

describe('limits', () => {
  /** Runs `work` while the table is locked. */
  function whileLocked(table: string, work: () => Promise<void>): Promise<void> {
    return withClient(database.url, async (client) => {
      await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      await work();
      await client.query('ROLLBACK');
    });
  }

  it('a query is cancelled at the time limit', async () => {
    const rest = await (await start({ GATEWAY_QUERY_TIMEOUT_MS: '300' })).ready();

    await whileLocked('campaigns', async () => {
      expect(await timed(rest, 'topics')).toMatchObject(problem('query-timeout'));
    });
  });

  it('two slow queries run at a time and do not block others', async () => {
    const rest = await (await start()).ready();

    await whileLocked('messages', async () => {
      const slow = [rest.get('segments'), rest.get('cohorts')];
      await waitUntil('both wait', async () => {
        const waiting = await query(
          database.url,
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
           AND application_name = 'gateway-reader'`,
        );
        return waiting.length === 2;
      });
      expect(await timed(rest, 'new-and-existing')).toMatchObject({ ...problem('too-busy'), retryAfter: '2' });
      expect((await rest.get('channels?limit=7')).status).toBe(200);
      await query(
        database.url,
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
         AND application_name = 'gateway-reader' AND wait_event_type = 'Lock'`,
      );
      for (const answer of await Promise.all(slow)) expect(answer.status).toBe(504);
    });
    expect((await rest.get('new-and-existing')).status).toBe(200);
  });

  it('client-level endpoints are closed if no token is configured', async () => {
    const rest = await start();

    for (const path of ['messages/1', 'quarantine/t/0/1']) {
      const refused = await rest.problem(path, { authorization: 'Bearer undefined' });
      expect(refused).toMatchObject({ type: 'token-not-configured', status: 403 });
      expect(refused.detail).toContain('GATEWAY_API_TOKEN');
    }
  });

  it('readers cannot write', async () => {
    const rest = await (await start()).ready();
    const reader = rest.app.get(MartReader, { strict: false });

    await expect(reader.read({ text: 'CREATE TABLE public.made_by_a_reader ()', values: [] }, false)).rejects.toThrow();
    expect(await query(database.url, `SELECT to_regclass('made_by_a_reader') AS made`)).toEqual([{ made: null }]);
  });
});
