import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { choosePort } from '../../dev/services/ports.js';
import type { TestApp } from '../support/test-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { holding } from '../support/locks.js';
import { readMart } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { lineOf, numbers, recordOf } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(180_000);

describe('a consumer whose writes are blocked', () => {
  let pipeline: Pipeline;

  beforeEach(async () => {
    pipeline = await Pipeline.create();
    await pipeline.createTopic();
  });

  afterEach(() => pipeline.close());

  const martFault = (consumer: TestApp) => async () => (await consumer.health('readyz')).down['mart'];

  /** Milliseconds until `condition` returns a value, and the value. */
  async function timed<T>(what: string, condition: () => Promise<T>): Promise<[number, NonNullable<T>]> {
    const began = performance.now();
    const value = await waitUntil(what, condition, 60_000);
    return [performance.now() - began, value];
  }

  it('reports on /readyz and /health within 15 s which session holds a lock on messages, and continues when the lock is released', async () => {
    const [consumer, gateway] = await Promise.all([pipeline.consumer(), pipeline.start('gateway')]);
    await Promise.all([consumer.ready(), gateway.ready()]);
    const release = await holding(pipeline.databaseUrl, "SET application_name = 'psql'; BEGIN; LOCK TABLE messages");
    await pipeline.send([recordOf(1)]);

    const healthOfMart = async () => {
      const { details } = (await (await fetch(`${gateway.url}/health`)).json()) as {
        details: { mart: { message?: string } };
      };
      return details.mart.message?.includes('waits') ? details.mart.message : undefined;
    };
    const [[consumerMs, why], [gatewayMs, message]] = await Promise.all([
      timed('the consumer is not ready', martFault(consumer)),
      timed('the gateway reports it', healthOfMart),
    ]);
    const blocker = /waits for a lock \(relation\) of pid \d+ \(psql as \w+.*, idle in transaction since 2.*Z\)/;
    expect(why).toMatch(/^nothing written since 2.*Z: /);
    expect(why).toMatch(blocker);
    expect(message).toMatch(blocker);
    expect(consumerMs).toBeLessThan(15_000);
    expect(gatewayMs).toBeLessThan(15_000);

    await release();
    await pipeline.caughtUp();
    await consumer.ready();
    expect([...(await readMart(pipeline.databaseUrl)).keys()]).toEqual(['1']);
  });

  it('reports within 15 s that the answer to COMMIT is lost, and retries the batch', async () => {
    const url = new URL(pipeline.databaseUrl);
    const proxy = new TcpProxy({ host: url.hostname, port: Number(url.port || 5432) }, await choosePort([]));
    await proxy.open();
    try {
      url.host = proxy.address;
      const consumer = await pipeline.consumer({ DATABASE_URL: url.href });
      await consumer.ready();
      let swallowed = false;
      proxy.rewrite = (bytes) => {
        if (swallowed || !bytes.includes('COMMIT\0')) return bytes;
        swallowed = true;
        return Buffer.alloc(0);
      };
      await pipeline.send([recordOf(1)]);

      const [ms, why] = await timed('the consumer is not ready', martFault(consumer));
      expect(why).toContain('PostgreSQL has answered, but the answer does not arrive');
      expect(ms).toBeLessThan(15_000);
      await pipeline.caughtUp();
      await consumer.ready();
      expect([...(await readMart(pipeline.databaseUrl)).keys()]).toEqual(['1']);
    } finally {
      await proxy.close();
    }
  });

  it('keeps reporting a stuck batch while other batches are written', async () => {
    await pipeline.send(numbers(2).map((id) => ({ ...recordOf(id), partition: id })));
    // Blocks the first id only.
    const release = await holding(
      pipeline.databaseUrl,
      `BEGIN; INSERT INTO messages SELECT * FROM jsonb_populate_record(NULL::messages, '${rowOf(0)}')`,
    );
    const consumer = await pipeline.consumer({ CONSUMER_BATCH_RECORDS: '1' });
    const other = async () => [...(await readMart(pipeline.databaseUrl)).keys()].length === 1;
    await consumer.waitUntil('the batch of the second id is written', other);

    const why = await consumer.waitUntil('the consumer is not ready', martFault(consumer));
    expect(why).toMatch(/ written since .*waits for a lock \(transactionid\) of pid \d+/);
    // Other batches are written meanwhile; the stuck one stays reported.
    await pipeline.send([{ ...recordOf(2), partition: 1 }]);
    await consumer.waitUntil('a third batch is written', async () => (await readMart(pipeline.databaseUrl)).size === 2);
    expect(await martFault(consumer)()).toMatch(/^one batch not written since/);
    await release();
    await pipeline.caughtUp();
    await consumer.ready();
  });

  it('continues within 30 s when a previous consumer is frozen in a transaction', async () => {
    await pipeline.send([...numbers(50).map((id) => recordOf(id)), { key: '1', value: 'no JSON' }]);
    // The rows of the previous consumer are written but not committed; its last statement waits.
    const release = await holding(pipeline.databaseUrl, 'BEGIN; LOCK TABLE quarantined_messages');
    const env = { CONSUMER_SESSION_TIMEOUT_MS: '6000' };
    const frozen = await pipeline.consumer(env);
    await waitUntil('its transaction waits', async () => {
      const rows = await query(
        pipeline.databaseUrl,
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'quarantined' AND datname = current_database()",
      );
      return rows.length > 0;
    });
    process.kill(frozen.pid, 'SIGSTOP');
    const began = performance.now();
    await release();
    await pipeline.consumer(env);
    await waitUntil('all rows are written', async () => (await readMart(pipeline.databaseUrl)).size === 50, 60_000);

    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('continues within 30 s when a previous consumer is frozen in COPY', async () => {
    const lost = new Client({ connectionString: pipeline.databaseUrl, application_name: 'consumer' });
    lost.on('error', () => undefined);
    await lost.connect();
    try {
      await lost.query('BEGIN');
      const copy = lost.query(copyFrom("COPY messages FROM STDIN WITH (NULL '\\N')"));
      copy.on('error', () => undefined);
      copy.write(`${lineOf(1)}\n`.repeat(1));
      // More than PostgreSQL reads at once, so that it then waits for the rest.
      copy.write(
        numbers(3000)
          .map((id) => `${lineOf(id + 2)}\n`)
          .join(''),
      );
      await pipeline.send([recordOf(1)]);
      const began = performance.now();
      await pipeline.consumer();
      await waitUntil('the row is written', async () => (await readMart(pipeline.databaseUrl)).size === 1, 60_000);
      expect(performance.now() - began).toBeLessThan(30_000);
    } finally {
      await lost.end().catch(() => undefined);
    }
  });
});

function rowOf(id: number): string {
  const flags = Object.fromEntries(
    ['opened', 'clicked', 'unsubscribed', 'hard_bounced', 'soft_bounced', 'complained', 'blocked', 'purchased'].map(
      (flag) => [`is_${flag}`, false],
    ),
  );
  return JSON.stringify({ ...JSON.parse(recordOf(id).value as string), ...flags });
}
