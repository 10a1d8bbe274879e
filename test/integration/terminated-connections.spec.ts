import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { choosePort } from '../../dev/services/ports.js';
import type { TestApp } from '../support/test-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { readMart } from '../support/mart.js';
import { withClient } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { lineOf, numbers, recordOf } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(240_000);

/** BackendKeyData and ReadyForQuery, which end PostgreSQL's response to a new connection. */
const isWelcome = (bytes: Buffer) =>
  bytes.includes(Buffer.from([0x4b, 0, 0, 0, 12])) && bytes.subarray(-6).equals(Buffer.from([0x5a, 0, 0, 0, 5, 0x49]));

/** The message that PostgreSQL sends after pg_terminate_backend. */
const FATAL = errorResponse({
  S: 'FATAL',
  V: 'FATAL',
  C: '57P01',
  M: 'terminating connection due to administrator command',
});

function errorResponse(fields: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.from(
    `${Object.entries(fields)
      .map(([code, text]) => `${code}${text}\0`)
      .join('')}\0`,
  );
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Between two requests and between two sends: both apps are always at work, and the cores are not full. */
const PAUSE_MS = 20;

describe('connections terminated by PostgreSQL', () => {
  let pipeline: Pipeline;
  let proxy: TcpProxy;
  let consumer: TestApp;
  let gateway: TestApp;
  let sent = 0;

  beforeAll(async () => {
    pipeline = await Pipeline.create();
    await pipeline.createTopic();
    const url = new URL(pipeline.databaseUrl);
    proxy = new TcpProxy({ host: url.hostname, port: Number(url.port || 5432) }, await choosePort([]));
    await proxy.open();
    url.host = `127.0.0.1:${proxy.port}`;
    const env = { DATABASE_URL: url.href, GATEWAY_RATE_LIMIT: '1000000' };
    [consumer, gateway] = await Promise.all([pipeline.consumer(env), pipeline.start('gateway', { env })]);
  });

  afterAll(async () => {
    await pipeline?.close();
    await proxy?.close();
  });

  const send = (count: number) => pipeline.send(numbers(count).map(() => recordOf(sent++)));

  async function expectAllIsWell(): Promise<void> {
    await pipeline.caughtUp({ deadlineMs: 60_000 });
    await Promise.all([consumer.ready(), gateway.ready()]);
    expect(await readMart(pipeline.databaseUrl)).toEqual(new Map(numbers(sent).map((id) => [String(id), lineOf(id)])));
  }

  it('crash neither consumer nor gateway when they are terminated right after the login', async () => {
    let ended = 0;
    proxy.rewrite = (bytes) => {
      if (!isWelcome(bytes)) return bytes;
      ended++;
      return Buffer.concat([bytes, FATAL]);
    };
    await send(100);
    // Make both apps open new connections all the time.
    await terminateAll();
    await waitUntil('both apps have met it', async () => {
      await fetch(`${gateway.url}/api/v1/channels`);
      return ended >= 20 || !consumer.isRunning || !gateway.isRunning;
    });
    proxy.rewrite = (bytes) => bytes;

    expect([consumer.isRunning, gateway.isRunning]).toEqual([true, true]);
    await expectAllIsWell();
  });

  it('crash neither app and lose no row when 500 of them are terminated at random times', async () => {
    let terminated = 0;
    let isOver = false;
    // All requests differ, so that none is answered from the cache.
    const reading = numbers(4).map(async (reader) => {
      for (let n = reader; !isOver; n += 4) {
        await fetch(`${gateway.url}/api/v1/quarantine?partition=${n}`).then((answer) => answer.text());
        await sleep(PAUSE_MS);
      }
    });
    const sending = (async () => {
      while (!isOver) {
        await send(50);
        await sleep(PAUSE_MS);
      }
    })();
    const terminating = withClient(pipeline.databaseUrl, (client) =>
      waitUntil(
        '500 connections are terminated',
        async () => {
          // One at a time, so that the other connections work on and the delays between retries stay short.
          const { rowCount } = await client.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND application_name ~ '^(consumer|gateway)' ORDER BY random() LIMIT 1`,
          );
          terminated += rowCount ?? 0;
          return terminated >= 500 || !consumer.isRunning || !gateway.isRunning;
        },
        150_000,
        10,
      ).finally(() => (isOver = true)),
    );
    await Promise.all([terminating, sending, ...reading]);

    expect([consumer.isRunning, gateway.isRunning]).toEqual([true, true]);
    await expectAllIsWell();
  });

  async function terminateAll(): Promise<void> {
    await withClient(pipeline.databaseUrl, (client) =>
      client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      ),
    );
  }
});
